"""信用修复: one application for the act, two people, reasons, review; display ends at once, and is never longer than before."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from rongxin.accounts.permissions import Action, Role
from rongxin.notices.jobs import make_notices
from rongxin.notices.models import Notice
from rongxin.records.display import Moment, displayed
from rongxin.records.models import Effect, Record, RecordEvent
from rongxin.records.standing import standing_of
from rongxin.records.withdrawing import Ground as WithdrawalGround
from rongxin.records.withdrawing import Wish, withdraw
from rongxin.remedies.repairs import notice, revoking
from rongxin.remedies.repairs.actions import Bar, NotApplied, apply, apply_at_counter, end_moot
from rongxin.remedies.repairs.models import Ground, Repair, RevocationGround
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.mandates import proxies
from rongxin.workflow.barring import Bar as StepBar
from rongxin.workflow.barring import NotPossible
from rongxin.workflow.keeping import keep_clocks
from rongxin.workflow.models import Case, CaseDocument
from rongxin.workflow.queries import overdue, to_do
from rongxin.workflow.statements import BadWords
from tests.factories import the_pack
from tests.intake.coverage.batches import an_officer
from tests.remedies.town import DAY, GRANT, Town, on
from tests.workflow.conftest import in_force, with_year


def is_shown(record: Record) -> bool:
    return displayed(rulebook.current(), Moment.now()).filter(number=record.number).exists()


def effects_of(record: Record) -> list[str]:
    return list(
        RecordEvent.objects.filter(act_key=record.act_key).order_by("position").values_list("effect", flat=True)
    )


def refusal(of: object) -> NotPossible:
    with pytest.raises(NotPossible) as refused:
        of()  # type: ignore[operator]
    return refused.value


def test_one_application_repairs_the_act(town: Town) -> None:
    repair = town.apply()
    assert (repair.case.owner, repair.case.state, str(repair.case.due_on)) == (town.department, "applied", "2026-11-17")
    assert repair.commitment_code == "35010020261112000001"
    assert "提交的材料真实" in repair.commitment
    town.take(repair, "accept", town.clerk)
    assert [case.number for case in to_do(town.clerk)] == [repair.case.number]
    town.take(repair, "draft", town.clerk, answers=GRANT, reason="罚款已经缴清，违法行为已经纠正")
    assert is_shown(town.record)
    town.take(repair, "grant", town.reviewer)
    assert (repair.case.state, repair.case.is_open, is_shown(town.record)) == ("granted", False, False)
    assert effects_of(town.record) == ["repaired"]
    papers = [each.document.template for each in CaseDocument.objects.filter(case=repair.case).order_by("pk")]
    assert papers == ["repair_acceptance", "repair_decision"]


def test_twice_at_two_offices_by_firm_and_proxy_it_is_one(town: Town) -> None:
    repair = town.apply()
    counter = {"has_committed": True}
    words = "罚款已经缴清。"
    assert town.apply() == repair
    assert town.apply(login=town.proxy) == repair
    again = apply_at_counter(town.firm, town.record.number, Ground.FULFILLED, words, by=town.hall.window, **counter)
    assert again == repair
    assert Case.objects.filter(kind="repair").count() == 1


def test_at_a_counter_the_authority_decides(town: Town) -> None:
    words = "罚款已经缴清。"
    number = town.record.number
    repair = apply_at_counter(town.firm, number, Ground.FULFILLED, words, has_committed=True, by=town.hall.window)
    assert (repair.case.owner, repair.case.handler) == (town.department, town.hall.office)
    assert refusal(lambda: town.take(repair, "accept", town.hall.window)).barred.bar == StepBar.NOT_YOURS


def test_before_the_shortest_display_is_over_the_first_day_is_told(town: Town) -> None:
    fresh = town.penalty(decided_on=date.fromisoformat("2026-10-20"), recorded_at=None)
    with pytest.raises(NotApplied) as refused:
        town.apply(fresh.number)
    assert refused.value.bar == Bar.NOT_NOW
    assert refused.value.words is not None
    assert "2027年1月21日起可以申请" in refused.value.words.zh
    with on("2027-01-21"):
        assert town.apply(fresh.number).case.is_open


def test_who_may_not(town: Town) -> None:
    reader = town.mandate()
    reader.role, reader.scope = Role.PROXY, [Action.FILE_READ]
    with pytest.raises(PermissionDenied):
        apply(town.record.number, Ground.FULFILLED, "已经缴清", has_committed=True, by=reader)
    with pytest.raises(BadWords):
        apply(town.record.number, Ground.FULFILLED, "请联系 13800138000", has_committed=True, by=town.mandate())
    with pytest.raises(NotApplied) as refused:
        apply(town.record.number, Ground.FULFILLED, "已经缴清", has_committed=False, by=town.mandate())
    assert refused.value.bar == Bar.NO_COMMITMENT
    assert not Repair.objects.exists()


def test_whoever_proposed_does_not_decide_and_what_was_proposed_is_decided(town: Town) -> None:
    repair = town.apply()
    town.take(repair, "accept", town.reviewer)
    town.take(repair, "draft", town.reviewer, answers=GRANT, reason="已经缴清")
    assert refusal(lambda: town.take(repair, "grant", town.reviewer)).barred.bar == StepBar.SECOND_PERSON
    assert refusal(lambda: town.take(repair, "refuse", town.head)).barred.bar == StepBar.GUARD
    town.take(repair, "grant", town.head)
    assert repair.case.state == "granted"


def test_all_defects_are_told_once_and_the_clock_stands_still(town: Town) -> None:
    repair = town.apply()
    nothing = refusal(lambda: town.take(repair, "ask_to_complete", town.clerk, reason="请补齐。"))
    assert nothing.barred.bar == StepBar.BAD_ANSWER
    lacks = {"lacks_proof": "yes", "lacks_commitment": "yes"}
    town.take(repair, "ask_to_complete", town.clerk, answers=lacks, reason="请补齐。")
    assert (repair.defects, repair.case.is_paused) == (["proof", "commitment"], True)
    with on("2026-11-20"):
        town.take(repair, "complete", town.proxy)
        assert str(repair.case.due_on) == "2026-11-25"
        again = refusal(lambda: town.take(repair, "ask_to_complete", town.clerk, answers=lacks, reason="再补。"))
        assert "一次告知" in (again.barred.words.zh if again.barred.words else "")


def test_what_is_not_completed_lapses_and_can_be_asked_for_again(town: Town) -> None:
    repair = town.apply()
    town.take(repair, "ask_to_complete", town.clerk, answers={"lacks_proof": "yes"}, reason="请补齐。")
    with on("2026-12-10"):
        keep_clocks()
        repair.case.refresh_from_db()
        assert repair.case.state == "lapsed"
        assert town.apply() != repair


def test_a_refusal_has_reasons_and_is_reviewed_by_another_office(town: Town) -> None:
    repair = town.apply()
    town.take(repair, "accept", town.clerk)
    why = refusal(lambda: town.take(repair, "draft", town.clerk, answers={"outcome": "refuse"}, reason="没有缴清"))
    assert why.barred.bar == StepBar.BAD_ANSWER
    refused = {"outcome": "refuse", "refusal": "not_fulfilled"}
    town.take(repair, "draft", town.clerk, answers=refused, reason="还有三千元罚款没有缴纳")
    town.take(repair, "refuse", town.reviewer)
    assert is_shown(town.record)
    town.take(repair, "ask_review", town.login, reason="已于十月缴清，附凭证。")
    assert refusal(lambda: town.take(repair, "overturn", town.reviewer)).barred.bar == StepBar.NOT_YOURS
    town.take(repair, "overturn", town.hall.lead, reason="凭证属实，应当重新办理")
    assert (repair.case.state, repair.outcome) == ("accepted", "")
    town.take(repair, "draft", town.clerk, answers=GRANT, reason="已经缴清")
    town.take(repair, "grant", town.head)
    assert not is_shown(town.record)


def test_nobody_asked_for_a_review_in_time(town: Town) -> None:
    repair = town.apply()
    town.take(repair, "accept", town.clerk)
    town.take(repair, "draft", town.clerk, answers={"outcome": "refuse", "refusal": "not_corrected"}, reason="没有改正")
    town.take(repair, "refuse", town.reviewer)
    with on("2026-12-10"):
        keep_clocks()
        repair.case.refresh_from_db()
        assert (repair.case.state, is_shown(town.record)) == ("closed", True)


def test_approval_at_the_instant_of_expiry_is_told_and_shows_nothing(town: Town) -> None:
    repair = town.apply()
    town.take(repair, "accept", town.clerk)
    town.take(repair, "draft", town.clerk, answers=GRANT, reason="已经缴清")
    with on("2027-06-01", "23:59"):
        assert is_shown(town.record)
    with on("2027-06-02", "00:00"):
        assert not is_shown(town.record)
        over = refusal(lambda: town.take(repair, "grant", town.reviewer))
        assert "期已经届满" in (over.barred.words.zh if over.barred.words else "")
        assert end_moot(town.record.number) == 1
        repair.case.refresh_from_db()
        assert repair.case.state == "moot"


def test_a_correction_while_it_runs_counts(town: Town) -> None:
    repair = town.apply()
    town.take(repair, "accept", town.clerk)
    town.take(repair, "draft", town.clerk, answers=GRANT, reason="已经缴清")
    town.penalty(penalty_document_no=town.record.document_number, severity="serious", fine_amount_10k=90_000_000)
    found = standing_of(town.record.number, rulebook.current())
    assert found is not None
    assert found.record.version == 2
    # What makes it serious was read second-hand, so its display counts as general: the shortest term is over for it, too.
    town.take(repair, "grant", town.reviewer)
    assert not is_shown(town.record)


def test_a_withdrawn_record_needs_no_repair(town: Town) -> None:
    repair = town.apply()
    wish = Wish(ground=WithdrawalGround.ANNULLED, basis="行政复议决定书", decided_on=date.fromisoformat("2026-11-10"))
    withdraw(town.record.number, wish, by=town.reviewer)
    assert end_moot(town.record.number) == 1
    repair.case.refresh_from_db()
    assert (repair.case.state, repair.case.is_open) == ("moot", False)
    with pytest.raises(NotApplied):
        town.apply()


def test_while_a_plan_is_performed_the_repair_is_temporary(town: Town) -> None:
    fresh = town.penalty(decided_on=date.fromisoformat("2026-10-20"), recorded_at=None)
    repair = town.apply(fresh.number, ground=Ground.REORGANISATION)
    town.take(repair, "accept", town.clerk)
    town.take(
        repair, "draft", town.clerk, answers={"outcome": "grant", "verified": "ruling"}, reason="法院裁定批准重整"
    )
    town.take(repair, "grant_temporarily", town.reviewer)
    assert (repair.case.state, is_shown(fresh)) == ("temporary", False)
    revocation = revoking.propose(repair, RevocationGround.PLAN_FAILED, "法院终止重整程序。", by=town.reviewer)
    revoked(town, revocation)
    repair.case.refresh_from_db()
    assert (repair.case.state, is_shown(fresh)) == ("revoked", True)


def revoked(town: Town, revocation: revoking.Revocation) -> None:
    town.take(revocation, "notify", town.reviewer)
    town.take(revocation, "waive", town.login)
    town.take(revocation, "draft", town.reviewer, answers={"outcome": "revoke"}, reason="事实清楚")
    town.take(revocation, "revoke", town.head)


def test_a_repair_is_revoked_only_after_a_hearing_and_adds_nothing(town: Town) -> None:
    repair = town.apply()
    town.granted(repair)
    revocation = revoking.propose(repair, RevocationGround.FALSE_MATERIAL, "缴款凭证不真实。", by=town.reviewer)
    assert revoking.propose(repair, RevocationGround.FALSE_MATERIAL, "同样。", by=town.reviewer) == revocation
    town.take(revocation, "notify", town.reviewer)
    assert refusal(lambda: town.take(revocation, "draft", town.reviewer)).barred.bar == StepBar.NOT_FROM_HERE
    town.take(revocation, "state_case", town.proxy, reason="凭证是银行补打的，请核对。")
    assert revocation.said == "凭证是银行补打的，请核对。"
    assert not is_shown(town.record)
    with on("2026-11-25"):
        keep_clocks()
        revocation.case.refresh_from_db()
        assert revocation.case.state == "weighing"
        town.take(revocation, "draft", town.head, answers={"outcome": "revoke"}, reason="银行答复没有这笔款")
        own = refusal(lambda: town.take(revocation, "revoke", town.reviewer))
        assert own.barred.bar == StepBar.SECOND_PERSON  # who opened it does not decide it
        other = an_officer(town.department, Role.HEAD, "second-head")
        town.take(revocation, "revoke", other)
        assert is_shown(town.record)
        assert effects_of(town.record) == ["repaired", "repair_revoked"]
    with on("2027-06-02"):
        assert not is_shown(town.record)  # its own longest term, counted from its own day


def test_an_unanswered_application_is_late_and_the_credit_office_sees_it(town: Town) -> None:
    repair = town.apply()
    with on("2026-11-26"):
        keep_clocks()
        day = date.fromisoformat("2026-11-26")
        assert [case.number for case in overdue(town.hall.lead, day)] == [repair.case.number]


def test_a_proxy_whose_mandate_ended_does_nothing_more(town: Town) -> None:
    repair = town.apply()
    town.take(repair, "ask_to_complete", town.clerk, answers={"lacks_proof": "yes"}, reason="请补齐。")
    proxies.revoke(town.login, town.firm.uscc, town.mandate(town.proxy).pk)
    assert refusal(lambda: town.take(repair, "complete", town.proxy)).barred.bar == StepBar.NOT_YOURS


def test_the_notice_of_repair_goes_with_the_decision(town: Town) -> None:
    found = standing_of(town.record.number, rulebook.current())
    assert found is not None
    paper = notice.issued_for(found)
    assert notice.issued_for(found) == paper
    for words in ("属于一般失信信息", "最长至2027年6月1日", "2026年9月2日起申请信用修复", "不收取任何费用"):
        assert words in paper.values, paper.values
    assert DAY in paper.issued_on.isoformat()
    assert Effect.RECORDED not in effects_of(town.record)


def test_a_make_up_saturday_counts_and_the_overdue_board_is_right_to_the_day(town: Town) -> None:
    with on("2026-10-08"):
        repair = town.apply()
        # Friday, the make-up Saturday of the tenth, Monday.
        assert str(repair.case.due_on) == "2026-10-12"
    for day, late in (("2026-10-10", []), ("2026-10-12", []), ("2026-10-13", [repair.case.number])):
        with on(day):
            keep_clocks()
            assert [case.number for case in overdue(town.hall.lead, date.fromisoformat(day))] == late, day


def test_a_calendar_that_is_announced_late_moves_the_day_and_nobody_was_late_by_a_guess(town: Town) -> None:
    with on("2026-12-30"):
        in_force(the_pack()[0].model_copy())
        repair = town.apply()
        assert repair.case.is_provisional
    with on("2027-01-20"):
        keep_clocks()
        assert overdue(town.hall.lead, date(2027, 1, 20)).count() == 0
        in_force(with_year(the_pack()[0], 2027, off=["2027-01-01"], work=["2027-01-02"]))
        keep_clocks()
        repair.case.refresh_from_db()
        # The first of January is off, the Saturday after it is worked: the second, the fourth, … of three working days.
        assert (str(repair.case.due_on), repair.case.is_provisional) == ("2027-01-04", False)
        assert [case.number for case in overdue(town.hall.lead, date(2027, 1, 20))] == [repair.case.number]


def test_a_stopped_worker_prolongs_nothing(town: Town) -> None:
    """No job ran since: what is over is not displayed, and what was granted is not either."""
    repair = town.apply()
    town.granted(repair)
    assert not is_shown(town.record)
    other = town.penalty()
    with on("2027-06-01", "23:59"):
        assert is_shown(other)
    with on("2027-06-02", "00:00"):
        assert not is_shown(other)


def test_a_crash_between_the_decision_and_its_notice_loses_and_doubles_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    repair = town.apply()
    town.take(repair, "accept", town.clerk)
    town.take(repair, "draft", town.clerk, answers=GRANT, reason="已经缴清")
    make_notices.call_now()
    with monkeypatch.context() as broken:
        broken.setattr(CaseDocument.objects, "create", lambda **_: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError):
            town.take(repair, "grant", town.reviewer)
    assert is_shown(town.record)
    assert effects_of(town.record) == []
    town.take(repair, "grant", town.reviewer)
    with monkeypatch.context() as broken:
        broken.setattr("rongxin.notices.consuming.tell", lambda *_, **__: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError):
            make_notices.call_now()
    make_notices.call_now()
    make_notices.call_now()
    assert Notice.objects.filter(name="repair_granted", uscc=town.firm.uscc).count() == 1
    assert effects_of(town.record) == ["repaired"]
