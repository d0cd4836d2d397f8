"""The words of the document for the firm: what happened to the record, and what became of each thing that followed from it."""

from collections.abc import Iterator

from rongxin.policy.pack import Policy
from rongxin.primitives.uscc import is_valid
from rongxin.records.models import Effect
from rongxin.records.queries import subjects_of
from rongxin.remedies.unwinding.actions import newest
from rongxin.remedies.unwinding.finding import day
from rongxin.remedies.unwinding.models import Item, ItemSort, Outcome, Unwinding
from rongxin.remedies.unwinding.queries import items_of, title_of
from rongxin.remedies.unwinding.rules import HAPPENED
from rongxin.workflow.registry import procedure

_RESULTS = {Outcome.UNAFFECTED: "不受影响，继续有效", Outcome.OVER: "早已终止"}


def addressee_of(unwinding: Unwinding) -> str:
    """As the firm is called on the register; as it was filed where it is on none."""
    record = newest(unwinding.number)
    subject = subjects_of([record]).get(record.pk)
    return subject.name if subject else record.party_name


def paragraphs_of(unwinding: Unwinding, policy: Policy) -> list[str]:
    """The whole text, paragraph by paragraph."""
    record, firm = newest(unwinding.number), unwinding.case.firm or ""
    kind = policy.kinds.get(record.kind)
    code = f"（统一社会信用代码 {firm}）" if is_valid(firm) else ""
    about = f"{record.authority}{record.document_number}（{kind.title.zh if kind else record.kind}）"
    happened = HAPPENED[Effect(unwinding.effect)].zh
    told = "" if unwinding.effect == Effect.CORRECTED else "公示网站、数据接口和变更订阅自即时起停止提供。"
    items = list(items_of(unwinding))
    return [
        f"你单位{code}的公共信用信息“{about}”已于{day(unwinding.happened_at).zh}{happened}。{told}现将消除影响的情况说明如下：",
        *_effects([item for item in items if item.sort == ItemSort.EFFECT]),
        *_offices([item for item in items if item.sort == ItemSort.OFFICE]),
        *_documents([item for item in items if item.sort == ItemSort.DOCUMENT]),
        "你单位认为影响没有消除完的，可以向本单位或者信用信息牵头部门提出。",
    ]


def result_of(item: Item) -> str:
    """What became of an item, in Chinese, as documents say it."""
    if item.redecision is not None and not item.outcome:
        case = item.redecision.case
        return procedure(case.kind).by_state[case.state].title.zh
    return _RESULTS.get(Outcome(item.outcome), "") if item.outcome in _RESULTS else str(Outcome(item.outcome).label)


def _effects(items: list[Item]) -> Iterator[str]:
    if not items:
        yield "没有依据这条信息作出的名单列入或者其他认定。"
    for item in items:
        case = f"（{item.redecision.case.number}）" if item.redecision is not None else ""
        yield f"依据这条信息作出的“{title_of(item)}”：{result_of(item)}{case}。"


def _offices(items: list[Item]) -> Iterator[str]:
    if items:
        names = "、".join(item.department.name for item in items if item.department)
        yield f"查询过你单位信用信息的{len(items)}个单位已收到更正通知：{names}。"
    else:
        yield "期间没有其他单位查询过你单位的信用信息。"


def _documents(items: list[Item]) -> Iterator[str]:
    for item in items:
        if item.document is not None:
            yield f"写到这条信息的《{item.document.title}》（{item.document.number}）：{result_of(item)}。"
