import pytest

from rongxin.departments.models import Department
from rongxin.policy.pack import Policy
from rongxin.rulebook import queries as rulebook_queries
from tests.factories import a_department, the_pack, the_rules


@pytest.fixture(scope="session")
def policy() -> Policy:
    return the_pack()[0]


@pytest.fixture
def bureau(db: None) -> Department:
    """An authority on a platform with rules."""
    rulebook_queries.forget()
    the_rules()
    return a_department()
