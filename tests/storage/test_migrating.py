"""What makes migrating quick: models of a moment are never made for a guard."""

from typing import Any

from django.db.migrations.state import ProjectState

from rongxin.storage.guards import Guard


def test_a_guard_asks_for_no_models() -> None:
    done: list[str] = []
    guard = Guard(lambda _: done.append("protected"), lambda _: done.append("released"))
    state = ProjectState()
    editor: Any = None
    guard.state_forwards("records", state)
    guard.database_forwards("records", editor, state, state)
    guard.database_backwards("records", editor, state, state)
    assert done == ["protected", "released"]
    assert "apps" not in vars(state)
