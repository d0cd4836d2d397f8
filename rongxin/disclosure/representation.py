"""A displayed record as JSON for programs: the same public content as its page."""

import hashlib
from typing import Any

from rongxin.disclosure.views import RecordView
from rongxin.primitives.canonical import canonical_json
from rongxin.records.withdrawing import Tombstone


def representation(view: RecordView) -> dict[str, Any]:
    """``record`` is what the act says, the same in every language and, until it is corrected or a text in it is cleared,
    on every day; ``public_hash`` is its SHA-256.

    The rest is as of the moment: how long it is displayed, whether it is disputed, what happened. ``credentialStatus``: where its
    signed status stands; null for what nobody else may show, a sole trader's.
    """
    return {
        "record": _record(view),
        "public_hash": public_hash(view),
        "subject": {"name": view.subject_name, "uscc": view.subject_uscc},
        "display": {
            "shown_until": view.term.shown_until.isoformat() if view.term else None,
            "first_repair_on": _day(view.term.first_repair_on) if view.term else None,
            "disputed_on": _day(view.disputed_on),
        },
        "history": [{"at": line.at.isoformat(), "event": line.event} for line in view.history],
        "credentialStatus": view.entry.as_json() if view.entry else None,
    }


def tombstone_representation(number: str, state: str, withdrawn: Tombstone | None) -> dict[str, Any]:
    """What a program is told of an act that is not displayed: for a withdrawn one when, why and by whom, too."""
    told: dict[str, Any] = {"number": number, "state": state}
    if withdrawn is not None:
        told["withdrawn"] = {
            "at": withdrawn.at.isoformat(timespec="seconds"),
            "reason": withdrawn.reason,
            "provider": withdrawn.provider,
        }
    return told


def public_hash(view: RecordView) -> str:
    """SHA-256 of ``record`` as JSON in UTF-8 with sorted keys and no spaces: anyone can compute it from the answer.

    The hash of the whole content is not published: short hidden fields could be guessed from it.
    """
    return hashlib.sha256(canonical_json(_record(view)).encode()).hexdigest()


def _record(view: RecordView) -> dict[str, Any]:
    return {
        "number": view.number,
        "version": view.version,
        "kind": view.kind,
        "title": view.title,
        "party": {"name": view.party_name, "code": view.party_code},
        "authority": view.authority,
        "document_number": view.document_number,
        "decided_on": view.decided_on.isoformat(),
        "polarity": view.polarity.value,
        "severity": view.severity.value,
        "basis": view.basis,
        "fields": {fact.name: fact.value for fact in view.facts if not fact.withheld},
        "withheld_fields": [fact.name for fact in view.facts if fact.withheld],
        "provider": view.provider,
        "recorded_at": view.recorded_at.isoformat(timespec="milliseconds"),
        "policy_digest": view.policy_digest,
    }


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
