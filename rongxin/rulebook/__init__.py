"""Released versions of the policy packs, kept for ever under the digest of their content.

Files in ``policies/`` are a seed and a draft; what is in force is the released version in the database. Two people
release: one asks, another approves. Every decision stores the digest it was made under, so any past day can be
replayed.

Words: release (a version in force from an instant), digest, draft.
"""
