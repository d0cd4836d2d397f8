"""What makes migrating quick: models of a moment are made once for the tables of an app, and never for a guard."""

from typing import Any

from django.db import migrations, models
from django.db.migrations.state import ProjectState

from rongxin.storage.guards import Guard
from rongxin.storage.tables import TablesTogether


class Editor:
    """Notes the tables that it is to make, by the models that it is given."""

    connection = type("Connection", (), {"alias": "default", "vendor": "sqlite"})()

    def __init__(self) -> None:
        self.made: list[type[models.Model]] = []

    def create_model(self, model: type[models.Model]) -> None:
        self.made.append(model)


def test_a_guard_asks_for_no_models() -> None:
    done: list[str] = []
    guard = Guard(lambda _: done.append("protected"), lambda _: done.append("released"))
    state, editor = ProjectState(), Editor()
    editor_: Any = editor
    guard.state_forwards("records", state)
    guard.database_forwards("records", editor_, state, state)
    guard.database_backwards("records", editor_, state, state)
    assert done == ["protected", "released"]
    assert "apps" not in vars(state)


def test_tables_are_made_in_turn_of_models_that_are_linked() -> None:
    class Made(TablesTogether):
        operations = [
            migrations.CreateModel("Case", [("id", models.BigAutoField(primary_key=True))]),
            migrations.CreateModel(
                "Step",
                [
                    ("id", models.BigAutoField(primary_key=True)),
                    ("case", models.ForeignKey("workflow.Case", on_delete=models.PROTECT)),
                ],
            ),
        ]

    state, editor = ProjectState(), Editor()
    before = state.apps
    editor_: Any = editor
    after = Made("0001_tables", "workflow").apply(state, editor_)
    case, step = editor.made
    assert (case.__name__, step.__name__) == ("Case", "Step")
    assert step._meta.get_field("case").related_model is case
    assert after.apps.get_model("workflow", "Case") is case
    assert after.apps is not before
