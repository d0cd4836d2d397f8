"""Tasks from the document, city self-assessment, integrity education.

Source: items 2 and 16–18 of 闽信用〔2019〕7号. Nothing is here yet.
"""
