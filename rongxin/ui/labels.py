"""What the closed words of the rules are called on pages. A test says that every word has a label."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rongxin.policy.words import Display, FieldClass, Rank, Reading, Severity, StepSeverity, Strength

LABELS: dict[type[StrEnum], dict[StrEnum, str | Promise]] = {
    Display: {Display.PUBLIC: _("公示"), Display.WITHHELD: _("依法不公示")},
    FieldClass: {
        FieldClass.PUBLIC: _("公开"),
        FieldClass.RESTRICTED: _("不公开，依法共享"),
        FieldClass.PERSONAL: _("个人信息，不公开"),
        FieldClass.DISCARD: _("只用来核对，不保存"),
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
    Severity: {
        Severity.NONE: _("不分等级"),
        Severity.MINOR: _("轻微失信"),
        Severity.GENERAL: _("一般失信"),
        Severity.SERIOUS: _("严重失信"),
        Severity.UNKNOWN: _("失信程度未定"),
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
