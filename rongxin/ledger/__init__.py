"""The tamper-evident log of every change and every look at non-public data (``ledger/1``, docs/ledger.md).

Purpose: an enterprise sees that its list of events is complete, an auditor that nothing was removed or rewritten, the public that
everybody is shown the same history. Source: item 14 of 闽信用〔2019〕7号 (security and rights).

``actions`` logs in the caller's transaction; ``sequencing`` gives places; ``signing`` makes checkpoints; ``witnessing``,
``proving``, ``exporting`` and ``verifying`` let others check; ``erasing`` destroys what the law wants destroyed.
"""
