"""The office of the intake tests and the bureau of the workflow tests serve the workbench, too."""

from tests.intake.conftest import _friday, office, policy  # noqa: F401
from tests.workflow.conftest import bureau, toy_is_known  # noqa: F401
