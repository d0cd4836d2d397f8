"""The ``rongxin`` command: one place, every subcommand with ``--json`` for machines.

Stands above the faces: it parses arguments, calls one query or action, prints.
"""
