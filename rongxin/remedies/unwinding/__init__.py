"""消除影响: what becomes of everything that rested on a record, or that heard of it, when the record is corrected or falls.

Source: item 14 of 闽信用〔2019〕7号: whoever listed or measured a firm wrongly undoes it and sends the correction to every
recipient. The terms are settings of the platform (``unwinding/…``). Two procedures: 消除影响 is the checklist of one record and
one event; 重新认定 decides anew about one effect that lost a support, by its own authority and two people.

Words: Unwinding, Item (an effect, an office that looked, a document), settled, Redecision, ground, material (a correction that
changes whom, what, how grave, how much or why).
"""
