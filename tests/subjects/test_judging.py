from datetime import date
from typing import Any

import polars as pl
import pytest
from django.utils import timezone

from rongxin.engine.candidates import JUDGED_SCHEMA, PARTY_SCHEMA, candidates, wanted
from rongxin.subjects.judging import PARTIES_SCHEMA, FiledParty, contradicted, judge, judgements_for, take_back
from rongxin.subjects.merging import Doubt, merge
from rongxin.subjects.models import Judgement, Subject, SubjectName, Verdict
from rongxin.subjects.pool import pool_for
from rongxin.subjects.registration import register
from tests.factories import a_sole_trader, a_subject

pytestmark = pytest.mark.django_db
NAME = "福州市示例榕海公司"


def party(name: str | None = None, code: str | None = None, **more: str | None) -> pl.DataFrame:
    return pl.DataFrame([{"at": 0, "name": name, "code": code, "region": "990000"} | more], schema=PARTY_SCHEMA)


def proposed(filed: pl.DataFrame) -> list[int]:
    found = candidates(filed, pool_for(wanted(filed)), pl.DataFrame(schema=JUDGED_SCHEMA))
    keys: list[int] = found["subject"].to_list()
    return keys


def judged(subject: Subject, verdict: Verdict, *, code: str = "", provider: str = "demo") -> tuple[Judgement, ...]:
    return judge(FiledParty(NAME, code), subject, verdict, provider=provider, by="示例", basis="示例批次")


def standing() -> list[tuple[int, str, str]]:
    return list(Judgement.objects.filter(ended_at=None).order_by("pk").values_list("subject", "verdict", "provider"))


# ── judgements ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_same_said_twice_is_one_judgement() -> None:
    tea = a_subject()
    assert judged(tea, Verdict.SAME) == judged(tea, Verdict.SAME) == ()
    (different,) = judged(tea, Verdict.DIFFERENT, code="1")
    assert judged(tea, Verdict.DIFFERENT, code="1", provider="other") == ()
    assert set(Judgement.objects.filter(ended_at=None)) >= {different}
    assert Judgement.objects.count() == 2


def test_a_later_judgement_ends_what_says_otherwise_and_changes_nothing_else() -> None:
    tea, trade = a_subject(), a_subject("福州示例榕海贸易有限公司")
    (different,) = judged(tea, Verdict.DIFFERENT, provider="other")
    assert judged(trade, Verdict.SAME) == ()
    ended = judged(tea, Verdict.SAME)
    assert {(judgement.subject, judgement.verdict) for judgement in ended} == {
        (different.subject, Verdict.DIFFERENT),
        (trade, Verdict.SAME),
    }

    assert standing() == [(tea.pk, "same", "demo")]
    assert Judgement.objects.filter(ended_by="示例").count() == 2


def test_what_each_department_says_of_its_own_rows_stands_beside_the_others() -> None:
    tea, trade = a_subject(), a_subject("福州示例榕海贸易有限公司")
    judged(tea, Verdict.SAME)
    judged(trade, Verdict.SAME, provider="other")
    found = judgements_for(pl.Series([NAME, None, "别名"], dtype=pl.String), "demo")
    assert found.schema == JUDGED_SCHEMA
    assert found.sort("subject").select("subject", "own", "on").rows() == [
        (tea.pk, True, str(timezone.localdate())),
        (trade.pk, False, str(timezone.localdate())),
    ]


def test_what_was_taken_back_counts_no_more_and_is_kept() -> None:
    tea = a_subject()
    judged(tea, Verdict.SAME)
    take_back(FiledParty(NAME), tea, Verdict.SAME, provider="demo", by="另一人")
    assert judgements_for(pl.Series([NAME]), "demo").is_empty()
    assert Judgement.objects.get().ended_by == "另一人"


def test_a_judgement_follows_a_merge() -> None:
    tea, trade = a_subject(), a_subject("福州示例榕海贸易有限公司")
    judged(trade, Verdict.SAME, code="示例")
    merge(tea, trade, by="示例", basis="示例", answers=dict.fromkeys(Doubt, "示例"))
    assert judgements_for(pl.Series([NAME]), "demo").select("subject", "uscc").rows() == [(tea.pk, tea.uscc)]


