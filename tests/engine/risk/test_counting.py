"""For how long records of the packs' kinds count, by severity."""

from datetime import date
from pathlib import Path

import pytest

from rongxin.engine.risk.counting import kind_rule
from rongxin.policy.loader import load_pack
from rongxin.policy.pack import Policy

DAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_pack(Path("policies"), "fujian")


def test_a_penalty_counts_in_its_term_of_display_and_never_without_a_known_severity(policy: Policy) -> None:
    rule = kind_rule(policy, policy.kinds["administrative_penalty"], 6, DAY)
    assert rule.months["general"] == 12
    assert rule.months["minor"] == 6
    assert "unknown" not in rule.months


def test_an_entry_that_no_clause_lets_anybody_show_counts_while_it_is_valid(policy: Policy) -> None:
    rule = kind_rule(policy, policy.kinds["abnormal_operations"], 6, DAY)
    assert rule.ends_with_validity
    assert {months for severity, months in rule.months.items() if severity in ("general", "serious")} <= {None}
    assert rule.months
