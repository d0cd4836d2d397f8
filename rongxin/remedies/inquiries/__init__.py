"""企业询问: an enterprise asks why it was looked up or decided about; the department answers, with two people.

Source: item 14 of 闽信用〔2019〕7号 (security and rights of subjects): looks are logged and can be asked about. The term is a
setting of the platform (``inquiries/answer_days``). Words: Inquiry, about (a look, a decision), outcome, answer.
"""
