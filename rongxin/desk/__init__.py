"""The officers' workbench: log in, send data, see what came of it, release what a colleague sent, enter one record.

Parses a request, calls one query or action, renders. No rule lives here.
"""
