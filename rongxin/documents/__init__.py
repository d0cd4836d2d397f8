"""Official documents as PDF: templates from the rulebook, number series without gaps, fonts that cover rare characters.

A template (``policies/<pack>/documents``) says what must be filled in; whoever carries out a step gives the values and
:func:`.issuing.issue` takes the next number of the authority's series, sets the page and keeps it, in one transaction. What was
issued is never changed: it may be withdrawn, with a reason, and keeps its number.

Source: items 3 and 7 of 闽信用〔2019〕7号 (reports, interview records); GB/T 9704—2012 for the form of the page.

Words: Document, Series (the numbers of one authority, word and year), sheet (what the compiler is given), draft (样稿: no number).
"""
