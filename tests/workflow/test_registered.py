"""What every procedure needs of the rules, wherever it is registered: its terms, in working days."""

from collections.abc import Iterable

import pytest

from rongxin.policy.pack import Policy
from rongxin.policy.values import Unit
from rongxin.workflow.registry import procedures
from rongxin.workflow.table import Procedure
from tests.factories import the_pack
from tests.workflow.conftest import rules
from tests.workflow.toy import TOY


def missing(tables: Iterable[Procedure], policy: Policy) -> list[str]:
    keys = [key for t in tables for key in (*(s.within for s in t.states), *(s.extends for s in t.steps)) if key]
    return sorted({key for key in keys if key not in policy.values or policy.values[key].unit != Unit.WORKDAYS})


def test_every_registered_procedure_finds_its_terms_in_the_packs() -> None:
    assert missing(procedures().values(), the_pack()[0]) == []


@pytest.mark.parametrize("where", ["with", "without"])
def test_a_term_that_is_not_in_the_rules_is_found(where: str) -> None:
    policy = rules() if where == "with" else the_pack()[0]
    assert len(missing([TOY], policy)) == (0 if where == "with" else 4)
