"""What enterprises may do against a record: object to it, have it repaired.

Source: items 11 and 14 of 闽信用〔2019〕7号. Nothing is here yet but the rooms.
"""
