"""Runs procedures that are written as one table each: cases, clocks in working days, the log that is also the outbox.

A table of steps says from which state to which, who may, within how many working days, who must be another person, what
happens, whom to tell. ``actions.take_step`` is the one way a case moves. Pages, permissions, due dates, boards and the
diagram are read from the table. Clauses and terms belong to the procedures (``supervision``, ``remedies``), not here.

Words: Procedure, State, Step, Case, CaseEvent, Clock (running, held), position, lapse, outbox.
"""
