"""Small exact things that everything else counts on: codes, days, names, money, masks.

Unified social credit codes (GB 32100-2015), organisation codes (GB 11714), old registration numbers, resident identity
numbers (recognised only to refuse or to mask), working days over a dated calendar, company names, dates and amounts as
Chinese offices write them.

Pure functions and frozen values; `canonical` is JSON that is hashed, `files` and `room` are about writing files. No Django, no
clock: the calendar, the alphabet and the day are arguments.

Words: uscc, organisation code, registration number, workday, make-up day (调休), legal form.
"""
