"""A record falls: everything that rests on it, heard of it or names it is found, decided by two people, told once, and proved."""

from dataclasses import dataclass
from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.documents.issuing import issue
from rongxin.documents.models import Document, Withdrawal
from rongxin.jobs.models import Run
from rongxin.notices.models import Notice
from rongxin.policy.pack import Policy
from rongxin.records.display import Moment, displayed
from rongxin.records.models import Effect, Record, RecordEvent, SupportEnd
from rongxin.records.supports import Ground, other_grounds, rest
from rongxin.remedies.unwinding import consuming, finding
from rongxin.remedies.unwinding.actions import NotSettled, Problem, settle
from rongxin.remedies.unwinding.jobs import find_affected, follow_records
from rongxin.remedies.unwinding.models import Item, ItemSort, Outcome, Redecision, Unwinding
from rongxin.remedies.unwinding.queries import Unwound, unwound, unwound_for_firm
from rongxin.remedies.unwinding.rules import Stand
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.models import Subject
from rongxin.workflow.actions import take_step
from rongxin.workflow.barring import Bar, NotPossible
from rongxin.workflow.keeping import keep_clocks
from rongxin.workflow.models import Case, CaseDocument
from rongxin.workflow.queries import overdue, to_do
from tests.factories import a_record, a_subject, an_account, at, note
from tests.ledger.told import Kind, of, told
from tests.records.test_supports import LIST, ref
from tests.workflow.conftest import Bureau, bureau, toy_is_known  # noqa: F401

DOCUMENT = "榕示市监罚〔2026〕118号"


@dataclass(frozen=True)
class Affair:
    """A penalty on which an entry of the same bureau's list rests, and an officer of another office who looked at the firm."""

    firm: Subject
    penalty: Record
    entry: Record
    bureau: Bureau

    @property
    def policy(self) -> Policy:
        return rulebook.current()

    def look(self, officer: Account) -> None:
        Access(officer, Purpose.SUPERVISION).look([self.firm.uscc], "file")

    def falls(self, effect: Effect = Effect.ANNULLED) -> RecordEvent:
        return note(self.penalty, effect, basis="行政判决书（2026）闽0102行初9号")

    def is_shown(self, record: Record) -> bool:
        return displayed(self.policy, Moment.now()).filter(number=record.number).exists()


def a_penalty(firm: Subject, bureau: Bureau, document: str = DOCUMENT) -> Record:  # noqa: F811
    return a_record(
        firm,
        department=bureau.department,
        decided_on=date(2026, 11, 2),
        recorded_at=at("2026-11-05"),
        penalty_document_no=document,
    )


def an_entry(firm: Subject, bureau: Bureau) -> Record:  # noqa: F811
    return a_record(
        firm,
        kind=LIST,
        department=bureau.department,
        severity="serious",
        decided_on=date(2026, 11, 9),
        recorded_at=at("2026-11-10"),
        reason="情节严重",
        valid_to=date(2027, 11, 9),
    )


@pytest.fixture
def affair(bureau: Bureau) -> Affair:  # noqa: F811
    firm = a_subject("福州示例榕海茶业有限公司")
    found = Affair(firm, a_penalty(firm, bureau), an_entry(firm, bureau), bureau)
    rest(ref(found.entry), Ground(support=ref(found.penalty), basis="列入决定书载明"), found.policy, by="clerk")
    return found


def work() -> None:
    """What the worker does after an event: follow the records, and make every checklist that was asked for."""
    follow_records.call_now()
    for number in Unwinding.objects.filter(searched_at=None).values_list("case__number", flat=True):
        find_affected.call_now(number)
    follow_records.call_now()


def the_unwinding(record: Record) -> Unwinding:
    return Unwinding.objects.select_related("case").get(number=record.number)


def decide(case: Case, bureau: Bureau, proposal: str, decision: str) -> None:  # noqa: F811
    take_step(case.number, proposal, by=bureau.clerk, reason="行政判决书已生效")
    take_step(case.number, decision, by=bureau.reviewer)


def for_firm(affair: Affair) -> list[Unwound]:
    access = Access(affair.bureau.clerk, Purpose.OWN)
    found = unwound_for_firm(affair.firm, affair.penalty.number, access, affair.policy)
    assert found is not None
    return found


def items(unwinding: Unwinding, sort: ItemSort) -> list[Item]:
    return list(Item.objects.filter(unwinding=unwinding, sort=sort).order_by("pk"))


def a_paper(affair: Affair) -> Document:
    """A document about the firm that names the penalty."""
    given = {"title": "答复", "addressee": affair.firm.name, "paragraphs": [f"依据{DOCUMENT}查询。"], "basis": "示例"}
    return issue("inquiry_answer", given, authority=affair.bureau.department, by="示例审核员", firm=affair.firm.uscc)


