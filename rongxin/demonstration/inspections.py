"""Results of inspections that the made-up departments send in the last weeks: most find nothing, and something is found more often
where something was known before.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from rongxin.demonstration.authorities import Authority
from rongxin.demonstration.chance import Chances, Index, chance, one_of
from rongxin.demonstration.other_kinds import Model, organisations, told_anew

PLANS: Final = 6
"""So many sendings: those since the first run came into use (``classes``), and two before."""
MOST: Final = {True: 60, False: 20}
"""Enterprises at a time, of those drawn at random and of those aimed at."""
_PLANNED_BEFORE: Final = timedelta(weeks=2)
"""Who is risky is asked once, when all of them are planned: about as long ago as the first run is made."""
_SHARE: Final = 5
"""Never more than one in so many."""
_DRAWN: Final = {True: 4.0, False: 40.0}
"""By how many times every burden makes it likelier to be inspected: a draw takes more of the risky, too."""
_FOUND, _FOUND_MORE, _FOUND_MOST = 0.05, 0.09, 0.5
"""How often something is found where nothing was known; how much more often for every burden; how often at most."""

_ITEMS: Final[Mapping[str, Sequence[dict[str, str]]]] = {
    "inspection_result": (
        {"inspection_item": "登记事项检查", "inspection_basis": "《中华人民共和国市场主体登记管理条例》第三十八条"},
        {"inspection_item": "年度报告公示信息检查", "inspection_basis": "《企业信息公示暂行条例》第十四条"},
        {"inspection_item": "价格行为检查", "inspection_basis": "《中华人民共和国价格法》第三十三条"},
    ),
    "administrative_supervision": (
        {"matter": "生产经营单位安全检查", "act_content": "检查安全生产责任制和应急预案。"},
        {"matter": "危险作业专项检查", "act_content": "检查动火、有限空间等作业的审批和防护。"},
        {"matter": "消防设施和疏散通道检查", "act_content": "检查消防设施、疏散通道和安全出口。"},
    ),
}
_SAME: Final[Mapping[str, dict[str, str]]] = {
    "inspection_result": {"plan_name": "示例双随机抽查计划", "joint_authorities": "", "follow_up": "", "remark": ""},
    "administrative_supervision": {
        "document_name": "监督检查记录",
        "act_type": "专项检查",
        "supervision_field": "安全生产",
        "basis": "《中华人民共和国安全生产法》第六十五条",
        "remark": "",
    },
}


def sendings(
    seed: int, authority: Authority, model: Model, known: pl.DataFrame, burdens: pl.DataFrame, days: Sequence[date]
) -> Iterator[tuple[date, pl.DataFrame]]:
    """What ``authority`` sends of a kind of inspections on the last PLANS of the ``days``: the day, and rows by field name.

    ``known``: the enterprises that acts may be about (``identities``); only organisations are inspected. ``burdens``: uscc, on and
    weight of what was known against whom from which day.
    """
    told = model.kind.credit.inspection
    assert told
    parties, is_random = organisations(known), told.random is not False
    number, planned = min(MOST[is_random], parties.height // _SHARE), days[-PLANS:]
    if not (number and planned):
        return
    before = burdens.filter(pl.col("on") < planned[0] - _PLANNED_BEFORE).group_by("uscc").agg(pl.col("weight").sum())
    burden = parties.join(before, on="uscc", how="left", maintain_order="left")["weight"].fill_null(0).to_numpy()
    for plan, day in enumerate(planned):
        stream = f"{authority.code} {model.kind.name} {day}"
        drawn = _drawn(seed, stream, 1 + _DRAWN[is_random] * burden, number)
        results = _results(seed, stream, model, burden[drawn])
        chosen = parties.select("name", "uscc")[drawn].rows()
        yield (
            day,
            pl.DataFrame(
                told_anew(model, authority, day, plan * number + at, party, party)
                | _SAME.get(model.kind.name, {})
                | _item(model.kind.name, at)
                | {told.result: result}
                for at, (party, result) in enumerate(zip(chosen, results, strict=True))
            ),
        )


def _drawn(seed: int, stream: str, weights: Chances, number: int) -> Index:
    """``number`` places, each once, the likelier the higher its weight."""
    tickets = -np.log1p(-chance(seed, f"{stream} drawn", np.arange(len(weights), dtype=np.int64))) / weights
    places: Index = np.argsort(tickets, kind="stable")[:number]
    return places


def _results(seed: int, stream: str, model: Model, burden: Index) -> list[str]:
    """What each inspection found, in words of the kind."""
    told, index = model.kind.credit.inspection, np.arange(len(burden), dtype=np.int64)
    assert told
    words = model.kind.fields[told.result].constraints.enum or ()
    wrong = one_of([word for word in words if word not in told.clean], seed, f"{stream} what", index)
    is_found = chance(seed, f"{stream} found", index) < np.minimum(_FOUND + _FOUND_MORE * burden, _FOUND_MOST)
    return [word if found else told.clean[0] for word, found in zip(wrong, is_found, strict=True)]


def _item(kind: str, at: int) -> dict[str, str]:
    items = _ITEMS.get(kind, ({},))
    return items[at % len(items)]
