"""What a rule is: load packs of YAML, check them strictly, say what is in force on a day, and why.

A pack is a folder under ``policies/``; a pack ``extends`` another (national → fujian → fuzhou). Every value has a
date, a legal basis and a reading: C (clause read in its own text), P (read second-hand), U (unconfirmed). Facts of
reading P or U are local settings and are never shown as law. What an unknown key, a missing basis, overlapping dates
or an uncited document gives is an error with file and line, never a guess.

Pure: no Django, no clock. The released, content-addressed versions are kept by ``rulebook``.
"""
