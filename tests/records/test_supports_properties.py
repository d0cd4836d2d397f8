"""Any history of losses and repairs: the database, display and a plain computation in Python say the same of every effect."""

from datetime import date

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rongxin.policy.pack import Policy
from rongxin.records.bearing import Necessity
from rongxin.records.display import Moment, all_displayed, displayed
from rongxin.records.models import Effect, Record, RecordEvent
from rongxin.records.supports import Holding, NotNamed, holding
from tests.examples import slow
from tests.factories import a_department, a_subject, at, note, the_rules
from tests.records.test_supports import an_entry, ref, rests

pytestmark = pytest.mark.django_db
MANY = 4
LOSSES = (Effect.WITHDRAWN, Effect.ANNULLED, Effect.ERASED)
EVENTS = (*LOSSES, Effect.REPAIRED, Effect.REPAIR_REVOKED, Effect.DISPUTED, Effect.DISPUTE_ENDED)

links = st.lists(
    st.tuples(st.integers(0, MANY - 1), st.integers(0, MANY - 1), st.sampled_from(Necessity), st.booleans()), max_size=6
)
happenings = st.lists(st.tuples(st.integers(0, MANY - 1), st.sampled_from(EVENTS)), max_size=5)
Link = tuple[int, int, Necessity, bool]


def expected(kept: list[Link], history: list[tuple[int, Effect]]) -> tuple[dict[int, Holding], set[int]]:
    """How each effect stands by its supports, and which acts are off display, step by step as it happened."""
    gone: set[int] = set()
    repaired: set[int] = set()
    suspended: set[int] = set()

    def lost(link: Link) -> bool:
        _, support, _, counts = link
        return support in gone or support in suspended or (counts and support in repaired)

    for act, effect in history:
        if effect in LOSSES:
            gone.add(act)
        elif effect == Effect.REPAIRED:
            repaired.add(act)
        elif effect == Effect.REPAIR_REVOKED:
            repaired.discard(act)
        while True:
            more = {link[0] for link in kept if lost(link)} - suspended - gone - repaired
            if not more or not any(link[1] == act for link in kept):
                break
            suspended |= more
    # What is repaired or gone itself is not suspended for its supports, but bears nothing for those above it either way.
    unheld = {link[0] for link in kept if lost(link)}

    def is_lost(link: Link) -> bool:
        return lost(link) or link[1] in unheld

    states = {}
    for act in range(MANY):
        mine = [link for link in kept if link[0] == act and is_lost(link)]
        if any(link[2] == Necessity.NECESSARY for link in mine):
            states[act] = Holding.ENDED
        else:
            states[act] = Holding.SUSPENDED if mine else Holding.YES
    hidden = gone | repaired | suspended | {act for act, state in states.items() if state != Holding.YES}
    return states, hidden


@settings(max_examples=slow(), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(links=links, history=happenings)
def test_the_database_says_what_plain_computation_says(links: list[Link], history: list[tuple[int, Effect]]) -> None:
    with time_machine.travel(at("2026-11-22")):
        policy, records = the_rules(), four_records()
        kept = [link for link in links if _named(records, link, policy)]
        for act, effect in history:
            note(records[act], effect)
        present = Moment.now()
        states, hidden = expected(kept, history)
        found = holding([ref(each) for each in records], policy, present)
        assert {act: found[ref(records[act])].state for act in range(MANY)} == states
        numbers = [each.number for each in records]
        shown = set(displayed(policy, present).filter(number__in=numbers).values_list("number", flat=True))
        assert shown == {records[act].number for act in range(MANY) if act not in hidden}
        assert shown == set(all_displayed(policy, present).filter(number__in=numbers).values_list("number", flat=True))
        # Whoever reads events learns of each that is off display.
        told = set(
            RecordEvent.objects.filter(record__number__in=numbers, effect__in=(*LOSSES, "repaired", "suspended"))
            .values_list("record__number", flat=True)
            .distinct()
        )
        assert {records[act].number for act in hidden} <= told


def four_records() -> list[Record]:
    firm, office = a_subject(), a_department()
    return [an_entry(firm, department=office, valid_to=date(2027, 11, 9)) for _ in range(MANY)]


def _named(records: list[Record], link: Link, policy: Policy) -> bool:
    effect, support, necessity, counts = link
    try:
        rests(records[effect], records[support], policy, necessity=necessity, ends_when_repaired=counts)
    except NotNamed:
        return False
    return True
