"""企业信用风险分类: runs of the engine over all organisations, the one in use, and why an enterprise has its class.

Source: item 6 of 闽信用〔2019〕7号 (graded and classified supervision); architecture §2: every class shows its reasons, and the
enterprise can object before it is used. A class shares out supervision; it is shown to nobody but officers and the enterprise.

    folders     where snapshots and results lie, and which of them may go
    running     a run: the snapshot brought up to date, the engine, a row
    using       启用: proposed by one, approved by another, shown to the enterprises, in use after the days for objecting
    adjusting   分类申诉与调整: an enterprise objects or an office proposes; two people decide, with reason and last day
    reading     the class that holds of an enterprise, and of many
    deciding    the class at the time, kept with every decision about an enterprise
    explaining  why, until when, and what would change it, in the run's own numbers

Words: Run, Use (from when until when a run is the one in use), newest (the last run, whether or not in use), Adjustment.
"""
