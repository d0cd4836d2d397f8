"""Whole tables in and out of the database, on SQLite and PostgreSQL alike.

Bulk work is set-based SQL: a frame is staged in a temporary table (COPY on PostgreSQL, executemany on SQLite), then one
statement each inserts or updates. The statements themselves stand in the package that owns the tables.

Words: staged (a frame in a temporary table of this transaction), frame.
"""
