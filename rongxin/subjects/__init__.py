"""Market entities: identifiers and names over time with their sources; search by code, number or name.

A subject is an organisation or a sole trader on the register, never a natural person. Sole traders are found by full code
only, never by name. Search takes any two or more characters of a present or former name.

Source: item 4 of 闽信用〔2019〕7号 (unified codes for every stock record).

Words: Subject, SubjectName, Identifier, homonym, same-as (a duplicate), succession (merger, split).
"""
