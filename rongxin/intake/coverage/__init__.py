"""Coverage (全量率): what a department says it decided, beside what came, what stands here and what is shown.

The department files its own count of a month and kind (``filing``); the platform sets it beside its own numbers and says
what explains the difference (``reconciliation``); numbers missing in a series of documents show what may never have come
(``series``). Acts that wait for release are the only ones here that nobody recorded yet (``waiting``).

Source: the monthly form of double publicity (双公示数据统计表) for what is counted. The names 全量率 and 合规率 and their
formulas are local settings: no document that defines them was read (U).

Words: produced, own published, unreported with basis, received, recorded, displayed, missing without reason, series, gap.
"""
