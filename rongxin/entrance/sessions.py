"""The session of whoever is logged in: one for each account, bound to its browser, over when idle or old."""

import hashlib
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, cast

from django.contrib import auth
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from config.environment import environment
from rongxin.accounts.events import note
from rongxin.accounts.models import Account, EventKind
from rongxin.accounts.second_factor import Means
from rongxin.accounts.sessions import begin_session, end_session

MARKS: Final = "entrance"
BACKEND: Final = "rongxin.entrance.askers.Door"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# A mark in the database at every request would cost a write each; so a session ends up to a minute early, never late.
_SEEN_EVERY: Final = timedelta(minutes=1)


class LiveSessions:
    """Middleware. Whoever's session does not hold any more is nobody from here on; ``request.session_ended`` says why.

    Marks the account ``must_prove`` where something is to be changed and the last proof is too old.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            account = request.user
            why = why_over(request, account)
            if why:
                end(request, why)
                request.session_ended = why  # type: ignore[attr-defined]
            else:
                _seen(request)
                account.must_prove = request.method not in SAFE and not is_proof_fresh(request)
        return self.get_response(request)


def begin(request: HttpRequest, account: Account, means: Means) -> None:
    """Log in whoever showed both factors; an older session of the account is over."""
    auth.login(request, account, backend=BACKEND)
    mark(request, begin_session(account))
    note(account, EventKind.LOGIN, detail=means)


def mark(request: HttpRequest, word: str) -> None:
    """Write into the session when and where it began, and that both factors were shown now."""
    now = _now()
    request.session[MARKS] = {"word": word, "began": now, "seen": now, "proved": now, "agent": _agent(request)}


def prove(request: HttpRequest, means: Means) -> None:
    """The second factor was shown again."""
    account = cast(Account, request.user)
    request.session[MARKS] = {**request.session[MARKS], "proved": _now()}
    account.must_prove = False
    note(account, EventKind.CONFIRMED, detail=means)


def is_proof_fresh(request: HttpRequest) -> bool:
    """Whether the second factor was shown within the time that the platform allows for decisions and downloads."""
    return _since(request.session[MARKS]["proved"]) <= timedelta(minutes=environment.proof_minutes)


def why_over(request: HttpRequest, account: Account) -> str:
    """Why this session does not hold; empty when it does. Without marks of two factors none does."""
    marks = request.session.get(MARKS)
    if marks is None or not account.is_active:
        return "closed"
    if not account.live_session or not secrets.compare_digest(marks["word"], account.live_session):
        return "elsewhere" if account.live_session else "closed"
    if not secrets.compare_digest(marks["agent"], _agent(request)):
        return "other_browser"
    if _since(marks["began"]) > timedelta(hours=environment.session_hours):
        return "age"
    if _since(marks["seen"]) > timedelta(minutes=environment.idle_minutes):
        return "idle"
    return ""


def end(request: HttpRequest, why: str) -> None:
    """This session is over. One that another has replaced is over already and takes nothing with it."""
    account = cast(Account, request.user)
    marks = request.session.get(MARKS)
    if marks is not None and marks["word"] == account.live_session:
        end_session(account, why)
    auth.logout(request)


def _seen(request: HttpRequest) -> None:
    marks = request.session[MARKS]
    if _since(marks["seen"]) < _SEEN_EVERY:
        return
    request.session[MARKS] = {**marks, "seen": _now()}
    # Where nothing can be written, or the session ended meanwhile, the page is shown all the same; it ends the sooner.
    with suppress(DatabaseError, UpdateError):
        request.session.save()
    request.session.modified = False


def _agent(request: HttpRequest) -> str:
    return hashlib.sha256(request.headers.get("User-Agent", "").encode()).hexdigest()


def _now() -> str:
    return timezone.now().isoformat()


def _since(instant: str) -> timedelta:
    return timezone.now() - datetime.fromisoformat(instant)