# ── the whole way ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_judgement_annuls_a_penalty_and_everything_that_followed_is_undone_with_proof(affair: Affair) -> None:
    bureau = affair.bureau  # noqa: F811
    paper = a_paper(affair)
    for _ in range(2):
        affair.look(bureau.stranger)
    affair.look(bureau.clerk)
    event = affair.falls()
    assert not affair.is_shown(affair.entry)
    assert Run.objects.filter(job="remedies.unwinding.follow_records").exists()
    work()

    unwinding = the_unwinding(affair.penalty)
    case = unwinding.case
    assert (case.state, case.owner, case.firm) == ("undoing", bureau.department, affair.firm.uscc)
    assert str(case.due_on) == "2026-11-26"
    (effect,), (office,), (document,) = (items(unwinding, sort) for sort in ItemSort)
    assert (effect.ref, effect.outcome) == (affair.entry.number, "")
    assert (office.department, office.outcome, office.looks) == (bureau.stranger.department, Outcome.TOLD, 2)
    (correction,) = Notice.objects.filter(name="unwinding_correct")
    assert DOCUMENT in correction.title_zh
    assert (correction.department, office.notice) == (bureau.stranger.department, correction)
    assert (document.document, document.outcome) == (paper, "")

    with pytest.raises(NotPossible) as early:
        take_step(case.number, "conclude", by=bureau.clerk)
    assert early.value.barred.bar == Bar.GUARD
    redecision = Redecision.objects.get()
    assert redecision.case in to_do(bureau.clerk)
    decide(redecision.case, bureau, "propose_end", "end")
    settle(document.pk, Outcome.WITHDRAWN, by=bureau.reviewer, reason="所依据的处罚决定已被撤销")
    assert Withdrawal.objects.get().document == paper
    with pytest.raises(NotPossible):
        take_step(case.number, "issue", by=bureau.reviewer)
    take_step(case.number, "conclude", by=bureau.reviewer)
    with pytest.raises(NotPossible) as alone:
        take_step(case.number, "approve", by=bureau.reviewer)
    assert alone.value.barred.bar == Bar.SECOND_PERSON
    take_step(case.number, "approve", by=bureau.second)

    statement = CaseDocument.objects.get(case=case).document
    assert statement.number == "信消〔2026〕1号"
    for words in (DOCUMENT, "已终止（重认-2026-0001）", "福州市示例他局", "文书已撤回"):
        assert words in statement.values
    assert Notice.objects.get(name="unwinding_ended").uscc == affair.firm.uscc
    (whole,) = for_firm(affair)
    assert (whole.open, whole.outlets.position, whole.outlets.is_displayed) == (0, event.position, False)
    assert whole.effects[0].decided_at is not None
    assert [each["act"] for each in told(Kind.DECISION, of(affair.firm.uscc), act="unwinding.")] == ["unwinding.settle"]

    # The entry fell itself: its own case tells whoever looked, and the entry is decided about no more.
    work()
    assert the_unwinding(affair.entry).case.state == "undoing"
    assert Notice.objects.filter(name="unwinding_correct").count() == 2


def test_nothing_to_undo_closes_by_itself_with_that_statement(affair: Affair) -> None:
    alone = a_penalty(affair.firm, affair.bureau, "榕示市监罚〔2026〕9号")
    note(alone, Effect.WITHDRAWN)
    work()
    unwinding = the_unwinding(alone)
    assert (unwinding.case.state, unwinding.case.is_open) == ("nothing", False)
    assert not Notice.objects.filter(name="unwinding_correct").exists()


def test_only_offices_told_needs_one_person(affair: Affair) -> None:
    alone = a_penalty(affair.firm, affair.bureau, "榕示市监罚〔2026〕9号")
    affair.look(affair.bureau.stranger)
    note(alone, Effect.WITHDRAWN)
    work()
    case = the_unwinding(alone).case
    with pytest.raises(NotPossible):
        take_step(case.number, "conclude", by=affair.bureau.clerk)
    take_step(case.number, "issue", by=affair.bureau.reviewer)
    assert "没有依据这条信息" in CaseDocument.objects.get(case=case).document.values


