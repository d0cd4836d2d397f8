"""Display of list entries: entry, removal and re-entry in any order against a plain model, seen on every day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, pairwise

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rongxin.policy.pack import Policy
from rongxin.records.display import Moment, all_displayed, displayed
from rongxin.records.models import Record
from rongxin.records.queries import Hidden, why_hidden
from rongxin.subjects.models import Subject
from tests.examples import slow
from tests.factories import a_record, a_subject, at, the_rules

pytestmark = pytest.mark.django_db

DEBTOR = "judgment_debtor"
BEGAN = date(2026, 3, 2)
NUMBERS = count(1)


@pytest.fixture
def policy(db: None) -> Policy:
    return the_rules()


@pytest.fixture
def subject(policy: Policy) -> Subject:
    return a_subject()


def entry(subject: Subject, document: str, on: date, **fields: object) -> Record:
    """An entry published on BEGAN, recorded on a day; with ``removed_on`` its removal."""
    return a_record(
        subject,
        kind=DEBTOR,
        severity="general",
        decided_on=BEGAN,
        recorded_at=at(on.isoformat()),
        entry_document_no=document,
        **fields,
    )


def seen(policy: Policy, document: str, day: date) -> bool:
    moment = Moment.of(day)
    one_by_one = displayed(policy, moment).filter(document_number=document).exists()
    assert all_displayed(policy, moment).filter(document_number=document).exists() is one_by_one
    return one_by_one


@dataclass(frozen=True)
class Row:
    """What was sent some days after the row before: a note, and how many days ago the entry was removed (or will be)."""

    later: int
    note: str
    removed: int | None


rows = st.lists(
    st.builds(
        Row,
        later=st.sampled_from([0, 1, 3]),
        note=st.sampled_from(["", "更正"]),
        removed=st.sampled_from([None, None, 0, 2, -2]),
    ),
    min_size=1,
    max_size=5,
)


class Model:
    """One act in plain Python: a row that says nothing new changes nothing, else the last row counts."""

    def __init__(self) -> None:
        self.versions: list[tuple[tuple[str, date | None], date]] = []

    def send(self, note: str, removed_on: date | None, on: date) -> None:
        if all(content != (note, removed_on) for content, _ in self.versions):
            self.versions.append(((note, removed_on), on))

    def shown(self, day: date) -> bool:
        known = [(removed_on, on) for (_, removed_on), on in self.versions if on <= day]
        if not known:
            return False
        first_removed, first_on = known[0]
        over_from_the_start = first_removed is not None and first_removed <= first_on
        removed_on = known[-1][0]
        return not over_from_the_start and (removed_on is None or day < removed_on)


def sent(histories: list[Row]) -> Iterator[tuple[date, str, date | None]]:
    day = BEGAN
    for row in histories:
        day += timedelta(days=row.later)
        yield day, row.note, None if row.removed is None else day - timedelta(days=row.removed)


@settings(max_examples=slow(), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=rows)
def test_display_on_each_day_is_that_of_a_plain_model(policy: Policy, subject: Subject, history: list[Row]) -> None:
    document, model, last = f"（2026）示0001执{next(NUMBERS)}号", Model(), BEGAN
    for last, note, removed_on in sent(history):
        entry(subject, document, last, remark=note, removed_on=removed_on)
        model.send(note, removed_on, last)

    whole = [BEGAN + timedelta(days=number) for number in range(-1, (last - BEGAN).days + 4)]
    turns = [day for before, day in pairwise(whole) if model.shown(before) != model.shown(day)]
    days = sorted({day + timedelta(days=by) for day in (whole[1], *turns, last) for by in (-1, 0, 1)})
    with time_machine.travel(at((days[-1] + timedelta(days=1)).isoformat()), tick=False):
        assert [seen(policy, document, day) for day in days] == [model.shown(day) for day in days]


def test_the_longest_term_ends_display_before_the_list_does(policy: Policy, subject: Subject) -> None:
    entry(subject, "（2026）示0001执甲号", BEGAN)

    with time_machine.travel(at("2027-03-10"), tick=False):
        assert [seen(policy, "（2026）示0001执甲号", date(2027, 3, day)) for day in (2, 3)] == [True, False]


def test_the_end_of_the_list_entry_ends_display_before_the_longest_term(policy: Policy, subject: Subject) -> None:
    a_record(
        subject,
        kind="procurement_violation_list",
        severity="serious",
        decided_on=BEGAN,
        recorded_at=at("2026-03-02"),
        entry_document_no="榕示采〔2026〕甲号",
        penalty_ends_on=date(2026, 9, 1),
    )

    with time_machine.travel(at("2026-09-05"), tick=False):
        assert [seen(policy, "榕示采〔2026〕甲号", date(2026, 9, day)) for day in (1, 2)] == [True, False]


def hidden(record: Record, policy: Policy, on: str) -> Hidden | None:
    with time_machine.travel(at(on), tick=False):
        return why_hidden(record.number, policy, Moment.now())


def test_an_entry_taken_off_its_list_is_said_to_be_and_one_past_its_term_to_have_ended(
    policy: Policy, subject: Subject
) -> None:
    removed = entry(subject, "（2026）示0001执乙号", BEGAN)
    entry(subject, "（2026）示0001执乙号", date(2026, 4, 1), removed_on=date(2026, 4, 1))
    expired = entry(subject, "（2026）示0001执丙号", BEGAN)
    unknown = entry(subject, "（2026）示0001执丁号", date(2026, 4, 1), removed_on=date(2026, 4, 1))

    assert hidden(removed, policy, "2026-04-01") == Hidden.REMOVED
    assert hidden(expired, policy, "2027-03-03") == Hidden.ENDED
    assert hidden(unknown, policy, "2026-04-01") == Hidden.NOT_PUBLIC


def test_an_adverse_entry_without_a_document_number_is_kept_and_withheld(policy: Policy, subject: Subject) -> None:
    record = a_record(
        subject, kind="work_safety_list", severity="serious", decided_on=BEGAN, entry_document_no=None, reason="示例"
    )

    assert (record.display, record.document_number) == ("withheld", "")
    assert not displayed(policy, Moment.now()).exists()


def test_a_good_list_entry_without_a_document_number_is_displayed(policy: Policy, subject: Subject) -> None:
    a_record(subject, kind="trustworthy_list", decided_on=BEGAN, entry_document_no=None, list_type="示例名单")

    assert displayed(policy, Moment.now()).count() == 1
