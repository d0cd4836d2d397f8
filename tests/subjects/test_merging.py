"""Merges and their end: what counts as what, what bars a merge, and that everything comes back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from random import Random

import polars as pl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rongxin.policy.pack import Policy
from rongxin.records.display import Moment
from rongxin.records.models import Resolution
from rongxin.records.queries import counts_of, of_subject, subjects_of
from rongxin.subjects import merging, queries
from rongxin.subjects.merging import Bar, Doubt, Ended, NotMergeable, end_judgement, merge, unmerge
from rongxin.subjects.models import Judgement, Merge, Subject, SuccessionKind, Verdict
from rongxin.subjects.succession import end_succession, succeed
from tests.examples import slow
from tests.factories import LICENCE, PENALTY, a_code, a_department, a_record, a_sole_trader, a_subject, at, the_rules

pytestmark = pytest.mark.django_db

WHY = "市场监管局函（示例）：同一企业换发代码"
ANSWERS = dict.fromkeys(Doubt, "已向登记机关核实")


@pytest.fixture
def policy() -> Policy:
    return the_rules()


@pytest.fixture
def kept() -> Subject:
    return a_subject("福州示例榕海茶业有限公司", registration_number="350100100000001")


@pytest.fixture
def absorbed() -> Subject:
    return a_subject("福州示例榕海茶叶有限公司", former_name="福州示例老榕茶庄", registration_number="350100100000002")


def merged(kept: Subject, absorbed: Subject) -> Merge:
    return merge(kept, absorbed, by="lead-officer", basis=WHY, answers=ANSWERS)


def a_judgement(subject: Subject, *, name: str = "", code: str = "") -> Judgement:
    return Judgement.objects.create(
        provider="demo",
        name_normalised=name,
        code=code,
        subject=subject,
        verdict=Verdict.DIFFERENT,
        by="clerk",
        made_at=at("2026-11-01"),
    )


def touched(*, codes: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> set[int]:
    register = queries.register_for(pl.Series(codes, dtype=pl.String), pl.Series(names, dtype=pl.String))
    return set(register.subjects["subject"])


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_records_of_the_absorbed_are_seen_under_the_kept(kept: Subject, absorbed: Subject, policy: Policy) -> None:
    own, other = a_record(kept), a_record(absorbed, kind=LICENCE)
    merged(kept, absorbed)
    kept.refresh_from_db()

    now = Moment.now()
    assert {shown.record for shown in of_subject(kept, policy, now, limit=9)} == {own, other}
    assert counts_of([kept.pk], policy, now) == {kept.pk: {PENALTY: 1, LICENCE: 1}}
    assert subjects_of([own, other]) == {own.pk: kept, other.pk: kept}
    assert Resolution.objects.get(record=other).subject == absorbed


def test_codes_old_numbers_and_names_of_the_absorbed_lead_to_the_kept(kept: Subject, absorbed: Subject) -> None:
    before = queries.number_of_subjects()
    merged(kept, absorbed)

    assert queries.by_uscc(absorbed.uscc) == kept
    for question in (absorbed.uscc, "350100100000002", "榕海茶叶", "老榕茶庄"):
        assert [found.subject for found in queries.search(question)] == [kept], question
    assert queries.number_of_subjects() == before - 1
    assert "350100100000002" in [each.value for each in queries.identifiers_of(kept)]
    assert [name.text for name in queries.names_of(kept)] == [
        "福州示例榕海茶业有限公司",
        "福州示例榕海茶叶有限公司",
        "福州示例老榕茶庄",
    ]


def test_a_search_that_meets_both_names_gives_one_hit(kept: Subject, absorbed: Subject) -> None:
    assert len(queries.search("示例榕海")) == 2
    merged(kept, absorbed)

    (found,) = queries.search("示例榕海")
    assert found.by_name is not None
    assert not found.by_name.is_former
    (by_other_name,) = queries.search("茶叶有限公司")
    assert by_other_name.by_name is not None
    assert by_other_name.by_name.is_former


def test_a_batch_that_names_the_absorbed_meets_the_kept(kept: Subject, absorbed: Subject) -> None:
    merged(kept, absorbed)
    names = (queries.normalise_name(absorbed.name),)
    assert touched(codes=(absorbed.uscc,)) == touched(names=names) == touched(codes=(kept.uscc,)) == {kept.pk}

    register = queries.register_for(pl.Series([absorbed.uscc]), pl.Series([], dtype=pl.String))
    present = register.names.filter(pl.col("current"))
    assert set(register.identifiers["value"]) >= {kept.uscc, absorbed.uscc}
    assert set(register.identifiers["subject"]) == {kept.pk}
    assert present["name_normalised"].to_list() == [queries.normalise_name(kept.name)]


def test_a_sole_trader_merged_into_another_is_still_found_by_full_code_only() -> None:
    kept, absorbed = (a_sole_trader(f"示例陈三小吃{n}店", registration_number=f"35010060000000{n}") for n in (1, 2))
    merged(kept, absorbed)

    assert [found.subject for found in queries.search(absorbed.uscc)] == [kept]
    assert queries.search("陈三小吃") == queries.search("350100600000002") == []


def test_the_register_may_bring_the_absorbed_up_to_date(kept: Subject, absorbed: Subject) -> None:
    merged(kept, absorbed)
    a_subject("福州示例榕海茶叶集团有限公司", absorbed.uscc, on=date(2026, 6, 1))

    assert [found.subject for found in queries.search("茶叶集团")] == [kept]
    assert queries.by_uscc(absorbed.uscc) == kept


def test_what_is_filed_under_the_absorbed_code_goes_back_with_it(kept: Subject, absorbed: Subject) -> None:
    merge_ = merged(kept, absorbed)
    record = a_record(kept, party_uscc=absorbed.uscc)
    assert subjects_of([record])[record.pk] == kept

    unmerge(merge_, by="lead-officer", basis="登记机关更正")
    assert subjects_of([record])[record.pk] == absorbed


# ── what stands in the way ───────────────────────────────────────────────────────────────────────────────────────────
def bars_of(kept: Subject, absorbed: Subject) -> tuple[Bar, ...]:
    with pytest.raises(NotMergeable) as refused:
        merged(kept, absorbed)
    assert not Merge.objects.filter(kept=kept, absorbed=absorbed, ended_at=None).exists()
    return refused.value.conflicts.bars


def test_a_sole_trader_is_never_merged_with_an_organisation(kept: Subject) -> None:
    trader = a_sole_trader()
    assert bars_of(kept, trader) == bars_of(trader, kept) == (Bar.SOLE_TRADER,)


def test_a_subject_is_not_merged_with_itself(kept: Subject) -> None:
    assert bars_of(kept, kept) == (Bar.SAME_SUBJECT,)


def test_nobody_is_merged_twice_and_never_in_a_circle(kept: Subject, absorbed: Subject) -> None:
    merged(kept, absorbed)
    third = a_subject("福州示例第三有限公司")

    assert Bar.MERGED_ALREADY in bars_of(third, absorbed)
    assert Bar.MERGED_ALREADY in bars_of(absorbed, third)
    assert Bar.MERGED_ALREADY in bars_of(absorbed, kept)


def test_a_chain_is_flattened_and_opens_at_any_link(kept: Subject, absorbed: Subject) -> None:
    last = a_subject("福州示例总公司")
    first_link, second_link = merged(kept, absorbed), merged(last, kept)
    absorbed.refresh_from_db()
    assert absorbed.merged_into == last

    unmerge(first_link, by="lead-officer", basis="登记机关更正")
    absorbed.refresh_from_db()
    kept.refresh_from_db()
    assert (absorbed.merged_into, kept.merged_into) == (None, last)
    unmerge(second_link, by="lead-officer", basis="登记机关更正")
    kept.refresh_from_db()
    assert kept.merged_into is None


@pytest.mark.parametrize("by_code", [True, False])
def test_subjects_judged_different_are_refused_until_the_judgement_ends(
    kept: Subject, absorbed: Subject, by_code: bool
) -> None:
    party = {"code": absorbed.uscc} if by_code else {"name": queries.normalise_name(absorbed.name)}
    judgement = a_judgement(kept, **party)
    assert bars_of(kept, absorbed) == bars_of(absorbed, kept) == (Bar.JUDGED_DIFFERENT,)

    end_judgement(judgement, by="lead-officer")
    assert merged(kept, absorbed)


def test_predecessor_and_successor_are_two(kept: Subject, absorbed: Subject) -> None:
    succession = succeed(
        SuccessionKind.MERGER,
        absorbed,
        kept,
        effective_on=date(2026, 3, 1),
        document="示例〔2026〕1号",
        by="lead-officer",
    )
    assert bars_of(kept, absorbed) == (Bar.SUCCESSION,)

    end_succession(succession, by="lead-officer", basis="录入有误")
    assert merged(kept, absorbed)


def test_every_doubt_is_answered_with_a_reason(kept: Subject) -> None:
    assert Doubt.STATUS not in merging.conflicts(kept, a_subject(status="注销")).doubts  # the other's is not known
    a_subject(kept.name, kept.uscc, status="存续")
    kept.refresh_from_db()
    closed = a_subject("福州示例榕海合作社", a_code("93"), status="注销")
    doubts = (Doubt.TWO_CODES, Doubt.CATEGORY, Doubt.STATUS)
    assert merging.conflicts(kept, closed).doubts == doubts
    with pytest.raises(NotMergeable):
        merge(kept, closed, by="lead-officer", basis=WHY, answers={Doubt.TWO_CODES: "换发", Doubt.STATUS: " "})

    done = merge(kept, closed, by="lead-officer", basis=WHY, answers={doubt: f"{doubt} 已核实" for doubt in doubts})
    assert done.answers == {doubt.value: f"{doubt} 已核实" for doubt in doubts}


def test_a_merge_that_was_undone_is_doubted_the_next_time(kept: Subject, absorbed: Subject) -> None:
    unmerge(merged(kept, absorbed), by="lead-officer", basis="登记机关更正")
    assert Doubt.MERGED_BEFORE in merging.conflicts(absorbed, kept).doubts


@pytest.mark.parametrize("basis", ["", "  "])
def test_nothing_changes_without_a_basis(kept: Subject, absorbed: Subject, basis: str) -> None:
    with pytest.raises(ValueError, match="basis"):
        merge(kept, absorbed, by="lead-officer", basis=basis, answers=ANSWERS)
    done = merged(kept, absorbed)
    with pytest.raises(ValueError, match="basis"):
        unmerge(done, by="lead-officer", basis=basis)


def test_a_merge_ends_once_and_says_who_and_why(kept: Subject, absorbed: Subject) -> None:
    done = unmerge(merged(kept, absorbed), by="other-lead_officer", basis="登记机关更正")
    assert (done.by, done.basis, done.ended_by, done.ended_basis) == (
        "lead-officer",
        WHY,
        "other-lead_officer",
        "登记机关更正",
    )
    with pytest.raises(Ended):
        unmerge(done, by="lead-officer", basis="登记机关更正")


# ── everything comes back ────────────────────────────────────────────────────────────────────────────────────────────
def picture(subjects: list[Subject], policy: Policy) -> object:
    """What every question about these subjects is answered with."""
    fresh = [Subject.objects.get(pk=subject.pk) for subject in subjects]
    now = Moment.now()
    return [
        (
            subject.merged_into_id,
            subject.uscc,
            sorted(name.text for name in queries.names_of(subject)),
            sorted(each.value for each in queries.identifiers_of(subject)),
            [shown.record.pk for shown in of_subject(subject, policy, now, limit=99)],
            queries.by_uscc(subject.uscc),
            [found.subject.pk for found in queries.search(subject.name)],
            sorted(touched(codes=(subject.uscc,))),
        )
        for subject in fresh
    ]


@pytest.fixture
def five(policy: Policy) -> list[Subject]:
    provider = a_department()
    subjects = [a_subject(f"福州示例第{n}有限公司", registration_number=f"35010010000001{n}") for n in range(1, 6)]
    for subject in subjects:
        a_record(subject, department=provider)
    return subjects


one_of_five = st.integers(0, 4)
Step = tuple[int, int] | int  # merge the second into the first, or the register renames one


@settings(max_examples=slow(), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.one_of(st.tuples(one_of_five, one_of_five), one_of_five), min_size=1, max_size=8),
    shuffled=st.randoms(use_true_random=False),
)
def test_after_any_merges_and_registrations_the_end_of_the_merges_leaves_the_registrations_only(
    five: list[Subject], policy: Policy, steps: list[Step], shuffled: Random
) -> None:
    with rolled_back():
        apply(five, [step for step in steps if isinstance(step, int)])
        expected = picture(five, policy)
    with rolled_back():
        standing = apply(five, steps)
        shuffled.shuffle(standing)
        for done in standing:
            unmerge(done, by="lead-officer", basis="登记机关更正")
            assert_flat(five)
        assert picture(five, policy) == expected


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def apply(subjects: list[Subject], steps: list[Step]) -> list[Merge]:
    """Take the steps that are lawful; the standing merges."""
    standing = []
    turns = count(1)
    for step in steps:
        if isinstance(step, int):
            turn = next(turns)
            a_subject(f"福州示例改名{turn}有限公司", subjects[step].uscc, on=date(2026, 2, turn))
            continue
        try:
            standing.append(merged(subjects[step[0]], subjects[step[1]]))
        except NotMergeable:
            continue
        assert_flat(subjects)
    return standing


def assert_flat(subjects: list[Subject]) -> None:
    for subject in Subject.objects.filter(pk__in=[subject.pk for subject in subjects]).select_related("merged_into"):
        assert subject.merged_into is None or subject.merged_into.merged_into_id is None
        assert (subject.merged_into is None) != Merge.objects.filter(absorbed=subject, ended_at=None).exists()
