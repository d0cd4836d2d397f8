"""Releasing rules. One transaction each; equal content changes nothing."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind, Of, Subject
from rongxin.policy.pack import Policy
from rongxin.rulebook import queries
from rongxin.rulebook.models import SEED, Release

RULEBOOK = Subject(Of.SYSTEM, "rulebook")
"""Whose stream of the ledger every release is in."""


class ReleaseRefused(ValueError):
    """The release breaks a rule of the rulebook; the message says which."""


@transaction.atomic
def seed(policy: Policy, sources: Mapping[str, str]) -> Release:
    """Put the first version into an empty rulebook, or return the first version when there is one."""
    first = Release.objects.filter(seed=True).defer("content", "sources").first()
    if first is not None:
        return first
    return _add(policy, sources, asked_by=SEED, approved_by=SEED, note="", previous=None)


@transaction.atomic
def release(policy: Policy, sources: Mapping[str, str], *, asked_by: str, approved_by: str, note: str) -> Release:
    """Release a version that one person asked for and another approved. Returns the current release when the content
    is equal.

    Raises ReleaseRefused for one person alone, an empty note, or a rulebook without its first version. Two releases
    at the same time cannot both supersede the same version: the database refuses the second (IntegrityError).
    """
    asker, approver = asked_by.strip(), approved_by.strip()
    if not asker or not approver or SEED in (asker, approver):
        raise ReleaseRefused("a release names the person who asked for it and the person who approved it")
    if asker.lower() == approver.lower():
        raise ReleaseRefused("the person who approves a release must be another than the one who asked for it")
    if not note.strip():
        raise ReleaseRefused("a release needs a note that says what changed and why")
    previous = Release.objects.last()
    if previous is None:
        raise ReleaseRefused("the rulebook is empty; seed it first")
    if previous.digest == policy.digest:
        return previous
    return _add(policy, sources, asked_by=asker, approved_by=approver, note=note.strip(), previous=previous)


def _add(
    policy: Policy,
    sources: Mapping[str, str],
    *,
    asked_by: str,
    approved_by: str,
    note: str,
    previous: Release | None,
) -> Release:
    added = Release.objects.create(
        digest=policy.digest,
        pack=policy.name,
        content=policy.canonical_json(),
        sources=dict(sources),
        released_at=_after(previous),
        asked_by=asked_by,
        approved_by=approved_by,
        seed=previous is None,
        note=note,
        supersedes=previous,
    )
    told: dict[str, str | None] = {
        "act": "rules.release",
        "pack": added.pack,
        "digest": added.digest,
        "asked_by": asked_by,
    }
    told |= {"approved_by": approved_by, "supersedes": previous.digest if previous else None}
    log(Kind.ADMIN, RULEBOOK, told)
    queries.forget()
    transaction.on_commit(queries.forget)
    return added


def _after(previous: Release | None) -> datetime:
    """Now, but never before the release that is superseded, so that every instant has one version."""
    now = timezone.now()
    return now if previous is None else max(now, previous.released_at)
