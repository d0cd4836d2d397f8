"""Canonical JSON: equal content, equal text, and so equal hashes."""

import json
from typing import Any


def canonical_json(content: Any) -> str:
    """JSON with sorted keys and no spaces, characters as they are; ValueError for a number that JSON cannot say."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
