"""规则发布: a change of the packs is checked, compared with what is in force, reviewed by a second person, in force on its day.

What architecture calls lawful limits (no person as a subject, no fee, the rank and reading of a clause that reduces rights) is the
shape of the packs and of the tables, not a value in them: a draft against it does not load, and is refused with file and line.

Words: RuleDraft, base (the version it was compared with), effective day, outdated (other rules came into force meanwhile), Setting
(new numbers of the risk classes from a day on).
"""
