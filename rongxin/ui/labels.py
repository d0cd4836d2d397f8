"""What the closed words of the rules are called on pages. A test says that every word has a label."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rongxin.classification.adjusting import Bar as ClassBar
from rongxin.classification.reading import How
from rongxin.exchange.recipients.outgoing import Outcome
from rongxin.exchange.recipients.registry import Problem as RecipientProblem
from rongxin.exchange.recipients.spotting import Fault as SpotFault
from rongxin.intake.duties import Reporting
from rongxin.notices.channels.channel import Reason
from rongxin.notices.serving import Fault
from rongxin.policy.catalogue import Every, Share
from rongxin.policy.notices import Topic
from rongxin.policy.words import Display, FieldClass, Polarity, Rank, Reading, Severity, StepSeverity, Strength
from rongxin.remedies.objections.actions import Bar as ObjectionBar
from rongxin.remedies.repairs.actions import Bar as RepairBar
from rongxin.workflow.evidence import Fault as EvidenceFault
from rongxin.workflow.statements import Fault as WordsFault

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
    WordsFault: {
        WordsFault.NO_WORDS: _("请写明情况。"),
        WordsFault.TOO_LONG: _("太长，请写在 500 个字以内。"),
        WordsFault.NAMES_A_NUMBER: _("这里有号码（证件、电话、账号等），请删去。"),
    },
    ClassBar: {
        ClassBar.NO_CLASS: _("这次计算里没有这个主体的类别。"),
        ClassBar.ANSWERED: _("对这次分类的申诉已经答复；有新情况的，等下一次分类。"),
    },
    How: {
        How.IN_USE: _("本次启用的类别"),
        How.BETTER: _("情况已经变好，先按好的用"),
        How.ADJUSTED: _("经两人决定的人工调整"),
        How.OBJECTED: _("申诉答复以前，按上一次的用"),
    },
    ObjectionBar: {
        ObjectionBar.NO_RECORD: _("本企业名下没有这条记录。"),
        ObjectionBar.WITHDRAWN: _("这条记录已经撤回，不用再提异议。"),
        ObjectionBar.NO_DOCUMENT: _("请写明文号或者名称，128 个字以内。"),
    },
    RepairBar: {
        RepairBar.NO_RECORD: _("本企业名下没有这条记录。"),
        RepairBar.NOT_NOW: _("现在不能申请修复。"),
        RepairBar.NO_COMMITMENT: _("请先作出修复承诺。"),
    },
    EvidenceFault: {
        EvidenceFault.EMPTY: _("文件是空的。"),
        EvidenceFault.TOO_LARGE: _("文件超过 5 MB，请压缩或者分开以后再提交。"),
        EvidenceFault.UNKNOWN: _("只收 PDF、JPEG、PNG 文件；其他格式请先转换。"),
        EvidenceFault.TOO_MANY: _("一件最多收 20 份材料，已经满了。"),
        EvidenceFault.CLOSED: _("这件已经办结，不再收材料。"),
        EvidenceFault.NOT_YOURS: _("您不能为这件提交材料。"),
    },
    Outcome: {
        Outcome.TAKEN: _("送达"),
        Outcome.NOT_AN_ADDRESS: _("地址写法不对"),
        Outcome.UNKNOWN_HOST: _("查不到主机名"),
        Outcome.FORBIDDEN_HOST: _("主机名指向内部网络，不发"),
        Outcome.UNREACHABLE: _("连不上"),
        Outcome.UNTRUSTED: _("证书不可信"),
        Outcome.TIMEOUT: _("超过 5 秒"),
        Outcome.REDIRECTED: _("要求转到别处，不跟"),
        Outcome.TOO_LARGE: _("回话超过 64 KiB"),
        Outcome.REFUSED: _("对方拒收"),
        Outcome.WRONG_ANSWER: _("验证的回话不对"),
    },
    RecipientProblem: {
        RecipientProblem.NO_NAME: _("请填写名称。"),
        RecipientProblem.TOO_LONG: _("写得太长，请缩短。"),
        RecipientProblem.WRONG_CODE: _("统一社会信用代码不对，请核对 18 位。"),
        RecipientProblem.NO_OFFICE: _("请填写联系部门。"),
        RecipientProblem.PERSON: _("这里可能写到个人：请写部门，不写姓名和号码。"),
        RecipientProblem.KNOWN: _("这个单位已经登记，或者正在待复核。"),
        RecipientProblem.SAME_PERSON: _("提出和复核须是两个人。"),
        RecipientProblem.NOT_NOW: _("现在不能这样办：可能有人刚刚办过，请看最新情况。"),
        RecipientProblem.NO_REASON: _("请写明原因。"),
        RecipientProblem.TOO_MANY_KEYS: _("已有两个密钥在用，请先停用一个。"),
    },
    SpotFault: {
        SpotFault.NOT_ENDED: _("这条记录没有停止公示，或者已经恢复公示。"),
        SpotFault.NOT_ACKNOWLEDGED: _("这个单位没有确认过撤下，不用抽查登记。"),
        SpotFault.TOO_EARLY: _("查看时间要在它确认撤下之后。"),
        SpotFault.FUTURE: _("查看时间还没有到。"),
        SpotFault.URL: _("网页地址不对，或者里面有个人信息。"),
        SpotFault.EMPTY: _("请附截图。"),
        SpotFault.TOO_LARGE: _("文件超过 5 MB，请压缩或者分开以后再提交。"),
        SpotFault.UNKNOWN: _("只收 PDF、JPEG、PNG 文件；其他格式请先转换。"),
        SpotFault.RETRACTED: _("已经撤销过。"),
        SpotFault.NO_REASON: _("请写明原因，不写个人。"),
    },
    Fault: {
        Fault.NO_WAY: _("请选择送达方式。"),
        Fault.NO_DAY: _("请填写日期。"),
        Fault.FUTURE: _("日期还没有到，请在发生之后登记。"),
        Fault.TOO_OLD: _("日期早于一年以前，请核对。"),
        Fault.NO_NAME: _("请填写文书的文号或名称，120 个字以内。"),
        Fault.NAMES_A_NUMBER: _("这里有号码（证件、电话、账号等），请删去。"),
        Fault.NO_TRACKING: _("邮寄送达请填写邮件号：8 至 30 位字母和数字。"),
        Fault.NO_CONSENT: _("电子送达须经受送达人同意；没有同意的，请改用其他方式。"),
        Fault.NO_TERM: _("现行规则里没有公告送达的期间，不能登记。请联系信用牵头部门。"),
        Fault.NO_REASON: _("请写明原因。"),
        Fault.NOT_A_LETTER: _("只有邮寄送达才登记签收或退件。"),
        Fault.BEFORE_POSTING: _("不能早于登记的日期。"),
        Fault.ALREADY: _("已经登记过，没有重复登记。"),
        Fault.PROOF_TOO_LARGE: _("送达回证超过 5 MB，请缩小后再传。"),
        Fault.PROOF_UNKNOWN: _("送达回证只收 PDF、JPEG 和 PNG。"),
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
    Reason: {
        Reason.NO_ADDRESS: _("没有可用的地址：已经删除、停用，或者还没有确认。"),
        Reason.UNREADABLE: _("地址读不出：平台换过密钥。请重新登记联系方式后再发。"),
        Reason.ADDRESS_REFUSED: _("对方服务器不收这个地址。请核对联系方式后再发。"),
        Reason.MESSAGE_REFUSED: _("对方服务器拒收。请系统管理员查看对方的要求后再发。"),
        Reason.NOT_NOW: _("对方服务器暂时不收，会自动再试。"),
        Reason.BUSY: _("发送太快，对方要求稍后再发，会自动再试。"),
        Reason.UNREACHABLE: _("连不上服务器。请系统管理员检查网络和外发设置。"),
        Reason.TIMEOUT: _("服务器没有按时回答。请系统管理员检查网络和外发设置。"),
        Reason.LOGIN_REFUSED: _("服务器不接受平台的身份。请系统管理员检查用户名、密钥和发件人。"),
        Reason.REDIRECTED: _("网关要求转到别处，平台不跟随。请系统管理员核对网关地址。"),
        Reason.SERVER_FAULT: _("对方服务器出错，会自动再试。"),
        Reason.STOPPED: _("发送中途进程停止，是否发出不能确定；再发时编号不变，对方不会当成两条。"),
        Reason.FAULT: _("平台自身出错。请系统管理员查看日志。"),
        Reason.NO_WORDS: _("现行规则里没有验证码的文字。请信用牵头部门发布新规则。"),
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
    Topic: {
        Topic.MANDATE: _("谁代表企业办理：认领、更换"),
        Topic.PROGRESS: _("办理进展：受理、补正、决定"),
        Topic.TERM: _("期限：要在某一天前办的事"),
    },
}


def label(word: StrEnum) -> str:
    """The label of a word in the active language. KeyError when the word has none."""
    return str(LABELS[type(word)][word])
