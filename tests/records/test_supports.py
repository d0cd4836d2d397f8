"""What rests on what: an effect is displayed only while what it rests on stands, and the feed hears of it at once."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import pytest
import time_machine
from django.db import DatabaseError, transaction

from rongxin.departments.models import Department
from rongxin.policy.pack import Policy
from rongxin.records import actions, supports
from rongxin.records.bearing import Necessity, Sort
from rongxin.records.changes import Step, changes_after
from rongxin.records.citing import find_cited
from rongxin.records.display import LOST, Moment, all_displayed, displayed, lost_supports
from rongxin.records.models import (
    Candidate,
    Effect,
    Record,
    RecordEvent,
    Sighting,
    Support,
    SupportEnd,
)
from rongxin.records.supports import Ground, Holding, NotNamed, Problem, Ref
from rongxin.subjects.models import Subject
from tests.factories import a_department, a_record, a_subject, at, note, some_records, the_rules
from tests.ledger.told import Kind, of, told

pytestmark = pytest.mark.django_db
LIST = "wage_arrears_list"
DOCUMENT = "榕示市监罚〔2026〕118号"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(at("2026-11-22")) as clock:
        del clock
        yield


@pytest.fixture
def policy(db: None) -> Policy:
    return the_rules()


@pytest.fixture
def department(db: None) -> Department:
    return a_department()


@pytest.fixture
def firm(db: None) -> Subject:
    return a_subject("福州示例榕海茶业有限公司")


def a_penalty(firm: Subject, **fields: object) -> Record:
    given = {"penalty_document_no": DOCUMENT} | fields
    return a_record(firm, decided_on=date(2026, 11, 2), recorded_at=at("2026-11-05"), **given)  # type: ignore[arg-type]


def an_entry(firm: Subject, reason: str = "拖欠工资", **more: object) -> Record:
    given = {"decided_on": date(2026, 11, 9), "recorded_at": at("2026-11-12"), "valid_to": date(2027, 11, 9)} | more
    return a_record(firm, kind=LIST, severity="serious", reason=reason, **given)  # type: ignore[arg-type]


def ref(record: Record) -> Ref:
    return Ref(Sort.RECORD, record.number)


def rests(effect: Record, on: Record | Ref, policy: Policy, **more: object) -> Support:
    support = on if isinstance(on, Ref) else ref(on)
    ground = Ground(**{"support": support, "basis": "列入决定书载明"} | more)  # type: ignore[arg-type]
    return supports.rest(ref(effect), ground, policy, by="示例经办人")


def refused(effect: Record, on: Record | Ref, policy: Policy, **more: object) -> Problem:
    with pytest.raises(NotNamed) as why:
        rests(effect, on, policy, **more)
    return why.value.problem


def is_shown(record: Record, policy: Policy, moment: Moment | None = None) -> bool:
    when = moment or Moment.now()
    one = displayed(policy, when).filter(act_key=record.act_key).exists()
    assert one == all_displayed(policy, when).filter(act_key=record.act_key).exists()
    return one


def effects_of(record: Record) -> list[str]:
    return list(
        RecordEvent.objects.filter(act_key=record.act_key).order_by("position").values_list("effect", flat=True)
    )


# ── losing a support ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("effect", [Effect.WITHDRAWN, Effect.ANNULLED, Effect.ERASED])
def test_an_entry_is_off_display_with_what_it_rests_on_and_the_feed_hears_of_it(
    effect: Effect, firm: Subject, policy: Policy
) -> None:
    penalty, entry = a_penalty(firm), an_entry(firm)
    rests(entry, penalty, policy)
    assert is_shown(entry, policy)
    assert supports.holds(ref(entry), policy, Moment.now()).state == Holding.YES
    before = note(penalty, effect, basis="行政判决书（2026）闽0102行初9号")
    assert not is_shown(entry, policy)
    held = supports.holds(ref(entry), policy, Moment.now())
    assert (held.state, held.why) == (Holding.ENDED, (ref(penalty),))
    suspended = RecordEvent.objects.get(act_key=entry.act_key, effect=Effect.SUSPENDED)
    assert suspended.position == before.position + 1
    assert suspended.basis == f"{LOST}：记录 {penalty.number}"
    steps = {change.record.number: change.step for change in changes_after(0, policy, limit=10).changes}
    assert steps[entry.number] == Step.NOT_PUBLIC
    assert actions.suspend_lost() == 0


def test_a_contributing_support_suspends_and_an_ordinary_end_of_display_does_nothing(
    firm: Subject, policy: Policy
) -> None:
    penalty, entry = a_penalty(firm), an_entry(firm)
    rests(entry, penalty, policy, necessity=Necessity.CONTRIBUTING)
    for harmless in (Effect.DISPUTED, Effect.DISPUTE_ENDED, Effect.SUSPENDED, Effect.RESUMED, Effect.REPAIRED):
        note(penalty, harmless)
        assert is_shown(entry, policy), harmless
    note(penalty, Effect.WITHDRAWN)
    assert supports.holds(ref(entry), policy, Moment.now()).state == Holding.SUSPENDED
    assert not is_shown(entry, policy)


def test_a_repair_counts_where_the_clause_says_so_and_nothing_comes_back_by_itself(
    firm: Subject, policy: Policy
) -> None:
    penalty, entry = a_penalty(firm), an_entry(firm)
    rests(entry, penalty, policy, ends_when_repaired=True)
    note(penalty, Effect.REPAIRED)
    assert not is_shown(entry, policy)
    note(penalty, Effect.REPAIR_REVOKED)
    assert supports.holds(ref(entry), policy, Moment.now()).state == Holding.YES
    assert not is_shown(entry, policy)
    assert effects_of(entry) == [Effect.SUSPENDED]


def test_a_past_day_is_told_as_it_was(firm: Subject, policy: Policy) -> None:
    penalty, entry = a_penalty(firm), an_entry(firm)
    rests(entry, penalty, policy)
    with time_machine.travel(at("2026-11-26")):
        note(penalty, Effect.ANNULLED)
        assert not is_shown(entry, policy)
        assert effects_of(entry) == [Effect.SUSPENDED]
        assert is_shown(entry, policy, Moment.of(date(2026, 11, 23)))


def test_a_chain_falls_as_a_whole_also_by_the_calendar(firm: Subject, policy: Policy) -> None:
    lowest, middle, top = a_penalty(firm), an_entry(firm), an_entry(firm)
    rests(middle, lowest, policy)
    rests(top, middle, policy)
    note(lowest, Effect.WITHDRAWN)
    for each in (middle, top):
        assert not is_shown(each, policy)
        assert effects_of(each) == [Effect.SUSPENDED]


def test_an_entry_past_its_last_day_bears_nothing(firm: Subject, policy: Policy) -> None:
    lower, upper = an_entry(firm, valid_to=date(2026, 11, 24)), an_entry(firm)
    rests(upper, lower, policy)
    assert is_shown(upper, policy)
    with time_machine.travel(at("2026-11-25")):
        assert not is_shown(upper, policy)
        assert find_cited.call_now()["suspended"] == 1


def test_a_record_that_is_nobodys_bears_nothing(firm: Subject, policy: Policy) -> None:
    penalty, entry = (
        a_penalty(
            firm,
        ),
        an_entry(firm),
    )
    rests(entry, penalty, policy)
    actions.unresolve(Sighting.objects.get(record=penalty).batch, 2, by="示例", basis="不是这家")
    assert not is_shown(entry, policy)


def test_a_clause_bears_while_it_is_in_force(firm: Subject, policy: Policy) -> None:
    entry = an_entry(firm)
    clause = Ref(Sort.CLAUSE, "migrant-wage-regulation-2019")
    rests(entry, clause, policy)
    assert is_shown(entry, policy)
    assert refused(entry, Ref(Sort.CLAUSE, "no-such-document"), policy) == Problem.UNKNOWN_SUPPORT
    document = policy.documents[clause.number].model_copy(update={"last_day": date(2026, 11, 20)})
    lapsed = policy.model_copy(update={"documents": policy.documents | {clause.number: document}})
    assert supports.holds(ref(entry), lapsed, Moment.now()).state == Holding.ENDED


# ── naming ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_cannot_bear_is_refused(firm: Subject, policy: Policy) -> None:
    penalty, entry = a_penalty(firm), an_entry(firm)
    assert refused(entry, entry, policy) == Problem.ITSELF
    assert refused(entry, a_penalty(a_subject("福州示例另一家有限公司")), policy) == Problem.OTHER_FIRM
    assert refused(entry, Ref(Sort.RECORD, "nothing"), policy) == Problem.UNKNOWN_SUPPORT
    assert refused(entry, Ref(Sort.BAN, "1"), policy) == Problem.NO_SUPPORT
    assert refused(entry, penalty, policy, basis=" ") == Problem.NO_BASIS
    note(penalty, Effect.DISPUTED)
    assert refused(entry, penalty, policy) == Problem.DISPUTED
    note(penalty, Effect.DISPUTE_ENDED)
    note(penalty, Effect.REPAIRED)
    assert refused(entry, penalty, policy, ends_when_repaired=True) == Problem.GONE
    rests(entry, penalty, policy)
    assert refused(entry, penalty, policy) == Problem.ALREADY
    note(penalty, Effect.WITHDRAWN)
    assert refused(an_entry(firm), penalty, policy) == Problem.GONE


def test_circles_are_refused(firm: Subject, policy: Policy) -> None:
    chain = [an_entry(firm) for _ in range(5)]
    for upper, lower in pairwise(chain[:4]):
        rests(upper, lower, policy)
    assert refused(chain[2], chain[0], policy) == Problem.CIRCLE
    assert refused(chain[3], chain[0], policy) == Problem.CIRCLE
    rests(chain[3], chain[4], policy)
    note(chain[4], Effect.WITHDRAWN)
    assert [effects_of(each) for each in chain[:4]] == [[Effect.SUSPENDED]] * 4
    assert not displayed(policy, Moment.now()).exists()


def test_a_support_named_by_mistake_is_ended_and_a_lost_one_by_nobody_alone(firm: Subject, policy: Policy) -> None:
    penalty, entry = a_penalty(firm), an_entry(firm)
    wrong = rests(entry, penalty, policy)
    supports.end(wrong, policy, basis="登记错误", by="示例经办人")
    with pytest.raises(NotNamed):
        supports.end(wrong, policy, basis="登记错误", by="示例经办人")
    right = rests(entry, penalty, policy)
    note(penalty, Effect.WITHDRAWN)
    with pytest.raises(NotNamed) as why:
        supports.end(right, policy, basis="登记错误", by="示例经办人")
    assert why.value.problem == Problem.LOST
    assert [each["act"] for each in told(Kind.RECORD, of(firm.uscc), act="record.rest")] == [
        "record.rest", "record.rest_no_more", "record.rest"
    ]  # fmt: skip


def test_it_stands_on_other_grounds_only_if_there_are_some(firm: Subject, policy: Policy) -> None:
    penalty, other, entry = (
        a_penalty(firm),
        a_penalty(firm, penalty_document_no="榕示市监罚〔2026〕9号"),
        an_entry(firm),
    )
    rests(entry, penalty, policy)
    note(penalty, Effect.WITHDRAWN)
    with pytest.raises(NotNamed):
        supports.stand(entry, policy, by="示例", basis="另有依据", told="复核-2026-0001")
    rests(entry, other, policy)
    assert not is_shown(entry, policy)
    resumed = supports.stand(entry, policy, by="示例", basis="另有依据", told="复核-2026-0001")
    assert resumed is not None
    assert is_shown(entry, policy)
    note(other, Effect.DISPUTED)
    assert is_shown(entry, policy)
    note(other, Effect.ANNULLED)
    assert not is_shown(entry, policy)


def test_a_suspension_for_another_cause_stays(firm: Subject, policy: Policy) -> None:
    penalty, other, entry = (
        a_penalty(firm),
        a_penalty(firm, penalty_document_no="榕示市监罚〔2026〕9号"),
        an_entry(firm),
    )
    rests(entry, penalty, policy)
    rests(entry, other, policy)
    note(entry, Effect.SUSPENDED, basis="异议期间暂停")
    note(penalty, Effect.WITHDRAWN)
    assert supports.stand(entry, policy, by="示例", basis="另有依据", told="x") is None
    assert not is_shown(entry, policy)


def test_the_database_refuses_a_change(firm: Subject, policy: Policy) -> None:
    support = rests(an_entry(firm), a_penalty(firm), policy)
    for change in (Support.objects.filter(pk=support.pk).delete, lambda: Support.objects.update(basis="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert not SupportEnd.objects.exists()


# ── candidates ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_cited_document_is_proposed_once_whichever_came_first(firm: Subject, policy: Policy) -> None:
    penalty = a_penalty(firm)
    find_cited.call_now()
    entry = an_entry(firm, "依据《行政处罚决定书》（榕示市监罚(2026) 118号），情节严重")
    an_entry(firm, "依据榕示市监罚〔2026〕1184号，情节严重")
    an_entry(a_subject("福州示例另一家有限公司"), f"依据{DOCUMENT}，情节严重")
    find_cited.call_now()
    find_cited.call_now()
    (found,) = Candidate.objects.all()
    assert (found.effect, found.cited) == (entry, penalty)
    later = a_penalty(firm, penalty_document_no="榕示市监罚〔2026〕1184号")
    find_cited.call_now()
    assert [each.cited for each in Candidate.objects.order_by("pk")] == [penalty, later]
    assert [each.pk for each in supports.candidates_of(penalty)] == [found.pk]
    ground = Ground(support=ref(penalty), basis="列入决定书载明")
    supports.confirm(found.pk, ground, policy, by="示例经办人")
    assert [each.support for each in supports.supports_of(ref(entry))] == [penalty.number]
    assert [each.effect for each in supports.resting_on([ref(penalty)])] == [entry.number]
    with pytest.raises(Candidate.DoesNotExist):
        supports.decline(found.pk, by="示例经办人")
    supports.decline(Candidate.objects.get(is_confirmed=None).pk, by="示例经办人")
    assert not supports.candidates_of(entry).exists()


def test_nothing_rests_on_anything_and_nothing_is_asked(
    firm: Subject, policy: Policy, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    some_records(3, firm)
    with django_assert_num_queries(1):
        assert displayed(policy, Moment.now()).count() == 3
    with django_assert_num_queries(1):
        assert not lost_supports(policy, Moment.now()).exists()
