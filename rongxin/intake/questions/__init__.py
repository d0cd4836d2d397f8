"""The review queue (待核归属): rows of which a machine cannot say whose they are, or whether they are right as filed.

Every row that a check puts before a person is a Question with its reasons and with ranked, explained candidates; the row itself
waits in its batch's folder. A person names the subject, says that the row is right, or sends it back. While the batch waits for
release the answered row joins it; afterwards it goes into a follow-up batch. Either way a second person releases it: nobody
releases what he or she answered. Every answer can be undone, and is remembered (subjects.judging).
What followed an answer is undone with it, whatever the state of its batch (following).

Nothing is moved when a question is answered: what a release records is read from the questions at that moment, so a killed worker
or server loses and doubles nothing.

Words: Question, candidate, answer, follow-up, undo.
"""
