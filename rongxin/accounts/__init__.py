"""People who work with the platform: login, the role they hold and the department they act for.

One file, ``matrix.yaml``, says which role may do which action, to data of which class, where (own department, own region and
below, the platform). Closed by default. Everything else follows from it: checks of actions, what lists show, the page 我的权限,
the tests. An account has one role, so administrators exclude each other; an account keeps nothing about a person beyond what
login needs. What happens to it is kept in a log that only grows. A login is two factors and one session; what decides asks for the
second factor anew.

Basis: trust by least privilege (GB/T 22239-2019 8.1.4, three administrators), measure 14 of the Fujian document.

Words: Account, Role, Action, Scope, DataClass, Face (the part of the site a role works in), CodeGenerator, SecurityKey,
RecoveryCode, Invitation, AccountEvent.
"""
