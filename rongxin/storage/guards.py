"""Steps of migrations that leave tables and columns as they are: triggers, policies, functions, an index made by hand."""

from collections.abc import Callable

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

Act = Callable[[BaseDatabaseSchemaEditor], None]


class Guard(Operation):
    """``protect`` forwards and ``release`` backwards.

    Unlike ``RunPython`` it asks for no models of that moment; to make those of all tables anew takes longer than all statements.
    """

    reduces_to_sql = False
    reversible = True
    category = OperationCategory.PYTHON

    def __init__(self, protect: Act, release: Act) -> None:
        self.protect = protect
        self.release = release

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """No model changes."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self.protect(schema_editor)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self.release(schema_editor)

    def describe(self) -> str:
        return f"Guard by {self.protect.__qualname__}"
