"""Runs step tables: cases, clocks in working days, the log that is also the outbox, notices.

One engine for every procedure of ``supervision`` and ``remedies``: a table of steps says from, to, who may, within how many
working days, whom to tell. Nothing is here yet: the release of a batch by a second person is a rule of ``intake``.
"""
