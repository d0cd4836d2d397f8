"""What the closed words of the rules are called on pages. A test says that every word has a label."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rongxin.intake.duties import Reporting
from rongxin.policy.catalogue import Every, Share
from rongxin.policy.words import Display, FieldClass, Polarity, Rank, Reading, Severity, StepSeverity, Strength

LABELS: dict[type[StrEnum], dict[StrEnum, str | Promise]] = {
    Display: {Display.PUBLIC: _("公示"), Display.WITHHELD: _("依法不公示")},
    Every: {
        Every.EVENT: _("作出即报"),
        Every.DAY: _("每日"),
        Every.WEEK: _("每周"),
        Every.MONTH: _("每月"),
        Every.QUARTER: _("每季"),
        Every.HALF_YEAR: _("每半年"),
        Every.YEAR: _("每年"),
    },
    FieldClass: {
        FieldClass.PUBLIC: _("公开"),
        FieldClass.RESTRICTED: _("不公开，依法共享"),
        FieldClass.PERSONAL: _("个人信息，不公开"),
        FieldClass.DISCARD: _("只用来核对，不保存"),
    },
    Polarity: {
        Polarity.BASIC: _("基本信息"),
        Polarity.POSITIVE: _("有利"),
        Polarity.NEUTRAL: _("中性"),
        Polarity.ADVERSE: _("不利"),
    },
    Rank: {
        Rank.LAW: _("法律"),
        Rank.ADMINISTRATIVE_REGULATION: _("行政法规"),
        Rank.CENTRAL_DOCUMENT: _("党中央、国务院文件"),
        Rank.LOCAL_REGULATION: _("地方性法规"),
        Rank.DEPARTMENT_RULE: _("部门规章"),
        Rank.NATIONAL_STANDARD: _("国家标准"),
        Rank.NORMATIVE_DOCUMENT: _("规范性文件"),
        Rank.LOCAL_SETTING: _("本地设定"),
    },
    Reading: {
        Reading.CONFIRMED: _("已读原文"),
        Reading.PARTLY: _("转引，未读到原文"),
        Reading.UNCONFIRMED: _("未核实"),
    },
    Reporting: {
        Reporting.DONE: _("本期已报"),
        Reporting.DUE: _("本期待报"),
        Reporting.SILENT: _("逾期未报"),
        Reporting.EVENT: _("作出即报"),
    },
    Severity: {
        Severity.NONE: _("不分等级"),
        Severity.MINOR: _("轻微失信"),
        Severity.GENERAL: _("一般失信"),
        Severity.SERIOUS: _("严重失信"),
        Severity.UNKNOWN: _("失信程度未定"),
    },
    Share: {
        Share.PUBLIC: _("向社会公开"),
        Share.GOVERNMENT: _("政务共享"),
        Share.AUTHORISED: _("经企业授权"),
    },
    StepSeverity: {
        StepSeverity.IGNORE: _("接受"),
        StepSeverity.WARN: _("接受并提醒"),
        StepSeverity.REVIEW: _("人工核对"),
        StepSeverity.REFUSE: _("退回"),
    },
    Strength: {
        Strength.BINDING: _("必须执行"),
        Strength.PROMOTED: _("鼓励推行"),
        Strength.LOCAL: _("本地设定"),
    },
}


def label(word: StrEnum) -> str:
    """The label of a word in the active language. KeyError when the word has none."""
    return str(LABELS[type(word)][word])
