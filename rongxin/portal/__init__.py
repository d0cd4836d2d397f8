"""The public site: home, search, a company's page, a record's page, the rules in plain language.

Parses a request, calls one query of ``disclosure``, renders. No login, no person, no grade.
"""
