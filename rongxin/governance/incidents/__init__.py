"""信息安全事件: leaks, tampering and misuse of credit data: reported by any officer, handled by a credit office, told to the firms.

Source: item 14 of 闽信用〔2019〕7号 (依法依规查处违规泄露、篡改信用信息或利用信用信息谋私等行为). The number of hours comes from
arts 9–11 of 网络数据安全管理条例 (flaws that touch national security or public interest are reported within 24 hours, those
concerned are told); its day in force was not confirmed, so it is a setting, as all else. The hours run by day and night.
Architecture, lawful limits: nobody's account or name is kept as whose fault it was; a transfer to the authorities is kept
as the number of its document.

Words: Incident (sort, discovered, report due), Affected (a firm, and why it is one), Search (who was affected, asked of the
ledger), measure (one of the checklist of what was done; kept in the log of the case).
"""
