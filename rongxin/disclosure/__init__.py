"""What may be shown to whom: the public view of a subject and of a record, figures, newest, the rules.

The faces ask here, never the record tables. Only public fields pass; text that may name a person stays withheld until a
person has cleared it. Looking back at a past day never brings back what ended since. The punctuality of a department is
shown beside, and never as a fault of the firm.

Source: item 13 of 闽信用〔2019〕7号 (publicity), 行政处罚法 arts 48, 85.

Words: status list, entry (where the bit of an act stands), edition (one making of the bulk files), view,
withheld, punctuality (on time, late, lawfully withheld, not due), fact, line.
"""
