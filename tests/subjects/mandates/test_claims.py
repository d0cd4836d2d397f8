import json

import pytest
from django.core.exceptions import PermissionDenied

from rongxin.accounts.one_time_codes import Outcome
from rongxin.accounts.permissions import Action
from rongxin.documents.models import Document, DocumentFile
from rongxin.subjects.mandates import actions
from rongxin.subjects.mandates.actions import NotClaimable, Unclaimable
from rongxin.subjects.mandates.models import Claim, EndReason, Mandate, Way
from rongxin.subjects.mandates.queries import claims_against, holder_of, mandates_of, offices
from rongxin.subjects.merging import merge
from rongxin.workflow.actions import take_step
from rongxin.workflow.barring import Bar, NotPossible
from rongxin.workflow.keeping import keep_clocks
from rongxin.workflow.models import CaseEvent
from tests.documents.papers import written
from tests.factories import a_code, a_department, a_sole_trader
from tests.ledger import told as ledger
from tests.subjects.mandates.firms import Hall, a_firm, a_login, a_proxy, acts, code_in
from tests.workflow.conftest import on

pytestmark = pytest.mark.django_db


def state(claim: Claim) -> str:
    claim.case.refresh_from_db()
    return claim.case.state


def bar(refused: pytest.ExceptionInfo[NotPossible]) -> Bar:
    return refused.value.barred.bar


# ── the way of a claim ───────────────────────────────────────────────────────────────────────────────────────────────
def test_a_code_from_the_window_and_a_second_officer_make_a_holder(hall: Hall) -> None:
    firm, login = a_firm(), a_login()
    claim = hall.claim(login, firm)
    assert (state(claim), acts(login, firm)) == ("visit", False)

    code = hall.code(claim)
    assert (state(claim), acts(login, firm)) == ("code_out", False)

    assert actions.enter_code(login, claim.case.number, code.lower().replace("-", " ")).outcome == Outcome.RIGHT
    assert (state(claim), acts(login, firm)) == ("entered", False)

    take_step(claim.case.number, "confirm", by=hall.second)
    assert (state(claim), acts(login, firm)) == ("confirmed", True)
    assert holder_of(firm) == Mandate.objects.get(case=claim.case)
    stream = ledger.of(firm.uscc)
    steps = ("opened", "hand_over", "enter", "confirm")
    assert ledger.acts(ledger.Kind.DECISION, stream) == [f"case.{step}" for step in steps]
    (begun,) = ledger.told(ledger.Kind.ADMIN, stream)
    assert (begun["act"], begun["account"], begun["by"]) == ("mandate.begin", login.username, hall.second.username)


def test_a_letter_goes_to_the_registered_address(hall: Hall) -> None:
    firm, login = a_firm(), a_login()
    claim = hall.claim(login, firm, Way.LETTER)
    assert state(claim) == "to_send"

    paper = actions.issue_code(claim.case.number, "send_letter", by=hall.lead)

    assert firm.address in written(paper.content)
    assert firm.address not in written(bytes(DocumentFile.objects.get(document=paper.document).content))
    assert actions.enter_code(login, claim.case.number, code_in(paper.content)).outcome == Outcome.RIGHT


def test_a_code_is_read_as_it_is_meant(hall: Hall) -> None:
    login = a_login()
    claim = hall.claim(login, a_firm())
    code = hall.code(claim)
    misread = code.replace("O", "0").replace("I", "1").replace("B", "8")
    assert actions.enter_code(login, claim.case.number, misread).outcome == Outcome.RIGHT


def test_whoever_issued_the_code_does_not_confirm(hall: Hall) -> None:
    claim = hall.entered(a_login(), a_firm())
    with pytest.raises(NotPossible) as refused:
        take_step(claim.case.number, "confirm", by=hall.window)
    assert bar(refused) == Bar.SECOND_PERSON


def test_the_code_is_kept_nowhere(hall: Hall) -> None:
    claim = hall.claim(a_login(), a_firm())
    code = hall.code(claim)
    document = Document.objects.get()

    kept = written(bytes(DocumentFile.objects.get(document=document).content))
    assert code not in kept
    assert "不保留" in kept
    assert json.loads(document.values)["code"] is None
    rows = [json.dumps(list(model.objects.values()), default=str) for model in (Claim, CaseEvent, Document)]
    assert not any(part in row for row in rows for part in (code, code.replace("-", "")))


