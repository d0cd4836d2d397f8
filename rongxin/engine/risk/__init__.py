"""Classes of risk over many enterprises: snapshots of what is known, indicators compiled to columns, reasons.

Source: items 6 of 闽信用〔2019〕7号; architecture §4 (rules for many rows).

Words: snapshot, base, delta, bucket, state (of a record: whether it may count), factor, class, simulation, hits.
"""