# ── the pool ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "filed",
    [
        {"name": "福州示例榕海茶业有限公司"},
        {"name": "福州市示例榕海茶叶公司"},
        {"name": "福州示例榕每茶业有限公司"},
        {"name": "福州示例榕海商贸有限公司"},
        {"registration_number": "110000006000374"},
        {"name": "示例榕海"},
    ],
)
def test_a_company_is_gathered_by_name_former_name_or_number(filed: dict[str, Any]) -> None:
    tea = a_subject(former_name="福州示例榕海商贸有限公司", registration_number="110000006000374")
    assert tea.pk in proposed(party(**filed))


def test_a_company_is_gathered_by_a_code_one_slip_off_and_by_the_organisation_code_inside_it() -> None:
    tea = a_subject()
    near = tea.uscc[:4] + ("1" if tea.uscc[4] != "1" else "2") + tea.uscc[5:]
    assert proposed(party(code=near)) == [tea.pk]
    assert proposed(party(organisation_code=tea.uscc[8:17])) == [tea.pk]
    assert proposed(party(code="91350100" + tea.uscc[8:17] + "0")) == [tea.pk]


def test_a_sole_trader_has_no_block_and_is_gathered_by_the_full_code_only() -> None:
    trader = a_sole_trader("示例榕海小吃店", former_name="示例榕江小吃店")
    assert set(SubjectName.objects.filter(subject=trader).values_list("head_block", "tail_block")) == {(None, None)}
    assert proposed(party("示例榕海小吃店")) == []
    assert proposed(party("示例榕海小吃")) == []
    assert proposed(party(code=trader.uscc)) == [trader.pk]


def test_what_was_merged_counts_as_the_one_it_was_merged_into() -> None:
    tea, trade = a_subject(), a_subject("福州示例闽江贸易有限公司")
    merge(tea, trade, by="示例", basis="示例", answers=dict.fromkeys(Doubt, "示例"))
    assert proposed(party("福州市示例闽江贸易公司")) == [tea.pk]


def test_gathering_for_many_costs_no_more_statements_than_for_one(django_assert_max_num_queries: Any) -> None:
    a_subject()
    for count in (1, 700):
        filed = pl.concat([party(f"福州示例榕海{number}公司") for number in range(count)]).with_columns(
            at=pl.int_range(count, dtype=pl.UInt32)
        )
        asked = wanted(filed)
        with django_assert_max_num_queries(14):
            pool_for(asked)


def test_a_crowded_block_is_left_out_but_the_whole_name_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rongxin.subjects.pool.BLOCK_LIMIT", 2)
    a_subject("福州示例榕海茶业有限公司")
    a_subject("厦门示例榕海茶业有限公司")
    third = a_subject("泉州示例榕海茶业有限公司")
    assert proposed(party("漳州示例榕海茶业有限公司")) == []
    assert proposed(party("泉州示例榕海茶业有限公司")) == [third.pk]


def test_a_renamed_company_keeps_the_blocks_of_both_names() -> None:
    tea = a_subject()
    register(
        pl.DataFrame({"uscc": [tea.uscc], "name": ["福州示例闽江茶业有限公司"]}), source="示例", on=date(2026, 6, 1)
    )
    assert tea.pk in proposed(party("福州示例榕海茶业公司"))
    assert tea.pk in proposed(party("福州示例闽江茶业公司"))


def test_a_row_is_contradicted_by_what_stands_now() -> None:
    """Followed a judgement: it must stand. Found by code or name: nobody may have said that it is not the same."""
    tea, trade = a_subject(), a_subject("福州示例榕海贸易有限公司")
    rows = pl.DataFrame(
        [
            (2, NAME, "1", tea.pk, "judgement"),
            (3, NAME, "2", tea.pk, "judgement"),
            (4, NAME, "1", trade.pk, "judgement"),
            (5, NAME, "2", tea.pk, "code"),
            (6, NAME, "1", tea.pk, "code"),
            (7, "别名", "2", tea.pk, "name"),
        ],
        schema=PARTIES_SCHEMA,
        orient="row",
    )
    judged(tea, Verdict.SAME, code="1")
    judged(tea, Verdict.DIFFERENT, code="2", provider="other")
    assert contradicted(rows, "demo") == [3, 4, 5]
    assert contradicted(rows, "other") == [2, 3, 4, 5]
