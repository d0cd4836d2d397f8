"""Starting Django for a subcommand that needs the database. Others stay free of it and start faster."""

import os

import django


def start() -> None:
    """Set Django up; calling it again does nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
