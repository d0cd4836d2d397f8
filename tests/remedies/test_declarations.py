"""What an enterprise declares: unverified until an office looked, gone on its day, withdrawn at any time, never a record."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.permissions import Action
from rongxin.notices.models import Notice
from rongxin.records.models import Record
from rongxin.remedies.declarations.actions import declare
from rongxin.remedies.declarations.jobs import keep_declarations, remind
from rongxin.remedies.declarations.models import Declaration
from rongxin.remedies.declarations.queries import DeclarationView, own, public_of
from rongxin.remedies.declarations.rules import NotDeclared, Problem, Standing
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.mandates import proxies
from rongxin.subjects.mandates.queries import NoMandate
from rongxin.subjects.queries import search
from rongxin.workflow.actions import Stale, take_step
from rongxin.workflow.barring import Bar, NotPossible
from rongxin.workflow.evidence import attach, evidence_of
from rongxin.workflow.models import Case
from rongxin.workflow.queries import to_do
from tests.factories import at
from tests.remedies.declared import CERTIFICATION, PDF, PRODUCTS, TAXES, Party
from tests.subjects.mandates.firms import a_login, a_proxy


def shown(party: Party) -> tuple[DeclarationView, ...]:
    return public_of(party.firm, rulebook.current())


def all_own(party: Party) -> tuple[DeclarationView, ...]:
    return own(party.firm, rulebook.current(), Access(party.login, Purpose.OWN))


def verified(party: Party, declaration: Declaration) -> None:
    take_step(declaration.number, "verify", by=party.first, answers={"how": "issuer"})


def test_declared_it_waits_at_the_credit_office_of_the_region_and_nobody_reads_it(party: Party) -> None:
    declaration = party.declares()
    case = declaration.case
    assert (case.owner, case.state, case.firm) == (party.hall.lead_office, "declared", party.firm.uscc)
    assert str(case.due_on) == "2026-11-26"
    assert [each.number for each in to_do(party.first)] == [declaration.number]
    assert str(declaration.until) == "2029-11-12"
    assert shown(party) == ()
    (view,) = all_own(party)
    assert (view.standing, view.is_verified, view.how) == (Standing.UNVERIFIED, False, None)
    assert [each.raw for each in view.fields] == list(CERTIFICATION.values())


def test_unverified_it_is_shown_as_such_and_verified_with_how_and_by_whom(party: Party) -> None:
    declaration = party.declares()
    take_step(declaration.number, "publish", by=party.login)
    (view,) = shown(party)
    assert (view.is_verified, view.how, view.by, view.verified_on) == (False, None, "", None)
    verified(party, declaration)
    (view,) = shown(party)
    assert view.is_verified
    assert view.how is not None
    assert (view.how.zh, view.by) == ("向出具单位核实", "福州市示例信用信息牵头办公室")
    take_step(declaration.number, "hide", by=party.login)
    assert shown(party) == ()


def test_an_item_that_is_never_public_is_not_published(party: Party) -> None:
    declaration = party.declares("taxes_paid", TAXES)
    with pytest.raises(NotPossible) as refused:
        take_step(declaration.number, "publish", by=party.login)
    assert refused.value.barred.bar == Bar.GUARD
    Declaration.objects.update(is_public=True)
    assert shown(party) == ()


def test_where_the_item_says_two_people_verify(party: Party) -> None:
    declaration = party.declares("taxes_paid", TAXES)
    with pytest.raises(NotPossible):
        verified(party, declaration)
    take_step(declaration.number, "propose", by=party.first, answers={"how": "system"})
    assert all_own(party)[0].standing == Standing.UNVERIFIED
    with pytest.raises(NotPossible) as refused:
        take_step(declaration.number, "confirm", by=party.first)
    assert refused.value.barred.bar == Bar.SECOND_PERSON
    take_step(declaration.number, "confirm", by=party.second)
    assert all_own(party)[0].standing == Standing.VERIFIED


def test_what_cannot_be_verified_stays_unverified_and_is_asked_again(party: Party) -> None:
    declaration = party.declares()
    take_step(declaration.number, "cannot", by=party.first, reason="证书编号查不到，请补充证书扫描件")
    assert all_own(party)[0].standing == Standing.UNVERIFIED
    case = Case.objects.get(pk=declaration.case_id)
    attach(case, name="证书.pdf", content=PDF, by=party.login)
    take_step(declaration.number, "ask_again", by=party.login)
    verified(party, declaration)
    assert [each.name for each in evidence_of(case, Access(party.first, Purpose.CASE))] == ["证书.pdf"]


def test_it_ends_at_midnight_of_its_last_day_without_any_job(party: Party) -> None:
    declaration = party.declares(until=at("2026-12-31").date())
    take_step(declaration.number, "publish", by=party.login)
    verified(party, declaration)
    with time_machine.travel(at("2026-12-31", "23:59"), tick=False):
        assert len(shown(party)) == 1
    with time_machine.travel(at("2027-01-01", "00:00"), tick=False):
        assert shown(party) == ()
        assert all_own(party)[0].standing == Standing.EXPIRED
        assert Case.objects.get(pk=declaration.case_id).is_open


def test_an_expired_one_is_not_verified_and_declared_anew(party: Party) -> None:
    declaration = party.declares(until=at("2026-11-13").date())
    with time_machine.travel(at("2026-11-14"), tick=False):
        with pytest.raises(NotPossible):
            verified(party, declaration)
        anew = party.declares(until=at("2027-11-13").date(), replaces=declaration.number)
        assert Case.objects.get(pk=declaration.case_id).state == "expired"
        assert anew.replaces == declaration
        assert [each.standing for each in all_own(party)] == [Standing.UNVERIFIED, Standing.EXPIRED]


def test_it_is_reminded_of_once_and_the_case_of_what_expired_is_closed(party: Party) -> None:
    declaration = party.declares(until=at("2026-12-01").date())
    assert remind() == 1
    assert remind() == 0
    notice = Notice.objects.get(name="declaration_expiring")
    assert (notice.uscc, "2026年12月1日" in notice.body_zh) == (party.firm.uscc, True)
    with time_machine.travel(at("2026-12-02"), tick=False):
        keep_declarations.call_now()
        case = Case.objects.get(pk=declaration.case_id)
        assert (case.state, case.is_open) == ("expired", False)
        assert list(to_do(party.first)) == []


def test_the_firm_withdraws_at_any_time_and_the_history_stays(party: Party) -> None:
    declaration = party.declares()
    take_step(declaration.number, "publish", by=party.login)
    verified(party, declaration)
    take_step(declaration.number, "withdraw", by=party.login)
    assert shown(party) == ()
    assert [each.standing for each in all_own(party)] == [Standing.WITHDRAWN]


def test_a_new_version_takes_the_place_of_the_old_one_and_is_unverified(party: Party) -> None:
    first = party.declares("products", PRODUCTS)
    take_step(first.number, "publish", by=party.login)
    verified(party, first)
    second = party.declares("products", {"products": "茶叶和茶具"})
    assert second.replaces == first
    (view,) = shown(party)
    assert (view.number, view.is_verified) == (second.number, False)
    assert Case.objects.get(pk=first.case_id).state == "replaced"
    with pytest.raises(NotPossible):
        take_step(first.number, "publish", by=party.login)


def test_the_same_declared_twice_is_one(party: Party) -> None:
    first = party.declares()
    assert party.declares() == first
    assert party.declares(given=CERTIFICATION | {"certificate_number": "示例-Q-2026-0002"}) != first
    assert Case.objects.filter(kind="declaration").count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Declaration.objects.exclude(pk=first.pk).update(digest=first.digest)


def test_of_two_at_once_the_second_is_told_what_the_first_did(party: Party) -> None:
    declaration = party.declares()
    seen = declaration.case.position
    take_step(declaration.number, "withdraw", by=party.login, seen=seen)
    with pytest.raises(Stale):
        take_step(declaration.number, "verify", by=party.first, seen=seen, answers={"how": "issuer"})
    assert Declaration.objects.get().verified_on is None


def test_a_proxy_declares_while_the_mandate_lasts_and_within_it(party: Party) -> None:
    proxy, reader = a_login(), a_login()
    mandate = a_proxy(party.login, party.firm, proxy, Action.DECLARATION_MAKE)
    declaration = declare(mandate, "products", PRODUCTS)
    with pytest.raises(PermissionDenied):
        declare(a_proxy(party.login, party.firm, reader), "products", PRODUCTS)
    proxies.revoke(party.login, party.firm.uscc, mandate.pk)
    with pytest.raises(PermissionDenied):
        declare(type(mandate).objects.get(pk=mandate.pk), "products", {"products": "茶具"})
    with pytest.raises(NotPossible):
        take_step(declaration.number, "publish", by=proxy)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"issued_by": ""}, Problem.MISSING),
        ({"standard": "长" * 41}, Problem.TOO_LONG),
        ({"issued_on": "三月一日"}, Problem.NOT_A_DAY),
        ({"issued_on": "2026-11-13"}, Problem.FUTURE),
        ({"system": "没有的体系"}, Problem.NOT_A_CHOICE),
        ({"standard": "电话 13800138000"}, Problem.NUMBER_OF_A_PERSON),
        ({"issued_by": "法定代表人张建国"}, Problem.MAY_NAME_A_PERSON),
    ],
)
def test_what_is_missing_wrong_or_names_a_person_is_not_kept(
    party: Party, given: dict[str, str], problem: Problem
) -> None:
    with pytest.raises(NotDeclared) as refused:
        party.declares(given=CERTIFICATION | given)
    assert refused.value.problem == problem
    assert not Declaration.objects.exists()
    assert not Case.objects.filter(kind="declaration").exists()


def test_what_only_looks_like_a_name_is_shown_when_an_office_looked(party: Party) -> None:
    declaration = party.declares(given=CERTIFICATION | {"issued_by": "法定代表人张建国"}, names_nobody=True)
    take_step(declaration.number, "publish", by=party.login)
    assert shown(party) == ()
    verified(party, declaration)
    assert len(shown(party)) == 1


def test_neither_a_past_day_nor_a_later_one_than_the_longest_ends_it(party: Party) -> None:
    for day in ("2026-11-11", "2029-11-13"):
        with pytest.raises(NotDeclared) as refused:
            party.declares(until=at(day).date())
        assert refused.value.problem == Problem.UNTIL
    assert party.declares(until=at("2029-11-12").date()).until == at("2029-11-12").date()


def test_only_the_office_verifies_and_only_the_firm_publishes(party: Party) -> None:
    declaration = party.declares()
    for step, by in (("verify", party.login), ("publish", party.first), ("verify", party.stranger)):
        with pytest.raises((NotPossible, Case.DoesNotExist)):
            take_step(declaration.number, step, by=by, answers={"how": "issuer"})
    with pytest.raises(NotPossible):
        take_step(declaration.number, "strike", by=party.first)


def test_another_login_declares_nothing_for_the_firm(party: Party) -> None:
    party.login = a_login()
    with pytest.raises(NoMandate):
        party.declares()


def test_it_is_no_record_and_nothing_finds_it(party: Party) -> None:
    declaration = party.declares("products", PRODUCTS)
    take_step(declaration.number, "publish", by=party.login)
    verified(party, declaration)
    assert not Record.objects.exists()
    assert search("茶叶加工") == []
    assert search(declaration.number) == []
    assert timezone.localdate() <= declaration.until
