"""Whole tables in and out of the database, on SQLite and PostgreSQL alike.

Bulk work is set-based SQL: a frame is staged in a temporary table (COPY on PostgreSQL, executemany on SQLite), then one
statement each inserts or updates. The statements themselves stand in the package that owns the tables.

On PostgreSQL it also tells who asks with every statement (askers, postgresql), writes the policies that guard rows (rows), and
says what the role that serves is granted and must not be (serving).

For migrations: tables that only grow (growing), steps that ask for no models (guards), many tables at once (tables); and what
``migrate`` refuses (half_way).

Words: staged (a frame in a temporary table of this transaction), frame, asker, guarded (a table with policies).
"""
