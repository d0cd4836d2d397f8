"""Around every page of the workbench: who is here, what waits, and lines of batches."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from rongxin.accounts.access import Access, Purpose, purpose_of
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Face
from rongxin.accounts.queries import departments_within_reach
from rongxin.departments.models import Department
from rongxin.desk.pages import BatchLine, Frame
from rongxin.desk.pages import BatchState as Shown
from rongxin.disclosure.clocks import clock_counts, running_clocks
from rongxin.entrance.gate import gate
from rongxin.governance.incidents.queries import to_report as incidents_to_report
from rongxin.intake import queries
from rongxin.intake.models import Batch, BatchState
from rongxin.intake.questions.queries import open_count
from rongxin.jobs.queries import wanting_room
from rongxin.notices.queries import recipients_of, unread
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.queries import counts as case_counts
from rongxin.workflow.registry import procedures

SHOWN: dict[str, Shown] = {
    BatchState.RECEIVED: "working",
    BatchState.MAPPING: "mapping",
    BatchState.CHECKED: "waiting",
    BatchState.RELEASED: "working",
    BatchState.RECORDED: "released",
    BatchState.NOTHING_NEW: "released",
    BatchState.RETURNED: "sent_back",
    BatchState.STOPPED: "stopped",
    BatchState.UNREADABLE: "failed",
}


officer_only = gate(Face.DESK)
"""A page for officers: both factors first, and a role that works here; never kept by a cache."""


def officer_of(request: HttpRequest) -> Account:
    """The officer who is logged in."""
    return cast(Account, request.user)


def access_of(request: HttpRequest, usual: Purpose, case: str = "") -> Access:
    """With which the queries of this request look at what is not public; one for a request. ``case``: of which case or batch."""
    officer = officer_of(request)
    return Access(officer, purpose_of(officer, usual), case)


def show(request: HttpRequest, template: str, page: object, *, status: int = 200) -> HttpResponse:
    """Render a page of the workbench in its frame."""
    officer = officer_of(request)
    return render(request, template, {"page": page, "frame": frame_for(officer)}, status=status)


def frame_for(officer: Account) -> Frame:
    """Who is here and how many batches wait."""
    today = timezone.localdate()
    policy = rulebook.current()
    calendar = policy.calendar
    clocks = clock_counts(running_clocks(policy, today, own_departments(officer)))
    cases = case_counts(officer, today)
    return Frame(
        officer=officer.display_name,
        unit=officer.works_for.name,
        role=officer.held.title,
        today=today,
        is_workday=None if calendar.is_provisional(today) else calendar.is_workday(today),
        may_send=officer.may(Action.BATCH_SUBMIT, officer.works_for),
        may_clear=officer.may(Action.TEXT_CLEAR, officer.works_for),
        may_read_documents=officer.may(Action.DOCUMENT_READ, officer.works_for),
        may_audit=officer.may(Action.LEDGER_READ, officer.works_for),
        may_read_classes=officer.may(Action.CLASS_READ, officer.works_for),
        may_invite=officer.may(Action.DECLARATION_INVITE, officer.works_for),
        may_keep_recipients=officer.may(Action.RECIPIENT_KEEP, officer.works_for),
        to_release=queries.to_release(officer).count(),
        with_returned_rows=queries.with_returned_rows(officer).count(),
        open_questions=open_count(officer),
        overdue=clocks.overdue,
        due_soon=clocks.soon,
        wanting_room=wanting_room() if officer.spans_departments else 0,
        unread_notices=unread(recipients_of(officer), officer).count(),
        has_cases=bool(procedures()),
        cases_to_do=cases.to_do,
        cases_overdue=cases.overdue,
        incidents_to_report=incidents_to_report(officer),
    )


def own_departments(officer: Account) -> tuple[Department, ...]:
    """Whose work the officer sees: the own department's; that of its region for a credit office."""
    return tuple(departments_within_reach(officer, Action.BATCH_READ))


def kind_title(kind: str, policy: Policy) -> Title:
    """The title of a kind; a kind that is no longer in force keeps its bare name."""
    known = policy.kinds.get(kind)
    return known.title if known else Title(zh=kind, en=kind)


def batch_line(batch: Batch, policy: Policy) -> BatchLine:
    """A batch as a line of a list."""
    was_read = batch.checked_at is not None and batch.state != BatchState.UNREADABLE
    return BatchLine(
        url=reverse("desk:batch", args=[batch.number]),
        number=batch.number,
        file_name=batch.file_name,
        kind_title=kind_title(batch.kind, policy),
        provider=batch.provider.short_name,
        sent_by=batch.submitted_by.display_name,
        sent_at=batch.received_at,
        state=SHOWN[batch.state],
        rows=batch.rows if was_read else None,
        accepted=batch.accepted,
        returned=batch.rejected + batch.in_review,
    )
