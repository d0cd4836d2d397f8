"""The tamper-evident log of every change and every look at non-public data.

Specified as ``ledger/1``: pending events in the transaction of the change, a sequencer, signed checkpoints, witnesses, proofs
and lawful erasure. Source: item 14 of 闽信用〔2019〕7号 (security and rights).

Nothing is here yet: record events are kept by ``records`` under a gapless cursor, which is what this log will seal.
"""
