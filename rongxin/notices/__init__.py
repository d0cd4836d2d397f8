"""Telling people what happened: messages in the platform with read receipts, e-mail and SMS that say that one waits, and
official delivery (送达) as officers record it.

What is told, of which values, to whom and by which ways stands in the packs (``policies/*/notices``). A consumer of the outbox
of ``workflow`` makes notices, once for each event and recipient, whatever crashes. E-mail and SMS carry no content: only that
something waits, its number, and where to log in. What is proof only grows: notices, receipts, attempts, servings.

Basis: measure 14 (rights of those concerned) of the Fujian document; forms of delivery as the templates of documents name them.

Words: Notice, Recipient, Receipt (who read it, when), Contact (a sealed address), Sending (a notice on its way outside), Attempt,
Channel, Serving (送达), ServingNote.
"""
