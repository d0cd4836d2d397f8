"""异议: disputed at once, answered by two people with a document, carried out before it is answered, reviewed by another office."""

import pytest
from django.core.exceptions import PermissionDenied

from rongxin.accounts.permissions import Action, Role
from rongxin.policy.words import Title
from rongxin.records.display import Moment
from rongxin.records.models import Effect
from rongxin.records.queries import act
from rongxin.records.standing import Standing, standing_of
from rongxin.records.withdrawing import Ground as WithdrawalGround
from rongxin.records.withdrawing import Wish, withdraw
from rongxin.remedies.objections.actions import Bar, NotFiled, end_moot, miss, object_at_counter
from rongxin.remedies.objections.models import Ground, Objection, Outcome
from rongxin.remedies.objections.queries import statement_beside
from rongxin.remedies.objections.rules import OUTCOMES
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.barring import Bar as StepBar
from rongxin.workflow.barring import NotPossible
from rongxin.workflow.keeping import keep_clocks
from rongxin.workflow.models import CaseDocument
from tests.factories import a_record, a_subject, note
from tests.intake.coverage.batches import an_officer
from tests.remedies.test_repairs import effects_of, refusal
from tests.remedies.town import Town, on


def standing(town: Town) -> Standing:
    found = standing_of(town.record.number, rulebook.current())
    assert found is not None
    return found


def words(refused: NotPossible) -> str:
    return refused.barred.words.zh if isinstance(refused.barred.words, Title) else ""


def draft(town: Town, objection: Objection, outcome: Outcome, reason: str = "已经核对决定书原件") -> None:
    town.take(objection, "draft", town.clerk, answers={"outcome": outcome.value}, reason=reason)


def test_the_record_is_disputed_at_once_and_the_provider_has_its_days(town: Town) -> None:
    objection = town.object()
    assert (objection.case.owner, str(objection.case.due_on)) == (town.department, "2026-11-17")
    assert standing(town).is_disputed
    shown = act(town.record.number, rulebook.current(), Moment.now())
    assert shown is not None
    assert shown.shown.is_disputed


def test_the_same_twice_by_firm_proxy_and_counter_is_one(town: Town) -> None:
    objection = town.object()
    assert town.object() == objection
    assert town.object(login=town.proxy) == objection
    counter = object_at_counter(town.firm, town.record.number, Ground.WRONG, "金额不对。", by=town.hall.window)
    assert counter == objection
    assert effects_of(town.record) == ["disputed"]


def test_corrected_is_answered_only_once_the_new_version_is_here(town: Town) -> None:
    objection = town.object()
    draft(town, objection, Outcome.CORRECTED)
    assert "更正后的版本还没有入库" in words(refusal(lambda: town.take(objection, "answer", town.reviewer)))
    town.penalty(penalty_document_no=town.record.document_number, fine_amount_10k=500_000)
    town.take(objection, "answer", town.reviewer)
    assert objection.case.state == "answered"
    assert not standing(town).is_disputed
    (paper,) = (each.document for each in CaseDocument.objects.filter(case=objection.case))
    assert (paper.template, paper.number) == ("objection_answer", "信异〔2026〕1号")
    review = refusal(lambda: town.take(objection, "ask_review", town.login, reason="还有不对的"))
    assert "不需要复核" in words(review)


def test_whose_display_must_end_ends_with_the_approval(town: Town) -> None:
    objection = town.object(ground=Ground.EXPIRED)
    draft(town, objection, Outcome.DISPLAY_ENDED)
    town.take(objection, "answer", town.reviewer)
    found = standing(town)
    assert (found.is_withdrawn, found.is_displayed, found.is_disputed) == (True, False, False)


def test_unfounded_takes_the_mark_off_and_can_be_reviewed_elsewhere(town: Town) -> None:
    objection = town.object()
    draft(town, objection, Outcome.UNFOUNDED, "决定书记载罚款8000元，与记录一致")
    town.take(objection, "answer", town.reviewer)
    assert not standing(town).is_disputed
    town.take(objection, "ask_review", town.proxy, reason="附行政复议决定书")
    assert standing(town).is_disputed
    assert refusal(lambda: town.take(objection, "uphold", town.reviewer)).barred.bar == StepBar.NOT_YOURS
    town.take(objection, "overturn", town.hall.lead, reason="复议决定已变更金额")
    assert (objection.case.state, objection.outcome) == ("filed", "")
    assert standing(town).is_disputed
    draft(town, objection, Outcome.DISPLAY_ENDED)
    town.take(objection, "answer", town.reviewer)
    assert not standing(town).is_displayed


