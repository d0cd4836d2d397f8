"""Benchmarks: each a ratio to a peer or to a physical limit, timed in the same run on the same input.

``run(size)`` of each module gives a Benchmark; ``rongxin bench NAME`` prints it. Peers come with requirements/bench.txt.
"""
