#!/usr/bin/env python
"""Django's own commands, for developers; people use ``rongxin``."""

import os
import sys

from django.core.management import execute_from_command_line

from rongxin.storage.askers import work_for_platform

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    work_for_platform()
    execute_from_command_line(sys.argv)