def test_undecided_leaves_the_words_of_the_firm_beside_the_record(town: Town) -> None:
    objection = town.object()
    draft(town, objection, Outcome.UNDECIDED, "原始卷宗正在调取")
    town.take(objection, "answer", town.reviewer)
    beside = statement_beside(town.record.number)
    assert beside is not None
    assert beside.statement == "罚款金额与决定书不一致。"
    assert not standing(town).is_disputed


def test_nobody_asked_for_a_review_so_it_closes(town: Town) -> None:
    objection = town.object()
    draft(town, objection, Outcome.UNFOUNDED)
    town.take(objection, "answer", town.reviewer)
    with on("2026-12-01"):
        keep_clocks()
        objection.case.refresh_from_db()
        assert objection.case.state == "closed"


def test_an_officer_does_not_approve_the_own_answer(town: Town) -> None:
    objection = town.object()
    town.take(objection, "draft", town.reviewer, answers={"outcome": "unfounded"}, reason="与决定书一致")
    assert refusal(lambda: town.take(objection, "answer", town.reviewer)).barred.bar == StepBar.SECOND_PERSON


def test_two_objections_on_other_grounds_keep_the_mark_until_the_last_is_over(town: Town) -> None:
    one, other = town.object(), town.object(ground=Ground.NOT_MINE)
    assert one != other
    town.take(one, "withdraw", town.login)
    assert standing(town).is_disputed
    draft(town, other, Outcome.CORRECTED)
    assert "还在这家企业名下" in words(refusal(lambda: town.take(other, "answer", town.reviewer)))
    town.take(other, "withdraw", town.login)
    assert not standing(town).is_disputed
    assert effects_of(town.record) == ["disputed", "dispute_ended"]


def test_what_is_missing_is_answered_once_it_is_here(town: Town) -> None:
    by = town.mandate(action=Action.OBJECTION_MAKE)
    objection = miss("榕示市监许〔2026〕5号", town.department, "许可没有归集。", by=by)
    assert miss("榕示市监许〔2026〕5号", town.department, "许可没有归集。", by=by) == objection
    draft(town, objection, Outcome.SUPPLEMENTED)
    assert "还没有入库" in words(refusal(lambda: town.take(objection, "answer", town.reviewer)))
    a_record(
        town.firm,
        kind="administrative_licence",
        department=town.department,
        license_document_no="榕示市监许〔2026〕5号",
    )
    town.take(objection, "answer", town.reviewer)
    assert objection.record


@pytest.mark.parametrize("ground", list(Ground))
def test_an_outcome_answers_its_ground_or_is_refused(town: Town, ground: Ground) -> None:
    if ground == Ground.MISSING:
        objection = miss("甲〔2026〕1号", town.department, "没有归集。", by=town.mandate(action=Action.OBJECTION_MAKE))
    else:
        objection = town.object(ground=ground)
    for outcome in Outcome:
        if outcome in OUTCOMES[ground]:
            draft(town, objection, outcome)
            town.take(objection, "redraft", town.reviewer)
        else:
            with pytest.raises(NotPossible):
                draft(town, objection, outcome)


def test_who_may_not_and_what_cannot_be_objected_to(town: Town) -> None:
    other = a_subject("福州示例三坊文旅有限公司")
    foreign = a_record(other, department=town.department)
    with pytest.raises(NotFiled) as refused:
        town.object(foreign.number)
    assert refused.value.bar == Bar.NO_RECORD
    inspector = an_officer(town.department, Role.INSPECTOR)
    with pytest.raises(PermissionDenied):
        object_at_counter(town.firm, town.record.number, Ground.WRONG, "金额不对。", by=inspector)
    note(town.record, Effect.WITHDRAWN)
    with pytest.raises(NotFiled) as withdrawn:
        town.object()
    assert withdrawn.value.bar == Bar.WITHDRAWN


def test_a_judgment_withdrawn_meanwhile_ends_it(town: Town) -> None:
    objection = town.object()
    withdraw(town.record.number, Wish(ground=WithdrawalGround.MISFILED, basis="法院来函"), by=town.reviewer)
    assert end_moot(town.record.number) == 1
    objection.case.refresh_from_db()
    assert objection.case.state == "moot"
    assert not standing(town).is_disputed
    assert end_moot(town.record.number) == 0
