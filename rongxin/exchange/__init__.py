"""City, province and nation; recipients of public data: every delivery receipted.

Source: item 12 of 闽信用〔2019〕7号. The recipients are here; the exchange with other platforms is not yet.
"""
