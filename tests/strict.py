"""What every answer must keep: the strict policy for content, and nothing inline that it would refuse."""

import re
from typing import Any, Final

import pytest

POLICY: Final = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}
INLINE: Final = {
    "a script in the page": re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))", re.I),
    "a style in the page": re.compile(r"<style\b", re.I),
    "a style in a tag": re.compile(r"<[^>]*\sstyle=", re.I),
    "code in a tag": re.compile(r"<[^>]*\son[a-z]+=", re.I),
    "code in an address": re.compile(r"(?:href|action|src)=[\"']?\s*javascript:", re.I),
}


def assert_strict(answer: Any) -> None:
    """The answer bears the policy; a page has nothing inline. Fails naming the address and what was found."""
    address = answer.request["PATH_INFO"]
    policy = {part.strip() for part in answer.headers["Content-Security-Policy"].split(";")}
    if policy != POLICY:
        pytest.fail(f"{address}: {policy}", pytrace=False)
    if answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming:
        page = answer.content.decode()
        found = [(address, name, hit[0][:80]) for name, pattern in INLINE.items() if (hit := pattern.search(page))]
        if found:
            pytest.fail(f"inline: {found}", pytrace=False)