# ── other grounds ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_it_stands_on_another_ground_that_is_not_disputed_and_display_is_resumed(affair: Affair) -> None:
    affair.falls()
    work()
    redecision = Redecision.objects.get()
    with pytest.raises(NotPossible) as none:
        take_step(redecision.case.number, "propose_stand", by=affair.bureau.clerk, reason="另有依据")
    assert none.value.barred.bar == Bar.GUARD
    other = a_penalty(affair.firm, affair.bureau, "榕示市监罚〔2026〕9号")
    rest(ref(affair.entry), Ground(support=ref(other), basis="列入决定书第二项"), affair.policy, by="clerk")
    assert not affair.is_shown(affair.entry)
    take_step(redecision.case.number, "propose_stand", by=affair.bureau.clerk, reason="另有依据")
    note(other, Effect.DISPUTED)
    with pytest.raises(NotPossible):
        take_step(redecision.case.number, "stand", by=affair.bureau.reviewer)
    note(other, Effect.DISPUTE_ENDED)
    take_step(redecision.case.number, "stand", by=affair.bureau.reviewer)
    assert affair.is_shown(affair.entry)
    assert SupportEnd.objects.get().support.support == affair.penalty.number
    whole = unwound(the_unwinding(affair.penalty).case, Access(affair.bureau.clerk, Purpose.CASE), affair.policy)
    assert [each.stand for each in whole.effects] == [Stand.DONE]
    note(other, Effect.WITHDRAWN)
    assert not affair.is_shown(affair.entry)
    work()
    assert Redecision.objects.count() == 2


def test_a_repair_that_counts_and_is_taken_back_restores_nothing_and_asks(affair: Affair) -> None:
    other = an_entry(affair.firm, affair.bureau)
    ground = Ground(support=ref(affair.penalty), basis="条款载明修复即移出", ends_when_repaired=True)
    rest(ref(other), ground, affair.policy, by="clerk")
    affair.falls(Effect.REPAIRED)
    work()
    unwinding = the_unwinding(affair.penalty)
    assert {each.ref: each.outcome for each in items(unwinding, ItemSort.EFFECT)} == {
        affair.entry.number: Outcome.UNAFFECTED,
        other.number: "",
    }
    affair.falls(Effect.REPAIR_REVOKED)
    for _ in range(2):
        work()
    asked = Notice.objects.get(name="unwinding_came_back")
    assert asked.department == affair.bureau.department
    assert the_unwinding(affair.penalty).came_back_at is not None
    assert not affair.is_shown(other)
    assert affair.is_shown(affair.entry)
    redecision = Redecision.objects.get()
    decide(redecision.case, affair.bureau, "propose_stand", "stand")
    assert affair.is_shown(other)


# ── bad days ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_process_that_dies_while_it_tells_has_told_nobody_and_the_next_tells_once(
    affair: Affair, monkeypatch: pytest.MonkeyPatch
) -> None:
    affair.look(affair.bureau.stranger)
    affair.falls()
    follow_records.call_now()
    number = the_unwinding(affair.penalty).case.number
    with monkeypatch.context() as broken:
        broken.setattr(finding, "take_step", lambda *_, **__: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError):
            find_affected.call_now(number)
    assert not Notice.objects.filter(name="unwinding_correct").exists()
    assert not Item.objects.exists()
    Run.objects.all().delete()
    follow_records.call_now()
    assert Run.objects.filter(job="remedies.unwinding.find_affected", key=number).exists()
    for _ in range(3):
        find_affected.call_now(number)
    assert Notice.objects.filter(name="unwinding_correct").count() == 1
    assert Item.objects.filter(sort=ItemSort.OFFICE).count() == 1


def test_a_consumer_that_dies_opens_each_case_once(affair: Affair, monkeypatch: pytest.MonkeyPatch) -> None:
    affair.falls()
    with monkeypatch.context() as broken:
        broken.setattr(consuming, "open_redecision", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError):
            follow_records.call_now()
    assert not Unwinding.objects.exists()
    work()
    work()
    assert (Unwinding.objects.count(), Redecision.objects.count()) == (1, 1)


def test_the_same_event_and_another_one_are_one_case_each(affair: Affair) -> None:
    affair.falls(Effect.REPAIRED)
    work()
    affair.falls(Effect.WITHDRAWN)
    work()
    work()
    assert sorted(Unwinding.objects.filter(number=affair.penalty.number).values_list("effect", flat=True)) == [
        "repaired",
        "withdrawn",
    ]


