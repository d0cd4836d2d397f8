"""The ledger of wrong, doubled and old codes (重错码), with rates per department, and the worklist to mend them.

Every checked batch adds what it found; nothing is removed. A fault is mended by naming the right code, confirmed where the code
is in genuine use although it fails the check, and mended by itself when the corrected row comes in again.

Source: item 4 of 闽信用〔2019〕7号 (conversion of stock records, fewer duplicate and wrong codes).

Words: CodeFault, wrong, doubled, old, mended, confirmed, rate (faulty rows of rows that carry a code).
"""
