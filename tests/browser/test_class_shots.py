"""Pages of the classes of risk, for ``make shots``."""

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.classification.listing import every_one
from rongxin.classification.models import Use
from rongxin.classification.running import newest_run
from rongxin.classification.trying import ask, try_draft
from rongxin.classification.using import current, in_preview
from rongxin.demonstration.password import PASSWORD
from rongxin.governance.rules.actions import draft
from rongxin.governance.rules.lines import changed_files
from rongxin.governance.rules.models import RuleDraft
from rongxin.governance.rules.setting import Setting, setting
from rongxin.policy.indicators import RiskClass
from rongxin.policy.pack import Policy
from rongxin.remedies.declarations.inviting import ask as invite
from rongxin.remedies.declarations.inviting import draft_invitations, send, send_invitations
from rongxin.remedies.declarations.models import Invited
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.mandates.queries import mandates_of
from rongxin.subjects.models import Subject
from tests import logins
from tests.browser.shots import shoot
from tests.browser.test_shots import address  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.shots, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def a_heavier_draft(by: Account) -> RuleDraft:
    """Penalties count twice as much, and class b begins earlier."""
    rules, today = rulebook.current(), timezone.localdate()
    entries = {"risk/points/penalties_general": {"each": "16"}, "risk/classes": {"b": "8"}}
    made = setting(rules, entries, first_day=today.isoformat(), reason="按抽查结果校准", today=today)
    assert isinstance(made, Setting)
    return draft(changed_files(rules, rulebook.sources(rules.digest), made), "按抽查结果校准", by)


def worst(use: Use) -> Subject:
    """The enterprise with the most points."""
    for grade in reversed(RiskClass):
        if found := dict(every_one(use.run, grade, "")):
            return Subject.objects.get(pk=max(found, key=lambda key: found[key]))
    raise AssertionError("nobody is classified")


def test_pages_of_the_office(page: "Page", address: str) -> None:  # noqa: F811
    now, preview = current(), in_preview()
    assert now and preview and newest_run()  # noqa: PT018
    firm = worst(now)
    page.set_viewport_size({"width": 1440, "height": 900})
    logins.log_in(page, address, "demo-lead", PASSWORD)
    for name, place in {
        "90-classes": "classes",
        "91-class-list": "classes/c",
        "92-class-firm": f"classes/firms/{firm.uscc}",
        "93-class-compare": f"classes/runs/{now.run.name}/{preview.run.name}",
        "94-class-use": f"cases/{preview.case.number}",
        "95-class-adjust": f"classes/firms/{firm.uscc}/adjust",
    }.items():
        shoot(page, f"{address}/desk/{place}", name)


def test_pages_for_whoever_sets_the_rules(page: "Page", address: str) -> None:  # noqa: F811
    made = a_heavier_draft(Account.objects.get(username="demo-lead"))
    trial = ask(Policy.from_canonical(made.content), by=made.case.opened_by)  # type: ignore[arg-type]
    try_draft.call_now(trial.pk)
    page.set_viewport_size({"width": 1440, "height": 900})
    logins.log_in(page, address, "demo-lead", PASSWORD)
    for name, place in {
        "99-draft-case": f"cases/{made.case.number}",
        "99a-trial": f"rules/trials/{trial.pk}",
        "99b-class-hits": "classes/hits",
    }.items():
        shoot(page, f"{address}/desk/{place}", name)


def test_pages_of_invitations(page: "Page", address: str) -> None:  # noqa: F811
    lead = Account.objects.get(username="demo-lead")
    silent = mandates_of(Account.objects.get(username="demo-firm"))[-1]
    page.set_viewport_size({"width": 1440, "height": 900})
    logins.log_in(page, address, "demo-lead", PASSWORD)
    shoot(page, f"{address}/desk/invitations", "99c-invitations-none")
    made = invite(["low_evaluation", "key_supervised", "thin_file"], by=lead)
    draft_invitations.call_now(made.pk)
    shoot(page, f"{address}/desk/invitations/{made.pk}", "99d-invitation")
    Invited.objects.get_or_create(list=made, subject=silent.firm, defaults={"group": "thin_file"})
    send(made, by=lead)
    send_invitations.call_now(made.pk)
    shoot(page, f"{address}/desk/invitations/{made.pk}?group=thin_file", "99e-invitation-sent")
    shoot(page, f"{address}/desk/invitations", "99f-invitations")
    page.context.clear_cookies()
    logins.log_in(page, address, "demo-firm", PASSWORD)
    shoot(page, f"{address}/enterprise/firms/{silent.firm.uscc}/declarations", "99g-invited")


def test_pages_of_the_enterprise(page: "Page", address: str) -> None:  # noqa: F811
    preview = in_preview()
    assert preview
    (mandate, *_) = mandates_of(Account.objects.get(username="demo-firm"))
    page.set_viewport_size({"width": 1440, "height": 900})
    logins.log_in(page, address, "demo-firm", PASSWORD)
    uscc = mandate.firm.uscc
    for name, place in {
        "96-class-own": f"firms/{uscc}/class",
        "97-class-object": f"firms/{uscc}/class/{preview.run.name}/object",
        "98-firm": f"firms/{uscc}",
    }.items():
        shoot(page, f"{address}/enterprise/{place}", name)
