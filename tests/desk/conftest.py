"""The office of the intake tests serves the workbench, too."""

from tests.intake.conftest import _friday, office, policy  # noqa: F401