def test_a_record_that_is_corrected_while_it_is_unwound_is_unwound_for_that_too_and_harmless_ones_are_not(
    affair: Affair,
) -> None:
    affair.look(affair.bureau.stranger)
    affair.falls(Effect.REPAIRED)
    work()
    again = {"department": affair.bureau.department, "decided_on": date(2026, 11, 2), "penalty_document_no": DOCUMENT}
    a_record(affair.firm, violation_type="另一种写法", **again)  # type: ignore[arg-type]
    work()
    assert Unwinding.objects.count() == 1
    changed = a_record(affair.firm, violation_type="另一种写法", fine_amount_10k=5_000_000, **again)  # type: ignore[arg-type]
    assert changed.version == 3
    work()
    corrected = Unwinding.objects.get(effect=Effect.CORRECTED)
    assert corrected.version == 3
    (effect,) = items(corrected, ItemSort.EFFECT)
    assert effect.redecision is not None
    assert not effect.redecision.is_suspended
    assert affair.is_shown(affair.entry)
    assert Notice.objects.filter(name="unwinding_correct").count() == 2
    decide(effect.redecision.case, affair.bureau, "propose_stand", "stand")
    assert [each.support for each in other_grounds(ref(affair.entry), affair.policy, Moment.now())] == [
        affair.penalty.number
    ]


def test_a_chain_is_decided_link_by_link(affair: Affair) -> None:
    top = an_entry(affair.firm, affair.bureau)
    rest(ref(top), Ground(support=ref(affair.entry), basis="列入决定书载明"), affair.policy, by="clerk")
    affair.falls()
    assert not affair.is_shown(top)
    work()
    first, second = Redecision.objects.order_by("pk")
    assert (first.number, second.number, second.support) == (affair.entry.number, top.number, affair.entry.number)
    decide(first.case, affair.bureau, "propose_end", "end")
    work()
    (item,) = items(the_unwinding(affair.entry), ItemSort.EFFECT)
    assert item.redecision == second
    decide(second.case, affair.bureau, "propose_end", "end")
    work()
    assert not Redecision.objects.filter(case__is_open=True).exists()


def test_a_record_that_is_withdrawn_by_hand_meanwhile_leaves_nothing_to_decide(affair: Affair) -> None:
    affair.falls()
    work()
    note(affair.entry, Effect.WITHDRAWN)
    work()
    assert Redecision.objects.get().case.state == "moot"
    case = the_unwinding(affair.penalty).case
    take_step(case.number, "conclude", by=affair.bureau.clerk)


def test_two_officers_at_once_settle_an_item_once_and_strangers_not_at_all(affair: Affair) -> None:
    paper = a_paper(affair)
    affair.falls()
    work()
    (item,) = items(the_unwinding(affair.penalty), ItemSort.DOCUMENT)
    assert item.document == paper
    with pytest.raises(PermissionDenied):
        settle(item.pk, Outcome.NOTED, by=affair.bureau.stranger, reason="已核对")
    for reason, problem in (
        ("", Problem.NO_REASON),
        ("字" * 301, Problem.TOO_LONG),
        ("法定代表人张建国来核对", Problem.PERSON),
    ):
        with pytest.raises(NotSettled) as refused:
            settle(item.pk, Outcome.NOTED, by=affair.bureau.clerk, reason=reason)
        assert refused.value.problem == problem
    with pytest.raises(NotSettled) as refused:
        settle(item.pk, Outcome.WITHDRAWN, by=affair.bureau.clerk, reason="撤回")
    assert refused.value.problem == Problem.NOT_YOURS
    settle(item.pk, Outcome.NOTED, by=affair.bureau.clerk, reason="只作询问答复，无须撤回")
    with pytest.raises(NotSettled) as refused:
        settle(item.pk, Outcome.WITHDRAWN, by=affair.bureau.reviewer, reason="撤回")
    assert refused.value.problem == Problem.SETTLED
    assert not Withdrawal.objects.exists()


def test_late_ones_are_overdue(affair: Affair) -> None:
    affair.falls()
    work()
    late = at("2026-12-11")
    with time_machine.travel(late, tick=False):
        keep_clocks()
        numbers = {case.number for case in overdue(affair.bureau.lead_officer, late.date())}
    assert numbers == {the_unwinding(affair.penalty).case.number, Redecision.objects.get().case.number}


def test_who_looked_longer_ago_than_the_months_is_not_told(affair: Affair) -> None:
    affair.look(affair.bureau.stranger)
    finding.sequence_all()
    with time_machine.travel(at("2029-01-15"), tick=False):
        affair.falls()
        work()
        assert not items(the_unwinding(affair.penalty), ItemSort.OFFICE)


def test_a_firm_reads_nothing_of_another_firms_record(affair: Affair) -> None:
    affair.falls()
    work()
    other = a_subject("福州示例另一家有限公司")
    access = Access(an_account(Role.ENTERPRISE, affair.bureau.department, "demo-firm"), Purpose.OWN)
    assert unwound_for_firm(other, affair.penalty.number, access, affair.policy) is None
    assert len(for_firm(affair)) == 1
