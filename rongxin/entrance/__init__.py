"""The way in: host names, login with two factors, the one session that holds, proving again before a decision, one-time links.

Shared by the workbench and the administration. Until both factors are shown nobody is logged in, so every other page is
closed to whoever has shown one. Legal basis: GB/T 22239-2019 §8.1.4 (two factors, one of them cryptographic).

Words: half-way (the password was right), proof (the second factor, and when), gate (what a page of staff stands behind).
"""
