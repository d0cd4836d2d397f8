"""The hall where firms are claimed serves the enterprise's window, too."""

from tests.subjects.mandates.conftest import hall  # noqa: F401
