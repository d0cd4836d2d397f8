"""An enterprise's own window: signing up, claiming a firm, its file, its proxies; several firms under one login.

Whatever is a firm's own is asked for through ``subjects.mandates.queries.demand`` at every request: another's answers 404, as if
there were none. Made for a phone first. Basis: measure 14 of the Fujian document.

Words: login, firm, holder, proxy, claim (see ``subjects.mandates``).
"""
