"""Recipients of public data: who keeps a copy, how far each has come, and when what was withdrawn was dropped there.

A recipient takes the feed by its cursor and acknowledges how far it has carried it out. Every acknowledgement is kept with its
instant, so for every act that is displayed no longer it is known who dropped it, when, and who never said so. A call to the
recipient's own address only wakes it; it tells nothing but how far the feed has come.

Words: recipient, page (a part of the feed handed over), acknowledgement, arrival (an end of display that a recipient
acknowledged), lag (from the end to the acknowledgement), address (where a recipient wants to be woken), call, spot check.
"""
