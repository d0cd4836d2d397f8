"""People who work with the platform: login, the role they hold and the department they act for.

Officers only; enterprises and the whole matrix of roles and data classes come with the procedures. Closed by default: a role
holds named actions, each within the own department. An account keeps nothing about a person beyond what login needs.

Words: Account, Role, Action.
"""
