"""What each page of the workbench shows. Every template takes ``page`` (one of these) and, once logged in, ``frame``.

An empty address means that this officer may not do it now; the template then says why or leaves the button out.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.core.paginator import Page
from django.forms import BaseForm

from rongxin.policy.words import Title
from rongxin.ui.cases import TimeLeft
from rongxin.ui.parts import Choice, Figure

BatchState = Literal["working", "mapping", "waiting", "released", "sent_back", "stopped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Around every page: who works here today. ``to_release`` and ``with_returned_rows`` count batches, for the menu;
    ``overdue`` and ``due_soon`` acts that wait for release.

    ``is_workday`` None: no calendar for this year. ``may_send``: this officer may send files and enter records,
    ``may_clear``: decide what is shown of texts that may name persons, ``may_read_documents``: see the department's official
    documents, ``may_audit``: read the ledger, ``may_keep_recipients``: register recipients, ``may_read_classes``: see
    how enterprises are classified, ``may_invite``: invite enterprises to declare.
    ``wanting_room``: background work that waits until the platform has room again; told to who
    looks after several departments. ``has_cases``: this platform runs procedures; ``cases_to_do`` wait for this officer,
    ``cases_overdue`` are late in the department. ``unread_notices``: messages that this officer has not opened.
    ``incidents_to_report``: incidents whose hours for the report run, for who handles them.
    """

    officer: str
    unit: str
    role: Title
    today: date
    is_workday: bool | None
    may_send: bool
    may_clear: bool = False
    may_read_documents: bool = False
    may_audit: bool = False
    may_keep_recipients: bool = False
    may_read_classes: bool = False
    may_invite: bool = False
    to_release: int = 0
    with_returned_rows: int = 0
    open_questions: int = 0
    overdue: int = 0
    due_soon: int = 0
    wanting_room: int = 0
    unread_notices: int = 0
    has_cases: bool = False
    cases_to_do: int = 0
    cases_overdue: int = 0
    incidents_to_report: int = 0

    @property
    def urgent(self) -> int:
        """Acts that wait for release and are overdue or reminded of."""
        return self.overdue + self.due_soon


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """A batch in a list. ``rows`` None until the file was read."""

    url: str
    number: str
    file_name: str
    kind_title: Title
    provider: str
    sent_by: str
    sent_at: datetime
    state: BatchState
    rows: int | None = None
    accepted: int = 0
    returned: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case in a list. ``task``: what this officer can do about it now."""

    url: str
    number: str
    kind_title: Title
    title: str
    owner: str
    state_title: Title
    task: str
    time_left: TimeLeft
    is_escalated: bool


# ── home, upload, list ───────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """``desk/home.html``. ``cases``: the most urgent ones that wait for this officer. ``to_release``: sent by colleagues, for
    this officer to look at and release or send back.

    ``with_returned_rows``: batches of the unit whose returned rows were not sent again yet; ``mine``: own latest ones.
    ``files``: this officer sends files or did, so what became of them is told.
    """

    files: bool
    figures: tuple[Figure, ...]
    cases: tuple[CaseLine, ...]
    to_release: tuple[BatchLine, ...]
    with_returned_rows: tuple[BatchLine, ...]
    mine: tuple[BatchLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindChoice:
    """A kind that may be sent: its template file, its explanation, the page to enter one record, its example if any.

    ``is_own``: sending it is a duty of the officer's department.
    """

    value: str
    title: Title
    template_url: str
    rules_url: str
    form_url: str
    example_url: str = ""
    is_chosen: bool = False
    is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPage:
    """``desk/upload.html``: posts ``kind``, ``provider`` and ``file`` to its own address.

    The answer is a redirect to the batch, or this page again with ``error`` (status 422, also for the script that shows
    progress). ``limit_bytes`` is checked by the script before anything is sent. ``continues``: the batch whose returned rows
    are sent again; posted as ``continues``.
    """

    kinds: tuple[KindChoice, ...]
    providers: tuple[Choice, ...]
    limit_rows: int
    limit_bytes: int
    recent: tuple[BatchLine, ...]
    error: str = ""
    continues: BatchLine | None = None

    @property
    def limit_mb(self) -> int:
        """The limit as people say it."""
        return self.limit_bytes // (1024 * 1024)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchesPage:
    """``desk/batches.html``: filtered by the query ``q``, ``kind``, ``state``, ``page``. ``spans_departments``: of several."""

    batches: Page[BatchLine]
    spans_departments: bool
    q: str
    kinds: tuple[Choice, ...]
    states: tuple[Choice, ...]

    @property
    def is_filtered(self) -> bool:
        """Something was asked for, so an empty list does not mean that there is nothing."""
        return bool(self.q) or any(choice.is_chosen and choice.value for choice in (*self.kinds, *self.states))


# ── one batch ────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class BatchProgress:
    """``desk/_batch_progress.html``, asked each second as ``progress`` until ``is_over``.

    ``phase``: what is done just now. ``rows_total`` and ``seconds_left`` None: not known yet. ``wants_room``: the work waits
    until the platform has room again.
    """

    url: str
    batch_url: str
    phase: str
    rows_done: int = 0
    rows_total: int | None = None
    seconds_left: int | None = None
    is_over: bool = False
    wants_room: bool = False

    @property
    def minutes_left(self) -> int:
        """Time left in whole minutes, rounded up."""
        return -(-(self.seconds_left or 0) // 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Where the rows of the file went; the parts add up to ``rows``.

    ``accepted`` = ``accepted_public`` + ``accepted_withheld``; ``refused_persons`` are rows about natural persons, not
    kept; ``unresolved`` wait for a judgement which subject they mean; ``known`` say what a record already says.
    ``warned`` is part of ``accepted``; ``followed`` were told after the release and went into batches of their own.
    """

    rows: int
    accepted_public: int = 0
    accepted_withheld: int = 0
    returned: int = 0
    refused_persons: int = 0
    unresolved: int = 0
    known: int = 0
    warned: int = 0
    followed: int = 0
    questions_url: str = ""

    @property
    def accepted(self) -> int:
        """Rows that become records."""
        return self.accepted_public + self.accepted_withheld

    @property
    def comes_back(self) -> int:
        """Rows that the clerk hears of again: returned, refused, or waiting for a judgement."""
        return self.returned + self.refused_persons + self.unresolved


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemColumn:
    """A column and how many returned rows it caused."""

    title: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedRow:
    """One reason why a row came back. ``place``: the row as a clerk finds it in the file; ``first_place``: in the first file,
    where this one corrects it. ``withheld``: the value looks personal, is not echoed, so ``value`` is empty."""

    row: int
    place: str
    column: str
    value: str
    reason: str
    suggestion: str = ""
    withheld: bool = False
    first_place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """An accepted row as the releasing officer sees it."""

    row: int
    subject_name: str
    uscc: str
    document_number: str
    decided_on: date | None
    is_public: bool = True
    attributed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundLine:
    """One time that rows of the first file were sent. ``is_this``: the batch of the page."""

    number: str
    url: str
    round: int
    file_name: str
    sent_by: str
    sent_at: datetime
    rows: int
    accepted: int
    known: int
    returned: int
    state: BatchState
    is_this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """``rows`` of the first file = ``received`` + ``persons`` + ``left``. ``return_file_url``: the latest return workbook."""

    first_number: str
    rows: int
    received: int
    persons: int
    left: int
    rounds: tuple[RoundLine, ...]
    return_file_url: str
    resend_url: str

    @property
    def is_told(self) -> bool:
        """Whether there was more than one round."""
        return len(self.rounds) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFile:
    """``desk/_batch_file.html``: what was sent, and what came of it. While ``progress`` is given the rest is not known.

    ``failure`` is what went wrong in words, and what was kept. ``columns_url``: where a person tells the columns that the batch
    waits for. ``layout``: the earlier layout that was converted, and how.
    """

    batch: BatchLine
    size: int
    encoding: str
    hash: str
    progress: BatchProgress | None = None
    tally: Tally | None = None
    seconds: float | None = None
    failure: str = ""
    layout: str = ""
    layout_converted: str = ""
    columns_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPreview:
    """``desk/_batch_preview.html``: the first rows that a release records."""

    rows: tuple[PreviewRow, ...]
    tally: Tally
    sent_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReturned:
    """``desk/_batch_returned.html``: the rows that came back, why, and what the others were warned of."""

    columns: tuple[ProblemColumn, ...]
    rows: tuple[ReturnedRow, ...]
    comes_back: int
    all_url: str
    file_url: str
    resend_url: str
    warned: int
    warnings: tuple[str, ...]

    @property
    def most_problems(self) -> int:
        """The longest bar of the columns."""
        return max((column.rows for column in self.columns), default=1)


# ── one record by hand ───────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFormPage:
    """``desk/record_form.html``: choose a kind (``?kind=``), then fill ``form``; a record entered is a batch of one."""

    kinds: tuple[Choice, ...]
    provider: str
    form: BaseForm | None = None
    kind_title: Title | None = None
    rules_url: str = ""
