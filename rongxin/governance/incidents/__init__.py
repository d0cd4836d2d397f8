"""信息安全事件: leaks, tampering and misuse of credit data: reported by any officer, handled by a credit office, told to the firms.

Source: item 14 of 闽信用〔2019〕7号 (违规泄露、篡改信用信息或者利用信用信息谋私的，依法查处); arts 9–11 of
网络数据安全管理条例: what touches national security or public interest is reported within 24 hours, those concerned are told. The
hours run from the discovery, by day and night; all else is a setting. Architecture, lawful limits: nobody's account or name is kept
as whose fault it was; a transfer to the discipline authorities is kept as the number of its document.

Words: Incident (sort, discovered, report due), Affected (a firm, and why it is one), Search (who was affected, asked of the
ledger), measure (one of the checklist of what was done; kept in the log of the case).
"""
