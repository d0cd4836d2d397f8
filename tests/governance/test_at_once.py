"""Two people, or two processes, at the same incident at the same instant; and a process that is killed at it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from rongxin.documents.models import Document
from rongxin.governance.incidents.actions import NotKept, name_firms, search, search_again, take_out
from rongxin.governance.incidents.jobs import search_ledger, tell_affected
from rongxin.governance.incidents.logged import SECURITY
from rongxin.governance.incidents.models import Affected, Incident, Search
from rongxin.governance.incidents.queries import alike, searches_of
from rongxin.jobs.models import Run, RunQuerySet, State
from rongxin.ledger import logs
from rongxin.ledger.actions import Event, Sealing, log_many
from rongxin.ledger.bundles import Opening
from rongxin.ledger.entries import Kind, Of, Subject
from rongxin.ledger.erasing import erase, erase_subject
from rongxin.ledger.models import Entry
from rongxin.ledger.reading import books_of
from rongxin.ledger.reading import said as said_in
from rongxin.ledger.sequencing import sequence_all
from rongxin.notices.models import Notice
from rongxin.records.telling import digest_of
from rongxin.workflow.actions import Stale, take_step
from rongxin.workflow.barring import NotPossible
from rongxin.workflow.models import Case
from tests.factories import a_subject, at
from tests.governance.offices import Offices, open_offices, state
from tests.jobs.processes import ROOT
from tests.ledger.conftest import published  # noqa: F401
from tests.workflow.conftest import in_force, rules
from tests.workflow.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)

FOUND = at("2026-11-27", "22:40")
DAY = (at("2026-11-27", "00:00"), at("2026-11-28", "00:00"))


@pytest.fixture
def offices() -> Iterator[Offices]:
    with time_machine.travel(at("2026-11-27", "23:00"), tick=True):
        in_force(rules())
        yield open_offices()


def looks(*codes: str, by: str = "tax-0007", sealing: Sealing | None = None) -> None:
    said = {"act": "read", "by": by, "department": "tax", "role": "clerk", "purpose": "supervision", "case": ""}
    with transaction.atomic():
        log_many(Kind.ACCESS, [Event(Subject(Of.FIRM, code), said, sealing) for code in codes])


def firms(number: int) -> list[str]:
    return [a_subject(f"福州示例第{each}有限公司").uscc for each in range(number)]


def security(act: str) -> list[dict[str, Any]]:
    """What the ledger was told; a search sequences what waits, so it is read from the log."""
    sequence_all()
    opened = [said for book in books_of([SECURITY]) for said in said_in(book, book.heads.events).values()]
    payloads = [json.loads(said.payload) for said in opened if isinstance(said, Opening)]
    return [payload for payload in payloads if payload["act"] == f"incident.{act}"]


def asked(incident: Incident, offices: Offices, by: str = "tax-0007") -> Search:
    return search(incident, offices.first, username=by, since=DAY[0], until=DAY[1])


def searching() -> RunQuerySet:
    return Run.objects.live().filter(job=search_ledger.name)


def refusals(outcomes: list[object]) -> list[type]:
    return [type(each) for each in outcomes if isinstance(each, Exception)]


# ── registering and reporting ────────────────────────────────────────────────────────────────────────────────────────
def test_two_officers_who_found_the_same_have_an_incident_each(offices: Offices) -> None:
    outcomes = at_once(
        lambda: offices.register(FOUND),
        lambda: offices.register(FOUND, by=offices.second, description="成批查看记录。"),
    )

    assert not refusals(outcomes), outcomes
    assert sorted(Case.objects.values_list("number", flat=True)) == ["事件-2026-0001", "事件-2026-0002"]
    assert sorted(each["by"] for each in security("registered")) == ["clerk", "second"]
    one, other = Incident.objects.order_by("case__number")
    assert (alike(one, offices.first), alike(other, offices.first)) == ([other], [one])
    offices.take(other, "doubt", reason=f"与{one.case.number}重复")
    offices.take(other, "dismiss", by=offices.city_officer, reason="重复登记")
    assert not alike(one, offices.first)


def test_a_report_that_is_sent_twice_is_one_incident(offices: Offices) -> None:
    outcomes = at_once(*[lambda: offices.register(FOUND)] * 3)

    assert not refusals(outcomes), outcomes
    assert Incident.objects.count() == Case.objects.count() == len(security("registered")) == 1


def test_of_two_reports_at_the_same_instant_one_is_made(offices: Offices) -> None:
    incident = offices.register(FOUND)
    offices.take(incident, "assess_grave", grade="grave")
    seen = Case.objects.get().position

    def reports(by: object) -> object:
        answers = {"to": "cyberspace"}
        return take_step(incident.case.number, "report", by=by, seen=seen, answers=answers)  # type: ignore[arg-type]

    outcomes = at_once(lambda: reports(offices.first), lambda: reports(offices.second))

    assert refusals(outcomes) == [Stale]
    (document,) = Document.objects.all()
    assert [(each["document"], each["late"]) for each in security("reported")] == [(document.number, False)]


# ── picking firms ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_two_officers_and_a_search_pick_at_once_stands_once(offices: Offices) -> None:
    incident, codes = offices.register(FOUND), firms(30)
    looks(*codes[10:])
    sequence_all()
    first = asked(incident, offices)

    outcomes = at_once(
        lambda: name_firms(incident, codes[:20], offices.first),
        lambda: name_firms(incident, codes[5:25], offices.second),
        lambda: search_ledger.call_now(first.pk),
    )

    assert not refusals(outcomes), outcomes
    assert sorted(Affected.objects.values_list("uscc", flat=True)) == sorted(codes)
    picked = security("picked")
    assert sum(each["count"] for each in picked) == 30
    assert Search.objects.get().found == 20


def test_a_firm_taken_out_while_firms_are_told_is_told_or_gone(offices: Offices) -> None:
    incident, codes = offices.register(FOUND), firms(4)
    name_firms(incident, codes, offices.first)
    offices.take(incident, "assess", grade="minor")

    outcomes = at_once(
        lambda: take_out(incident, codes[0], offices.second),
        lambda: offices.take(incident, "tell", reason="有账号违规查看了未公示的记录。"),
    )
    tell_affected.call_now(incident.case.number)

    assert set(refusals(outcomes)) <= {NotKept}
    left = set(Affected.objects.values_list("uscc", flat=True))
    assert left == set(Notice.objects.filter(name="incident_told").values_list("uscc", flat=True))
    assert (codes[0] in left) == (refusals(outcomes) == [NotKept])
    assert len(security("dropped")) == 4 - len(left)


def test_two_processes_that_tell_tell_each_firm_once(offices: Offices) -> None:
    incident, codes = offices.register(FOUND), firms(7)
    name_firms(incident, codes, offices.first)
    offices.take(incident, "assess", grade="minor")
    offices.take(incident, "tell", reason="有账号违规查看了未公示的记录。")

    outcomes = at_once(*[lambda: tell_affected.call_now(incident.case.number)] * 2)

    assert not refusals(outcomes), outcomes
    assert sum(each for each in outcomes if isinstance(each, int)) == 7
    assert Notice.objects.filter(name="incident_told").count() == 7
    assert [each["firms"] for each in security("told")] == [digest_of(codes)]
    assert state(incident) == "told"


# ── searching ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_search_begun_twice_is_one(offices: Offices) -> None:
    incident = offices.register(FOUND)

    outcomes = at_once(lambda: asked(incident, offices), lambda: asked(incident, offices))
    asked(incident, offices, by="tax-0008")

    assert not refusals(outcomes), outcomes
    assert Search.objects.count() == len(searching()) == len(security("searched")) == 2


def test_two_processes_answer_a_search_once(offices: Offices) -> None:
    incident, codes = offices.register(FOUND), firms(5)
    looks(*codes)
    one = asked(incident, offices)

    outcomes = at_once(*[lambda: search_ledger.call_now(one.pk)] * 2)

    assert outcomes == [5, 5]
    assert Affected.objects.count() == 5
    assert [each["count"] for each in security("found")] == [5]


KILLED = """
import os, signal, sys
from rongxin.cli.django import start
start()
from rongxin.governance.incidents import searching
whole = searching.keep_affected
def killed(*given):
    whole(*given)
    os.kill(os.getpid(), signal.SIGKILL)
