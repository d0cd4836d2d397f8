"""Who works on a platform for demonstration: its rules, its departments with their duties, two accounts for each, the
lead office with its two officers, the service hall with its window, the auditor, and the three administrators.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from config.environment import environment
from rongxin.accounts.actions import open_account
from rongxin.accounts.matrix import matrix
from rongxin.accounts.models import Account, CodeGenerator
from rongxin.accounts.one_time_codes import code_at, new_secret, present_step
from rongxin.accounts.permissions import Role
from rongxin.accounts.second_factor import set_code_generator
from rongxin.demonstration.authorities import AUTHORITIES, REGION, SHOWN, Authority
from rongxin.demonstration.password import PASSWORD
from rongxin.departments import actions as departments
from rongxin.departments import duties
from rongxin.departments.models import Department
from rongxin.governance.rules.actions import checked
from rongxin.policy.files import PolicyErrors
from rongxin.policy.loader import load_pack, pack_sources
from rongxin.policy.pack import Policy
from rongxin.rulebook import actions as rulebook_actions
from rongxin.rulebook import queries as rulebook

_NAMES: Final = {
    Role.CLERK: "示例录入员",
    Role.REVIEWER: "示例审核员",
    Role.WINDOW: "示例窗口人员",
    Role.CITY_OFFICE: "示例牵头办专员",
    Role.AUDITOR: "示例审计员",
    Role.SECURITY_ADMIN: "示例安全管理员",
    Role.AUDIT_ADMIN: "示例审计管理员",
    Role.SYSTEM_ADMIN: "示例系统管理员",
}
_LEAD: Final = ("demo-lead", "福州市示例信用信息牵头办公室", "市示例牵头办")
LEAD: Final = "demo-lead"
SECOND: Final = "demo-lead-second"
HALL: Final = "demo-hall"
_HALL: Final = (HALL, "福州市示例行政服务中心", "市示例服务中心")
WINDOW: Final = "demo-window"
_AUDIT: Final = ("demo-audit-bureau", "福州市示例审计局", "市示例审计局")
AUDITOR: Final = "demo-auditor"
FIRM, PROXY = "demo-firm", "demo-proxy"
_OF_LEAD: Final = {
    LEAD: Role.CITY_OFFICE,
    SECOND: Role.CITY_OFFICE,
    "demo-security": Role.SECURITY_ADMIN,
    "demo-audit": Role.AUDIT_ADMIN,
    "demo-system": Role.SYSTEM_ADMIN,
}
_SHOWN: Final = {
    SHOWN.clerk: Role.CLERK,
    SHOWN.reviewer: Role.REVIEWER,
    WINDOW: Role.WINDOW,
    AUDITOR: Role.AUDITOR,
    **_OF_LEAD,
    FIRM: Role.ENTERPRISE,
    PROXY: Role.PROXY,
}
_FILES, _KEPT = "demonstration:files", "demonstration:kept"
_KINDS: Final = {"penalties": "administrative_penalty", "licences": "administrative_licence"}


@transaction.atomic
def bring_rules_up_to_date() -> None:
    """Seed an empty rulebook from the files, or release what changed in them since; what officers released on the desk meanwhile
    stays, but in files that changed, too.

    A real platform has two people release a change. This one has none, and says in the release that it did it itself.
    """
    root, pack = environment.policies, environment.pack
    files = pack_sources(root, pack)
    by_files = rulebook.releases().filter(Q(seed=True) | Q(asked_by=_FILES)).first()
    if by_files is None:
        rulebook_actions.seed(load_pack(root, pack), files)
        return
    before, now = rulebook.sources(by_files.digest), rulebook.sources(rulebook.current().digest)
    if before == files:
        return
    policy = load_pack(root, pack)
    own = {place: text for place, text in now.items() if text != before.get(place)}
    kept = {place: text for place, text in own.items() if before.get(place) == files.get(place)}
    lost = sorted(own.keys() - kept.keys())
    taken_back = f"（取代在工作台对 {'、'.join(lost)} 发布过的修改）" if lost else ""
    _release_by_itself(policy, files, f"按规则文件自动发布{taken_back}", asked_by=_FILES)
    if kept:
        with suppress(PolicyErrors):  # what was set then no longer fits the new files
            both = files | kept
            _release_by_itself(checked(both, pack), both, "保留在工作台发布过的修改", asked_by=_KEPT)


def _release_by_itself(policy: Policy, sources: Mapping[str, str], what: str, *, asked_by: str) -> None:
    note = f"示例平台启动时{what}，仅供演示，未经两人审核"
    rulebook_actions.release(policy, sources, asked_by=asked_by, approved_by="demonstration:start", note=note)


def open_for_work() -> None:
    """Enter the lead office, the service hall and the auditors; then the departments with their duties, and a clerk and a
    reviewer for each who has none.

    The two of the department that is shown, those of the lead office, the window of the hall and the auditor have the known
    password; the others none, so that nobody can log in as them.
    """
    for office, staff in ((_LEAD, _OF_LEAD), (_HALL, {WINDOW: Role.WINDOW}), (_AUDIT, {AUDITOR: Role.AUDITOR})):
        code, name, short_name = office
        entered = departments.enter(code, name, short_name=short_name, region=REGION, determines=False, provides=False)
        for username, role in staff.items():
            if not Account.objects.filter(username=username).exists():
                open_account(username, PASSWORD, display_name=_NAMES[role], department=entered, role=role)
    for authority in AUTHORITIES:
        entered = _enter(authority)
        _charge(authority, entered)
        for username, role in ((authority.clerk, Role.CLERK), (authority.reviewer, Role.REVIEWER)):
            if Account.objects.filter(username=username).exists():
                continue
            if authority == SHOWN:
                open_account(username, PASSWORD, display_name=_NAMES[role], department=entered, role=role)
            else:
                account = Account(username=username, display_name=_NAMES[role], department=entered, role=role)
                account.set_unusable_password()
                account.save()
    give_second_factors()


def give_second_factors() -> None:
    """A made-up generator of codes for each whom one may log in as. Its code stands on the login page while RONGXIN_DEMO is set;
    without that it is refused, and so are these accounts.
    """
    armed = CodeGenerator.objects.values("account")
    for account in Account.objects.filter(username__in=_SHOWN).exclude(pk__in=armed):
        secret = new_secret()
        set_code_generator(account, secret, code_at(secret, present_step()), is_demonstration=True)


def logins() -> list[tuple[str, str]]:
    """Whom one may log in as with PASSWORD: username and the title of the role."""
    return [(username, matrix().roles[role].title.zh) for username, role in _SHOWN.items()]


def _charge(authority: Authority, entered: Department) -> None:
    """The department's duties by the catalogue: what it decides at all."""
    codes = {each.item.kind: each.item.code for each in rulebook.current().catalogue}
    decided = [kind for acts, kind in _KINDS.items() if getattr(authority, acts)]
    for kind in (*decided, *authority.kinds):
        if kind in codes:
            duties.enter_duty(
                entered,
                codes[kind],
                known=codes.values(),
                since=timezone.localdate(),
                by="",
                power_title=f"{authority.short_name}权责事项（示例）",
            )


def _enter(authority: Authority) -> Department:
    return departments.enter(
        authority.code, authority.name, short_name=authority.short_name, region=REGION, uscc=authority.uscc
    )
