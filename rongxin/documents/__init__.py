"""Official documents and reports as PDF: templates, number series, fonts, signing.

Source: items 3 and 7 of 闽信用〔2019〕7号 (reports, interview records). Nothing is here yet.
"""
