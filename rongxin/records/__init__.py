"""The record table and its events; what is displayed on a day, computed when read.

A record is one fact about one subject, by one authority, in one document, from one batch and row. The table only grows: a
changed act is a new version, an end of display is an event or a date. The same act sent twice is a sighting.

Source: items 4 and 13 of 闽信用〔2019〕7号 (records, publicity).

Words: Record, version, Sighting, RecordEvent, cursor, display (public or withheld), act_key.
"""
