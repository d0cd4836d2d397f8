from tests.remedies.conftest import town  # noqa: F401
