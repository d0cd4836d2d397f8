"""Objections (异议): marked at once, checked, corrected or kept. Item 14 of 闽信用〔2019〕7号. Nothing is here yet."""
