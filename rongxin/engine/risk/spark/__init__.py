"""The same run on a Spark cluster: the columns of the vocabulary, reckoned by executors, in the results that Polars gives.

Source: item 6 of 闽信用〔2019〕7号; architecture §4 (rules for many rows: same rules, same results, tested equal).

A bucket is one partition and one task: all its files lie by enterprise already, so that nothing is shuffled between executors.
What executors run is columns alone; they need Java, and neither Python nor this program. The driver checks each bucket as the
layout has it and writes it into the folder of results.
"""
