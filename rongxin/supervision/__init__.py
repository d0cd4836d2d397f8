"""What authorities do: commitments, inspections, lists, measures, interviews, agencies.

One folder each, all of the same six files. Source: items 1, 6–10 and 15 of 闽信用〔2019〕7号. Nothing is here yet but the rooms.
"""
