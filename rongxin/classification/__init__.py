"""Classes of enterprises by risk, with every reason, its source and the day it ends; simulation.

Source: item 6 of 闽信用〔2019〕7号 (graded and classified supervision). Nothing is here yet.
"""
