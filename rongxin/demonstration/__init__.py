"""Made-up enterprises, departments and acts, for trying the platform out and for measuring it at any size.

Nobody in here is real: every name holds 示例, every code lies in division 990000, every document number bears a mark
with 示. What is made follows from a seed and a number alone, so the thousandth enterprise is the same whether a
thousand or ten million are asked for, and an act needs no table of enterprises to name one.

``loading`` brings them onto a platform whose operator says that it is one for demonstration (RONGXIN_DEMO), through the
same doors as real data. ``clock`` is the only place where the time is made up.

Words: seed, stream (an independent sequence of chances), index (the number of a thing), trade, template, famous.
"""
