"""Columnar work on whole tables: read, validate, resolve; later features, classes and draws.

Every function takes tables (Polars frames), a day and rules, and returns tables. No database, clock or network inside.
Every rejected row keeps all its reasons; a row about a natural person keeps none of its content.

    reading     file → Sheet          delimited, encodings, workbooks (parsed in a process of its own)
    heads       which column is which field; which kind a file is
    validation  Sheet → Checked       cells, columns, codes, rules, persons, acts
    resolution  Checked → Resolved    with the part of the register that the batch touches
    returning   the workbook that goes back, the copy that is kept
    problems    every finding, in two languages (problem_texts)
    templates   the empty workbook of a kind

Source: item 4 of 闽信用〔2019〕7号 (collection), architecture §2 (no natural persons).

Words: row (as the clerk's table programme numbers it), problem, severity, step of the code ladder.
"""
