"""People who work with the platform: login, the role they hold and the department they act for.

One file, ``matrix.yaml``, says which role may do what, to which class of data, where. Closed by default. An account keeps
nothing about a person beyond what login needs; what happens to it is kept in a log that only grows. A login is two factors
and one session; what decides asks for the second factor anew.

Words: Account, Role, Action, CodeGenerator, SecurityKey, RecoveryCode, Invitation, AccountEvent.
"""