searching.keep_affected = killed
from rongxin.governance.incidents.jobs import search_ledger
search_ledger.call_now(int(sys.argv[1]))
"""


def test_a_process_killed_in_the_middle_of_a_search_has_done_nothing(
    offices: Offices, process_environment: dict[str, str]
) -> None:
    incident, codes = offices.register(FOUND), firms(5)
    looks(*codes)
    one = asked(incident, offices)
    connection.close()

    command = [sys.executable, "-c", KILLED, str(one.pk)]
    killed = subprocess.run(command, check=False, env=process_environment, cwd=ROOT, capture_output=True, text=True)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (Affected.objects.count(), Search.objects.get().found) == (0, None)
    assert not security("found")
    assert search_ledger.call_now(one.pk) == 5
    assert sorted(Affected.objects.values_list("uscc", flat=True)) == sorted(codes)


def test_nobody_is_told_while_a_search_is_under_way_and_one_that_failed_is_begun_again(offices: Offices) -> None:
    incident, codes = offices.register(FOUND), firms(2)
    looks(codes[1])
    name_firms(incident, codes[:1], offices.first)
    offices.take(incident, "assess", grade="minor")
    one = asked(incident, offices)
    for step in ("tell", "tell_nobody"):
        with pytest.raises(NotPossible) as refused:
            offices.take(incident, step)
        assert "正在从账本查找" in refused.value.barred.words.zh

    over: dict[str, object] = {"state": State.FAILED, "finished_at": timezone.now()}
    searching().update(**over)
    (line,) = searches_of(incident)
    assert (line.is_over, line.has_failed) == (False, True)
    search_again(incident, one.pk, offices.second)
    assert len(searching()) == 1
    search_ledger.call_now(one.pk)
    searching().update(state=State.SUCCEEDED, finished_at=timezone.now())
    with pytest.raises(Search.DoesNotExist):
        search_again(incident, one.pk, offices.second)
    offices.take(incident, "tell", reason="有账号违规查看了未公示的记录。")
    tell_affected.call_now(incident.case.number)
    assert Notice.objects.filter(name="incident_told").count() == 2


# ── what nobody can read ─────────────────────────────────────────────────────────────────────────────────────────────
def test_looks_that_are_sealed_or_erased_are_counted_and_never_opened(offices: Offices) -> None:
    incident, codes = offices.register(FOUND), firms(6)
    until = (timezone.localdate() + timedelta(days=20)).isoformat()
    order = Sealing(until=datetime.fromisoformat(until).date(), order="榕示查〔2026〕1号", by="zhang", approved_by="li")
    looks(codes[0], sealing=order)
    looks(*codes[1:])
    looks(codes[2])
    sequence_all()
    log, two = logs.current(), {"by": "zhang", "approved_by": "li", "basis": "示例"}
    kinds = Entry.objects.filter(log=log).order_by("index").values_list("index", "entry")
    last = [index for index, entry in kinds if bytes(entry)[4] == Kind.ACCESS][-1]
    erase(log, last, Subject(Of.FIRM, codes[2]), **two)
    erase_subject(log, Subject(Of.FIRM, codes[3]), **two)
    one = asked(incident, offices)

    assert search_ledger.call_now(one.pk) == 4

    found = dict(Affected.objects.values_list("uscc", "looks"))
    assert found == {codes[1]: 1, codes[2]: 1, codes[4]: 1, codes[5]: 1}
    one.refresh_from_db()
    assert (one.unknown, one.hidden) == (0, 3)
    with time_machine.travel(at("2026-12-18"), tick=True):  # the order is over
        again = search(incident, offices.first, username="tax-0007", since=DAY[0], until=DAY[1])
        assert search_ledger.call_now(again.pk) == 5