def test_five_wrong_tries_and_the_code_is_void(hall: Hall) -> None:
    firm, login = a_firm(), a_login()
    claim = hall.claim(login, firm)
    code = hall.code(claim)
    told = [actions.enter_code(login, claim.case.number, "AAAA-BBBB-CCCC-DDDD") for _ in range(5)]
    assert [each.left for each in told] == [4, 3, 2, 1, 0]
    assert actions.enter_code(login, claim.case.number, code).outcome == Outcome.VOID

    actions.take(login, claim.case.number, "come_instead")
    again = hall.code(claim)
    assert actions.enter_code(login, claim.case.number, code).outcome == Outcome.WRONG
    assert actions.enter_code(login, claim.case.number, again).outcome == Outcome.RIGHT


def test_a_claim_has_three_codes_and_no_more(hall: Hall) -> None:
    login = a_login()
    claim = hall.claim(login, a_firm())
    for _ in range(2):
        hall.code(claim)
        actions.take(login, claim.case.number, "come_instead")
    hall.code(claim)
    with pytest.raises(NotPossible) as refused:
        actions.take(login, claim.case.number, "come_instead")
    assert bar(refused) == Bar.GUARD


def test_a_code_is_for_its_own_claim_only(hall: Hall) -> None:
    one, other, login = a_firm(), a_firm("福州示例三坊文旅有限公司"), a_login()
    first, second = hall.claim(login, one), hall.claim(login, other)
    code = hall.code(first)
    hall.code(second)
    assert actions.enter_code(login, second.case.number, code).outcome == Outcome.WRONG
    with pytest.raises(Claim.DoesNotExist):
        actions.enter_code(a_login(), first.case.number, code)


@pytest.mark.parametrize(("day", "outcome"), [("2026-12-10", Outcome.RIGHT), ("2026-12-11", Outcome.EXPIRED)])
def test_a_code_expires_though_no_job_runs(hall: Hall, day: str, outcome: Outcome) -> None:
    login = a_login()
    claim = hall.claim(login, a_firm())
    code = hall.code(claim)
    with on(day):
        assert actions.enter_code(login, claim.case.number, code).outcome == outcome


def test_what_waits_too_long_lapses(hall: Hall) -> None:
    visit, out = hall.claim(a_login(), a_firm()), hall.claim(a_login(), a_firm())
    hall.code(out)
    with on("2026-12-11"):
        keep_clocks()
    assert (state(visit), state(out)) == ("lapsed", "lapsed")
    out.refresh_from_db()
    assert out.digest == ""


def test_a_refusal_needs_a_reason_and_a_withdrawal_is_the_claimants(hall: Hall) -> None:
    login, firm = a_login(), a_firm()
    claim = hall.entered(login, firm)
    with pytest.raises(NotPossible) as refused:
        take_step(claim.case.number, "refuse", by=hall.lead)
    assert bar(refused) == Bar.NO_REASON
    with pytest.raises(NotPossible):
        take_step(claim.case.number, "withdraw", by=hall.lead)
    actions.take(login, claim.case.number, "withdraw")
    assert (state(claim), acts(login, firm)) == ("withdrawn", False)


@pytest.mark.parametrize("step", ["hand_over", "confirm", "refuse", "lapse", "enter", "no_such_step"])
def test_a_login_takes_only_the_steps_of_enterprises(hall: Hall, step: str) -> None:
    login = a_login()
    claim = hall.claim(login, a_firm())
    with pytest.raises(LookupError):
        actions.take(login, claim.case.number, step)
    with pytest.raises((NotPossible, LookupError)):
        take_step(claim.case.number, step, by=login)


def test_an_officer_claims_nothing(hall: Hall) -> None:
    with pytest.raises(PermissionDenied):
        hall.claim(hall.window, a_firm())


# ── what can be claimed ──────────────────────────────────────────────────────────────────────────────────────────────
def why(hall: Hall, login: object, code: str, **more: object) -> Unclaimable:
    with pytest.raises(NotClaimable) as refused:
        actions.open_claim(login, code, **{"way": Way.COUNTER, "office": hall.office, **more})  # type: ignore[arg-type]
    return refused.value.why


def test_only_what_is_on_the_register_and_open_can_be_claimed(hall: Hall) -> None:
    login, firm = a_login(), a_firm()
    assert why(hall, login, a_code()) == Unclaimable.UNKNOWN
    assert why(hall, login, firm.name) == Unclaimable.UNKNOWN
    assert why(hall, login, a_firm("福州示例已注销有限公司", status="注销").uscc) == Unclaimable.CLOSED
    assert why(hall, login, a_firm(address="").uscc, way=Way.LETTER) == Unclaimable.NO_ADDRESS
    nowhere = a_department("nowhere", "示例他局")
    assert why(hall, login, firm.uscc, office=nowhere) == Unclaimable.NO_OFFICE
    hall.claim(login, firm)
    assert why(hall, login, firm.uscc) == Unclaimable.UNDER_WAY


