"""Starting Django for a subcommand that needs the database. Others stay free of it and start faster."""

import os

import django

from rongxin.storage.askers import work_for_platform


def start() -> None:
    """Set Django up for the work of the platform; calling it again does nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    work_for_platform()
