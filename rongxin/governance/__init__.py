"""Releasing rules by two people; tasks from the document, city self-assessment, integrity education are still to come.

Source: items 2 and 16–18 of 闽信用〔2019〕7号.
"""