def test_nobody_claims_what_is_held_nor_too_many_at_once(hall: Hall) -> None:
    login, firm = a_login(), a_firm()
    hall.held(login, firm)
    assert why(hall, login, firm.uscc) == Unclaimable.YOURS
    for number in range(actions.MOST_OPEN):
        hall.claim(login, a_firm(f"福州示例第{number}号商贸有限公司"))
    assert why(hall, login, a_firm().uscc) == Unclaimable.TOO_MANY


def test_a_sole_trader_is_claimed_by_its_code_and_not_named(hall: Hall) -> None:
    trader, login = a_sole_trader("陈三", address="福州市示例区示例路2号"), a_login()
    claim = hall.claim(login, trader)
    assert "陈三" not in claim.case.title
    assert "陈" in claim.case.title


def test_offices_are_those_with_somebody_at_a_window_the_nearest_first(hall: Hall) -> None:
    from rongxin.accounts.permissions import Role
    from tests.intake.coverage.batches import an_officer

    far = a_department("far", "厦门市示例行政服务中心", region="350200")
    near = a_department("near", "鼓楼区示例行政服务中心", region="350102")
    for department in (far, near):
        an_officer(department, Role.WINDOW)
    assert [office.code for office in offices(a_firm())] == ["near", "hall", "lead", "far"]


# ── change of representative ─────────────────────────────────────────────────────────────────────────────────────────
def test_the_holder_is_heard_and_ends_when_the_new_one_is_confirmed(hall: Hall) -> None:
    firm, old, new, proxy = a_firm(), a_login(), a_login(), a_login()
    before = hall.held(old, firm)
    a_proxy(old, firm, proxy)
    claim = hall.entered(new, firm)
    assert state(claim) == "objecting"
    assert [each.pk for each in claims_against(old)] == [claim.pk]
    assert claims_against(new) == []
    assert (acts(old, firm), acts(new, firm)) == (True, False)

    with on("2026-11-27"):
        keep_clocks()
        assert state(claim) == "entered"
        take_step(claim.case.number, "confirm", by=hall.lead)

        assert (acts(old, firm), acts(proxy, firm), acts(new, firm)) == (False, False, True)
    before.refresh_from_db()
    assert before.ended.why == EndReason.REPLACED
    assert Mandate.objects.get(account=proxy).ended.why == EndReason.FOLLOWED
    assert claims_against(old) == []


def test_an_objection_is_decided_with_a_reason(hall: Hall) -> None:
    firm, old, new = a_firm(), a_login(), a_login()
    hall.held(old, firm)
    claim = hall.entered(new, firm)
    with pytest.raises(NotPossible):
        actions.take(new, claim.case.number, "consent")
    actions.take(old, claim.case.number, "object", reason="本单位没有委托他人")
    assert state(claim) == "contested"
    with pytest.raises(NotPossible):
        take_step(claim.case.number, "confirm", by=hall.lead)
    take_step(claim.case.number, "refuse", by=hall.lead, reason="原经办账号的异议成立")
    assert (acts(old, firm), acts(new, firm)) == (True, False)


def test_the_holder_may_agree_at_once(hall: Hall) -> None:
    firm, old, new = a_firm(), a_login(), a_login()
    hall.held(old, firm)
    claim = hall.entered(new, firm)
    actions.take(old, claim.case.number, "consent")
    take_step(claim.case.number, "confirm", by=hall.second)
    assert (acts(old, firm), acts(new, firm)) == (False, True)


def test_of_two_claims_the_second_does_not_take_the_firm_from_the_first_unheard(hall: Hall) -> None:
    firm, one, other = a_firm(), a_login(), a_login()
    first, second = hall.entered(one, firm), hall.entered(other, firm)
    take_step(first.case.number, "confirm", by=hall.lead)
    with pytest.raises(NotPossible) as refused:
        take_step(second.case.number, "confirm", by=hall.lead)
    assert bar(refused) == Bar.GUARD
    assert (acts(one, firm), acts(other, firm)) == (True, False)


def test_a_firm_that_was_merged_is_held_as_the_one_it_counts_as(hall: Hall) -> None:
    kept, absorbed, login = a_firm(), a_firm("福州示例旧名茶业有限公司"), a_login()
    hall.held(login, absorbed)
    assert not acts(login, kept)
    merge(kept, absorbed, by="示例", basis="示例", answers=dict.fromkeys(_doubts(kept, absorbed), "示例"))
    assert acts(login, kept, Action.FILE_READ)
    assert not acts(login, absorbed)
    assert [mandate.firm.uscc for mandate in mandates_of(login)] == [kept.uscc]


def _doubts(kept: object, absorbed: object) -> list[object]:
    from rongxin.subjects import merging

    return list(merging.Doubt)
