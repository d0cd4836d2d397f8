"""自主申报: what an enterprise declares of itself, of its own accord; and the case in which it is asked whether that is false.

Source: item 5 of 闽信用〔2019〕7号 (信用信息自愿注册机制). The national standard of voluntary registration was not read: items
(``declarations.yaml`` of the packs) and terms are settings of the platform. Architecture, lawful limits: a declaration is no
record; it is in no list, count, search, feed or bulk file, asks for no person, costs nothing, and its absence means nothing.

Words: Declaration (a version of one item, stands until a day), evidence (files beside its case), verified (an office looked at it),
Falsehood (a case about one declaration: notice, statement, proposal, decision by a second person).
"""
