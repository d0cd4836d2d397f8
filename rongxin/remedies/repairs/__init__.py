"""信用修复: an act that was put right is displayed, shared and used no longer, by one application to whoever determined it.

Source: item 11 of 闽信用〔2019〕7号; 国办发〔2025〕22号 item 2; 信用修复管理办法. The authority that determined it decides
(谁认定、谁修复), with two people; what it refuses the credit office reviews. Free of charge. The working days are settings
(``repairs/…``). Words: Repair, prospect (whether and from when), defects (told once, all together), commitment, revocation (heard
first).
"""
