"""The machine interface: batches in, records out, under ``/api/v1/`` with its description at ``/api/v1/openapi.json``.

Departments' systems speak with a key (``Authorization: Bearer``) for an account of their department; what they send goes the way of
every batch and waits for a second person's release. Public records are read without a key. Parse, call one action or query,
answer: no rule lives here.

Words: key, Idempotency-Key, problem (an answer that refuses), trace.
"""
