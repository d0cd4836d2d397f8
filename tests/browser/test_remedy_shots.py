"""``make shots``: objections and repairs, in the firm's window and on the desk."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

from rongxin.accounts.models import Account
from rongxin.remedies.objections.models import Ground as ObjectionGround
from rongxin.remedies.repairs import revoking
from rongxin.remedies.repairs.models import RevocationGround
from rongxin.workflow.evidence import attach
from tests import logins
from tests.browser.shots import shoot
from tests.factories import PASSWORD as OFFICERS
from tests.remedies.town import GRANT, a_town, on
from tests.subjects.mandates.firms import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.shots, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_pages_of_remedies(page: "Page", live_server: object, transactional_db: None) -> None:
    with on("2026-11-12"):
        _shoot_all(page, str(live_server))


def _shoot_all(page: "Page", address: str) -> None:
    town = a_town()
    fresh = town.penalty(decided_on=date(2026, 10, 20), recorded_at=None, violation_type="未明码标价")
    disputed = town.penalty(violation_type="广告用语不规范")
    repaired = town.penalty(violation_type="计量器具超期未检")
    town.granted(town.apply(repaired.number))
    objection = town.object(disputed.number, ObjectionGround.WRONG)
    repair = town.apply()
    attach(repair.case, name="罚款缴款凭证.pdf", content=b"%PDF-1.7 example", by=town.login)
    town.take(repair, "accept", town.clerk)
    lacks = {"lacks_proof": "yes", "lacks_commitment": "yes"}
    town.take(repair, "ask_to_complete", town.clerk, answers=lacks, reason="缴款凭证看不清金额，请重新扫描。")
    ready = town.apply(town.penalty(violation_type="食品标签不合格").number)
    town.take(ready, "accept", town.clerk)
    town.take(ready, "draft", town.clerk, answers=GRANT, reason="罚款已于2026年7月1日缴清，标签已经全部更换")
    broken = town.apply(town.penalty(violation_type="冷链温度不达标").number)
    town.granted(broken)
    revocation = revoking.propose(broken, RevocationGround.FALSE_MATERIAL, "缴款凭证与银行记录不符。", by=town.reviewer)
    town.take(revocation, "notify", town.reviewer)

    firm = f"{address}/enterprise/firms/{town.firm.uscc}"
    logins.log_in(page, address, town.login.username, PASSWORD)
    shoot(page, firm, "200-file")
    shoot(page, f"{firm}/records/{fresh.number}", "201-record-too-early")
    shoot(page, f"{firm}/records/{disputed.number}", "202-record-disputed")
    shoot(page, f"{firm}/records/{repaired.number}", "203-record-repaired")
    shoot(page, f"{firm}/records/{fresh.number}/object", "204-object")
    shoot(page, f"{firm}/records/{disputed.number}/repair", "205-repair")
    shoot(page, f"{firm}/missing", "206-missing")
    shoot(page, f"{firm}/cases", "207-cases")
    shoot(page, f"{firm}/cases/{repair.case.number}", "208-case-to-complete")
    shoot(page, f"{firm}/cases/{objection.case.number}", "209-case-objection")
    shoot(page, f"{firm}/cases/{revocation.case.number}", "210-case-revocation")
    shoot(page, f"{address}/r/{disputed.number}", "211-public-record-disputed")
    page.context.clear_cookies()
    logins.log_in(page, address, Account.objects.get(pk=town.reviewer.pk).username, OFFICERS)
    shoot(page, f"{address}/desk/cases", "212-desk-board")
    shoot(page, f"{address}/desk/cases/{ready.case.number}", "213-desk-repair")
    shoot(page, f"{address}/desk/cases/{objection.case.number}", "214-desk-objection")
    shoot(page, f"{address}/desk/cases/{broken.case.number}/revoke", "215-desk-revoke")
    shoot(page, f"{address}/desk/remedies/new", "216-desk-counter")
    shoot(page, f"{address}/desk/records/{fresh.number}", "217-desk-record")
