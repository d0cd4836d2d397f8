from collections.abc import Callable
from itertools import chain, combinations

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from config.environment import ROOT
from rongxin.accounts.matrix import FILE, Matrix, matrix
from rongxin.accounts.models import STAFF_ROLES
from rongxin.accounts.permissions import ADMINISTRATORS, Action, DataClass, Face, Role, Scope

AROUND = [
    frozenset(here) for here in chain.from_iterable(combinations(Scope, number) for number in range(len(Scope) + 1))
]
AS_WRITTEN = YAML(typ="safe", pure=True).load(FILE)


def written(role: str, action: str, data_class: str) -> set[str]:
    """What the file says, read by a loop that shares nothing with the matrix."""
    may = AS_WRITTEN["roles"][role].get("may", {})
    return {scope for scope, classes in may.items() if action in classes.get(data_class, [])}


def test_every_decision_is_the_one_that_the_file_tells(record_property: Callable[[str, int], None]) -> None:
    cells = 0
    for role in Role:
        for action in Action:
            for data_class in DataClass:
                said = written(role, action, data_class)
                for here in AROUND:
                    assert matrix().allows(role, action, here, data_class) == bool(said & here)
                    cells += 1
                assert matrix().allows(role, action, [], data_class) is False
    record_property("decisions of the permission matrix", cells)


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_no_administrator_sees_credit_data(role: Role) -> None:
    line = matrix().roles[role]

    assert line.face == Face.ADMINISTRATION
    assert set(line.may) <= {Scope.PLATFORM}


def test_the_three_administrators_share_no_right() -> None:
    held = [set(chain(*chain(*(c.values() for c in matrix().roles[role].may.values())))) for role in ADMINISTRATORS]

    assert sum(map(len, held)) == len(set().union(*held))


def test_no_role_both_sends_and_releases() -> None:
    for role in Role:
        assert not {Scope.DEPARTMENT} <= (
            matrix().roles[role].scopes(Action.BATCH_SUBMIT) & matrix().roles[role].scopes(Action.BATCH_RELEASE)
        )


def test_auditors_change_nothing() -> None:
    for role in (Role.AUDITOR, Role.AUDIT_ADMIN):
        assert all(action.endswith(":read") for action in Action if matrix().roles[role].scopes(action))


@pytest.mark.parametrize("role", [Role.PUBLIC, Role.ENTERPRISE, Role.PROXY, Role.AGENCY])
def test_whoever_is_no_officer_holds_nothing_of_the_workbench(role: Role) -> None:
    assert {scope for action in Action for scope in matrix().roles[role].scopes(action)} <= {Scope.ENTERPRISE}


@pytest.mark.parametrize("role", [Role.PUBLIC, Role.AGENCY, *STAFF_ROLES])
def test_nobody_but_an_enterprise_acts_for_one(role: Role) -> None:
    assert not any(Scope.ENTERPRISE in matrix().roles[role].scopes(action) for action in Action)


def test_a_proxy_passes_nothing_on_and_may_no_more_than_its_enterprise() -> None:
    held = {role: {a for a in Action if matrix().roles[role].scopes(a)} for role in (Role.ENTERPRISE, Role.PROXY)}

    assert Action.PROXY_KEEP not in held[Role.PROXY]
    assert held[Role.PROXY] < held[Role.ENTERPRISE]


@pytest.mark.parametrize(
    ("role", "grant", "why"),
    [
        ("system_admin", {"region": {"restricted": ["batch:read"]}}, "only administrators work on the platform"),
        ("security_admin", {"platform": {"restricted": ["batch:read"]}}, "cannot be held for platform"),
        ("clerk", {"platform": {"personal": ["account:keep"]}}, "only administrators work on the platform"),
        ("auditor", {"region": {"restricted": ["batch:release"]}}, "auditor only reads"),
        ("clerk", {"department": {"restricted": ["batch:burn"]}}, "batch:burn"),
        ("clerk", {"enterprise": {"restricted": ["file:read"]}}, "enterprises hold rights for themselves"),
        ("proxy", {"department": {"restricted": ["batch:read"]}}, "enterprises hold rights for themselves"),
        ("clerk", {"everywhere": {"restricted": ["batch:read"]}}, "everywhere"),
        ("clerk", {"department": {"private": ["batch:read"]}}, "private"),
    ],
)
def test_a_matrix_that_breaks_a_limit_is_not_read(role: str, grant: dict[str, object], why: str) -> None:
    changed = YAML(typ="safe", pure=True).load(FILE)
    changed["roles"][role]["may"] = grant

    with pytest.raises(ValidationError, match=why):
        Matrix.model_validate(changed)


@pytest.mark.parametrize("missing", ["roles", "actions"])
def test_a_matrix_that_leaves_somebody_out_is_not_read(missing: str) -> None:
    changed = YAML(typ="safe", pure=True).load(FILE)
    changed[missing].popitem()

    with pytest.raises(ValidationError, match="not in the matrix"):
        Matrix.model_validate(changed)


def test_the_handbook_tells_every_role_and_right() -> None:
    lines = (ROOT / "docs" / "roles.md").read_text(encoding="utf-8").splitlines()
    told = {line.split("`")[1]: line for line in lines if line.startswith("| `")}

    assert set(told) == set(Role)
    for role, line in told.items():
        held = {action for action in Action if matrix().roles[Role(role)].scopes(action)}
        assert {action for action in Action if f"`{action}`" in line} == held
        assert matrix().roles[Role(role)].title.zh in line
