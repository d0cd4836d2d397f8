"""City, province and nation; subscribers and webhooks; every delivery receipted.

Source: item 12 of 闽信用〔2019〕7号. Nothing is here yet.
"""
