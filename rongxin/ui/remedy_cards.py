"""What objections, repairs and revocations are about, as cards on the pages of their cases: for officers and for the enterprise."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from rongxin.accounts.access import Access
from rongxin.disclosure.facts import imposed
from rongxin.disclosure.views import Fact
from rongxin.policy.pack import Policy
from rongxin.policy.repair import Way
from rongxin.policy.words import Title
from rongxin.records.standing import Standing, standing_of
from rongxin.remedies.objections.models import Objection
from rongxin.remedies.objections.queries import objection_of
from rongxin.remedies.repairs.models import Repair, Revocation
from rongxin.remedies.repairs.queries import repair_of, revocation_of, revocations_of
from rongxin.remedies.repairs.rules import DEFECTS, Defect, prospect_of
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.models import Case
from rongxin.workflow.registry import procedure

Address = Callable[[str], str]
"""The page of a record by its number, or of a case by its number, on the face that shows the card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionCard:
    """``ui/_objection.html``. ``changed``: what became of the record since."""

    objection: Objection
    record_url: str
    changed: str
    shows_answer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationLine:
    """A revocation of the repair."""

    url: str
    number: str
    ground: str
    state: Title


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairCard:
    """``ui/_repair.html``. ``imposed``: what the department's own record says was imposed, so that nobody need hand it in."""

    repair: Repair
    record_url: str
    changed: str
    term: str
    imposed: tuple[Fact, ...]
    defects: tuple[Title, ...]
    shows_answer: bool
    revocations: tuple[RevocationLine, ...]
    revoke_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationCard:
    """``ui/_revocation.html``."""

    revocation: Revocation
    repair_url: str
    shows_answer: bool


def objection_card(case: Case, access: Access, *, record: Address, is_office: bool) -> ObjectionCard:
    """What is objected to, and the answer once it is given (an office sees the draft, too)."""
    objection = objection_of(case, access)
    found = standing_of(objection.record, rulebook.current()) if objection.record else None
    return ObjectionCard(
        objection=objection,
        record_url=record(objection.record) if objection.record else "",
        changed=_changed(found, objection.version),
        shows_answer=is_office or case.state not in ("filed", "drafted"),
    )


def repair_card(
    case: Case, access: Access, *, record: Address, address: Address, revoke_url: str, is_office: bool
) -> RepairCard:
    """What is to be repaired, until when it is displayed, and what is proposed or decided."""
    repair, policy = repair_of(case, access), rulebook.current()
    found = standing_of(repair.record, policy)
    return RepairCard(
        repair=repair,
        record_url=record(repair.record),
        changed=_changed(found, repair.version),
        term=_term(found, policy),
        imposed=imposed(found.record, case.firm or "", policy, access) if found else (),
        defects=tuple(DEFECTS[Defect(each)] for each in repair.defects),
        shows_answer=is_office or case.state not in ("applied", "to_complete", "accepted", "drafted"),
        revocations=tuple(_revocation(each, address) for each in revocations_of(repair)),
        revoke_url=revoke_url if found is not None and found.is_repaired else "",
    )


def revocation_card(case: Case, access: Access, *, address: Address, is_office: bool) -> RevocationCard:
    """Which repair may be revoked and why, what the enterprise said, and what was decided."""
    revocation = revocation_of(case, access)
    return RevocationCard(
        revocation=revocation,
        repair_url=address(revocation.repair.case.number),
        shows_answer=is_office or not case.is_open,
    )


def _changed(found: Standing | None, version: int) -> str:
    if found is None:
        return ""
    if found.is_withdrawn:
        return _("已经撤回")
    if found.is_repaired:
        return _("已经修复")
    if found.record.version > version:
        return _("提出以后已经更正：现在是第 %(n)s 版") % {"n": found.record.version}
    return _("公示中") if found.is_displayed else _("没有公示")


def _term(found: Standing | None, policy: Policy) -> str:
    if found is None:
        return ""
    prospect = prospect_of(found, policy, timezone.localdate())
    if prospect.way == Way.UNKNOWN_SEVERITY:
        return _("失信程度没有确定，没有公示")
    if prospect.last_on is None:
        return _("依法不公示；履行义务以后随时可以修复")
    return _("%(first)s 起可以修复，最长公示至 %(last)s") % {
        "first": prospect.first_on.isoformat() if prospect.first_on else "",
        "last": prospect.last_on.isoformat(),
    }


def _revocation(each: Revocation, address: Address) -> RevocationLine:
    return RevocationLine(
        url=address(each.case.number),
        number=each.case.number,
        ground=str(each.get_ground_display()),
        state=procedure(each.case.kind).by_state[each.case.state].title,
    )
