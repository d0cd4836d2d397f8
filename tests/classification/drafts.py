"""Drafts of rules with other numbers of the classes."""

from datetime import date, timedelta

from rongxin.policy.pack import Policy
from rongxin.policy.values import Scalar

PENALTIES = "risk/points/penalties_general"


def a_draft(rules: Policy, key: str = PENALTIES, since: date | None = None, **numbers: Scalar) -> Policy:
    """The rules with ``numbers`` in the value, from the beginning, or in a line of their own that begins ``since``."""
    history = rules.values[key]
    last = history.lines[-1]
    assert isinstance(last.value, dict)
    other = last.model_copy(update={"value": {**last.value, **numbers}})
    lines = (*history.lines[:-1], other)
    if since:
        ends = last.model_copy(update={"last_day": since - timedelta(days=1)})
        lines = (*history.lines[:-1], ends, other.model_copy(update={"first_day": since}))
    values = {**rules.values, key: history.model_copy(update={"lines": lines})}
    return Policy(**{name: getattr(rules, name) for name in Policy.model_fields} | {"values": values})
