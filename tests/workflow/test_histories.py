"""Random histories of the toy: whatever people try on whatever day, the log, the case and the clock agree."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rongxin.workflow.actions import take_step
from rongxin.workflow.barring import NotPossible
from rongxin.workflow.clocks import Clocks
from rongxin.workflow.keeping import keep_clocks
from rongxin.workflow.models import Case, CaseEvent, EventKind
from rongxin.workflow.queries import counts, events_of, possible_steps, to_do
from tests.examples import slow
from tests.factories import at
from tests.workflow.conftest import Bureau, rules
from tests.workflow.toy import TERM, TOY

DAYS = {"procedures/toy_accept": 3, TERM: 10, "procedures/toy_supplement": 5}
OFFICERS = ("clerk", "reviewer", "second", "stranger", "lead_officer")
Deed = tuple[str, str, int, int]
DEEDS = st.lists(
    st.tuples(
        st.sampled_from([*(step.name for step in TOY.steps), "(time)", "(second page)"]),
        st.sampled_from(OFFICERS),
        st.integers(0, 8),
        st.integers(1, 6),
    ),
    max_size=12,
)
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


class UndoneError(Exception):
    """Ends an example, so that the next begins on the same platform."""


def as_an_example(live: Callable[[], None]) -> None:
    with pytest.raises(UndoneError), transaction.atomic():
        live()
        raise UndoneError


@settings(max_examples=slow(), suppress_health_check=QUIET)
@given(deeds=DEEDS)
def test_random_histories(bureau: Bureau, deeds: list[Deed]) -> None:
    as_an_example(lambda: lived(bureau, deeds))


@pytest.mark.soak
@pytest.mark.parametrize("part", range(20))
@settings(max_examples=500, suppress_health_check=QUIET)
@given(deeds=DEEDS)
def test_ten_thousand_random_histories(part: int, bureau: Bureau, deeds: list[Deed]) -> None:
    """In parts: what PostgreSQL takes back within one transaction it reads over and over until that ends."""
    as_an_example(lambda: lived(bureau, deeds))


def lived(bureau: Bureau, deeds: list[Deed]) -> None:
    day = date(2026, 9, 24)
    with time_machine.travel(at(day.isoformat()), tick=False):
        case = bureau.open()
    for step, name, wait, days in deeds:
        day += timedelta(days=wait)
        with time_machine.travel(at(day.isoformat()), tick=False):
            if step == "(time)":
                keep_clocks()
            else:
                tried(case, step, bureau, name, days)
            case.refresh_from_db()
            agree(case)
    with time_machine.travel(at(day.isoformat()), tick=False):
        board_and_page_agree(case, bureau, day)


def tried(case: Case, step: str, bureau: Bureau, name: str, days: int) -> None:
    """Take a step as the page would; what the page offers is possible, and nothing else."""
    officer = getattr(bureau, name)
    offered = {p.step.name for p in possible_steps(case, officer, events_of(case)) if p.barred is None}
    asked = step if step in TOY.by_step else "accept"
    given_ = {"seen": case.moved_at, "reason": "示例", "answers": {"ground": "early", "days": str(days)}}
    try:
        with transaction.atomic():
            take_step(case.number, asked, by=officer, **given_)
        assert asked in offered
    except NotPossible:
        assert asked not in offered or asked == "extend"


def agree(case: Case) -> None:
    events = events_of(case)
    assert [event.number for event in events] == list(range(1, case.position + 1))
    positions = list(CaseEvent.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(positions[0], positions[0] + len(positions)))
    assert case.state == events[-1].target
    assert case.is_open == (case.state not in TOY.final)
    for event in events:
        if event.kind == EventKind.STEP:
            step = TOY.by_step[event.step]
            assert event.source in step.sources
            assert event.target == step.lands(event.source)
            assert (event.by is None) == (not step.who)
    drafters = {event.by_id for event in events if event.step == "draft"}
    assert drafters.isdisjoint(event.by_id for event in events if event.step == "approve")
    assert case.due_on == recounted(events)
    keys = [event.key for event in events if event.key]
    assert len(keys) == len(set(keys))


def board_and_page_agree(case: Case, bureau: Bureau, today: date) -> None:
    events = events_of(case)
    for name in OFFICERS:
        officer = getattr(bureau, name)
        offered = [p for p in possible_steps(case, officer, events) if p.barred is None and p.step.target]
        assert (case in to_do(officer)) == bool(offered), name
    assert counts(bureau.clerk, today).to_do == to_do(bureau.clerk).count()


def recounted(events: list[CaseEvent]) -> date | None:
    """The last day, told from the log alone by walking over the calendar."""
    calendar = rules().calendar
    term, since, stood, extra = "", None, [], 0
    held: tuple[str, date, list[tuple[date, date | None]], int] | None = None
    for event in events:
        moves = event.kind in (EventKind.OPENED, EventKind.STEP)
        if event.step == "extend":
            extra += event.payload["days"]
        if not moves or event.source == event.target:
            continue
        state = TOY.by_state[event.target]
        if state.pauses:
            assert since is not None
            held = (term, since, [*stood, (event.on, None)], extra)
            term, since, stood, extra = state.within, event.on, [], 0
        elif held is not None and held[0] == state.within:
            term, since, pauses, extra = held
            stood = [*pauses[:-1], (pauses[-1][0], event.on)]
            held = None
        elif state.within != term:
            term, since, stood, extra = state.within, event.on, [], 0
    if not term or since is None:
        return None
    day, counted = since, 0
    while counted < DAYS[term] + extra:
        day += timedelta(days=1)
        counted += calendar.is_workday(day) and not any(a < day <= (b or day) for a, b in stood)
    return day


def test_the_oracle_itself_counts(bureau: Bureau) -> None:
    case = bureau.open()
    assert recounted(events_of(case)) == case.due_on == date(2026, 11, 17)
    assert Clocks.from_json(case.clock).running is not None
