"""Reminder and warning interviews, rectification. Item 7 of 闽信用〔2019〕7号. Nothing is here yet."""
