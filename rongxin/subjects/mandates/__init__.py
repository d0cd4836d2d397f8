"""Which login acts for which enterprise: claims of an enterprise by its unified code, proxies, changes of representative.

A login says nothing about a person. It becomes the holder of an enterprise by a claim: an officer hands a one-time code over at a
service window against the firm's papers, or it goes by letter to the registered address; whoever enters it shows that the firm
stands behind the login, and another officer confirms. A holder invites proxies for some actions up to a day. What has ended or
run out is asked for at every reading, so it stops working with the next request.

Basis: measure 14 of the Fujian document (an enterprise sees what is kept about it, and objects); the terms are local settings.

Words: Mandate (who acts for a subject), holder (a mandate of the role enterprise), proxy, scope, Claim, Way (counter, letter),
ProxyInvitation, office (where claims are handled).
"""
