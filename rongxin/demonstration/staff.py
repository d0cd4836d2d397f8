"""Who works on a platform for demonstration: its rules, its departments, and two accounts for each."""

from typing import Final

from config.environment import environment
from rongxin.accounts.actions import open_account
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.demonstration.authorities import AUTHORITIES, REGION, SHOWN, Authority
from rongxin.demonstration.password import PASSWORD
from rongxin.departments import actions as departments
from rongxin.departments.models import Department
from rongxin.policy.loader import load_pack, pack_sources
from rongxin.rulebook import actions as rulebook_actions
from rongxin.rulebook import queries as rulebook

_NAMES: Final = {Role.CLERK: "示例录入员", Role.REVIEWER: "示例审核员"}


def bring_rules_up_to_date() -> None:
    """Seed an empty rulebook from the files, or release what changed in them since.

    A real platform has two people release a change. This one has none, and says in the release that it did it itself.
    """
    root, pack = environment.policies, environment.pack
    sources = pack_sources(root, pack)
    latest = rulebook.releases().first()
    if latest is None:
        rulebook_actions.seed(load_pack(root, pack), sources)
    elif rulebook.sources(latest.digest) != sources:
        rulebook_actions.release(
            load_pack(root, pack),
            sources,
            asked_by="demonstration:files",
            approved_by="demonstration:start",
            note="示例平台启动时按规则文件自动发布，仅供演示，未经两人审核",
        )


def open_for_work() -> None:
    """Enter the departments, and a clerk and a reviewer for each who has none.

    The two of the department that is shown have the known password; the others none, so that nobody can log in as them.
    """
    for authority in AUTHORITIES:
        entered = _enter(authority)
        for username, role in ((authority.clerk, Role.CLERK), (authority.reviewer, Role.REVIEWER)):
            if Account.objects.filter(username=username).exists():
                continue
            if authority == SHOWN:
                open_account(username, PASSWORD, display_name=_NAMES[role], department=entered, role=role)
            else:
                account = Account(username=username, display_name=_NAMES[role], department=entered, role=role)
                account.set_unusable_password()
                account.save()


def logins() -> list[tuple[str, str]]:
    """Whom one may log in as with PASSWORD: username and the title of the role."""
    return [(SHOWN.clerk, Role.CLERK.label), (SHOWN.reviewer, Role.REVIEWER.label)]


def _enter(authority: Authority) -> Department:
    return departments.enter(
        authority.code, authority.name, short_name=authority.short_name, region=REGION, uscc=authority.uscc
    )
