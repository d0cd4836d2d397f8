"""异议: an enterprise says that a record is wrong, not its own, over, wrongly listed, or missing; the provider looks and answers.

The record is marked as disputed everywhere it is shown from the moment it is filed, and no new measure may rest on it while it is.
Two people of the provider answer; another office reviews. Source: item 14 of 闽信用〔2019〕7号. The terms are settings of the
platform (``objections/…``): Fujian's are unknown. Words: Objection, ground, outcome, statement (beside the record where it stays
undecided).
"""
