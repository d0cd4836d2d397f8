"""Which rules are, were, or will be remembered as in force.

A process keeps the policies it has read. ``current`` asks the database at most once a second whether a newer version
was released; until then it answers from memory. Decisions store the digest they were made under, so the second does
not matter to any of them.
"""

import threading
import time
from collections.abc import Mapping
from datetime import datetime
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import PurePosixPath

from django.db.models import QuerySet

from rongxin.policy.pack import Policy
from rongxin.rulebook.models import Release

SECONDS_BETWEEN_LOOKS = 1.0
POLICIES_KEPT = 16


class NothingReleased(LookupError):
    """No version was released, or none with this digest, or none before the instant."""


class _Latest:
    """The digest of the newest release, and when this process last looked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._digest: str | None = None
        self._looked_at = float("-inf")

    def digest(self) -> str:
        with self._lock:
            now = time.monotonic()
            if self._digest is None or now - self._looked_at >= SECONDS_BETWEEN_LOOKS:
                self._digest = Release.objects.order_by("-id").values_list("digest", flat=True).first()
                self._looked_at = now
            if self._digest is None:
                raise NothingReleased("no rules have been released; run rongxin policy seed")
            return self._digest

    def forget(self) -> None:
        with self._lock:
            self._digest = None


_latest = _Latest()


def forget() -> None:
    """Forget what this process remembers, so that the next question reaches the database."""
    _latest.forget()
    by_digest.cache_clear()
    examples.cache_clear()


def current() -> Policy:
    """The policy in force; raises NothingReleased for an empty rulebook."""
    return by_digest(_latest.digest())


@lru_cache(maxsize=POLICIES_KEPT)
def by_digest(digest: str) -> Policy:
    """The policy that was released under the digest; raises NothingReleased."""
    content = Release.objects.filter(digest=digest).values_list("content", flat=True).first()
    if content is None:
        raise NothingReleased(f"no rules were released under {digest}")
    return Policy.from_canonical(content)


def in_force_at(instant: datetime) -> Policy:
    """The policy in force at the instant; raises NothingReleased before the first release."""
    digest = Release.objects.filter(released_at__lte=instant).order_by("-id").values_list("digest", flat=True).first()
    if digest is None:
        raise NothingReleased(f"no rules had been released at {instant}")
    return by_digest(digest)


def releases() -> QuerySet[Release]:
    """All releases, the newest first, without their content and files."""
    return Release.objects.order_by("-id").defer("content", "sources")


def sources(digest: str) -> dict[str, str]:
    """The files of a release by name, as they were; raises NothingReleased."""
    found: dict[str, str] | None = (
        Release.objects.filter(digest=digest).order_by("-id").values_list("sources", flat=True).first()
    )
    if found is None:
        raise NothingReleased(f"no rules were released under {digest}")
    return found


@lru_cache(maxsize=POLICIES_KEPT)
def examples(digest: str) -> Mapping[str, str]:
    """The examples of record kinds in a release: the text of each table by kind; raises NothingReleased."""
    found = sources(digest).items()
    return {PurePosixPath(name).stem: text for name, text in found if fnmatch(name, "*/examples/*.csv")}


def whole_digest(beginning: str) -> str:
    """The one released digest that begins so; raises NothingReleased when there is none or more than one."""
    found = sorted(set(Release.objects.filter(digest__startswith=beginning).values_list("digest", flat=True)[:2]))
    if len(found) != 1:
        raise NothingReleased(f"{'several releases begin' if found else 'no release begins'} with {beginning}")
    return found[0]
