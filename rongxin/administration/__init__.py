"""The administrators' pages: accounts and invitations, the log of accounts, background work. No credit data is within reach.

On a host name of their own where the platform has one (``RONGXIN_ADMIN_HOST``). What each of the three administrators may do
stands in the permission matrix; the pages read it there.

Words: account, invitation, event.
"""
