"""Batches in: receive a file or form, check it, resolve its companies, release it by a second person, record it.

A form entry is a batch of one through the same functions. The received file lives until its batch is finished; what is kept is
its hash, size, sender and time, and a copy with refused rows, identity and telephone numbers blanked. Nothing shows before
release. Every step can be done again after a killed worker and does nothing twice.

Source: items 4 and 13 of 闽信用〔2019〕7号.

Words: Batch, provider, accepted, rejected, refused person row, duplicate, in review, release, return file.
"""
