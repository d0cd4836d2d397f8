"""Links between organisations in snapshots: who holds whom, from records of shareholding, through merges and deltas."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rongxin.engine.risk.layout import HOLDER, LINKS_TABLE, PERCENT, SHAREHOLDING, Snapshot, records_table
from rongxin.policy.pack import Policy
from rongxin.records.models import Effect, Record
from rongxin.records.snapshots import build, changed_subjects, extend
from rongxin.subjects.merging import unmerge
from rongxin.subjects.models import Merge, Subject
from tests.factories import a_code, a_record, a_sole_trader, a_subject, note, the_rules
from tests.records.test_snapshots import WHY, merged, tables

pytestmark = pytest.mark.django_db
Link = tuple[int, int, str, int | None]


@pytest.fixture
def policy() -> Policy:
    return the_rules()


@pytest.fixture
def firms(policy: Policy) -> list[Subject]:
    return some_firms()


def some_firms() -> list[Subject]:
    return [a_subject(f"福州示例{name}有限公司", a_code()) for name in ("甲一", "乙二", "丙三")]


def a_share(held: Subject, holder: Subject, percent: str = "60") -> Record:
    given = {HOLDER: holder.uscc, PERCENT: percent, "holder_name": holder.name, "source": "登记系统"}
    return a_record(held, kind=SHAREHOLDING, **given)  # type: ignore[arg-type]


def links(snapshot: Snapshot) -> set[Link]:
    found = tables(snapshot).get(LINKS_TABLE)
    return set() if found is None else set(found.select("subject", "other", "through", "percent").iter_rows())


def test_a_changed_share_is_one_link_and_holders_are_told_apart(
    policy: Policy, firms: list[Subject], tmp_path: Path
) -> None:
    held, one, other = firms
    a_share(held, one, "60")
    a_share(held, other, "40")
    before = build(tmp_path / "base", policy)
    a_share(held, one, "51.5")
    after = extend(before, policy)
    assert links(before) == both(held, one, 60) | both(held, other, 40)
    assert links(after) == both(held, one, 51) | both(held, other, 40)
    assert set(changed_subjects(before, after)) >= {held.pk, one.pk}


def both(held: Subject, holder: Subject, percent: int = 60) -> set[Link]:
    return {(held.pk, holder.pk, "holder", percent), (holder.pk, held.pk, "holding", percent)}


def test_a_share_is_written_with_both_its_ends(policy: Policy, firms: list[Subject], tmp_path: Path) -> None:
    held, holder, _ = firms
    record = a_share(held, holder, "35.67")
    snapshot = build(tmp_path / "base", policy)
    assert links(snapshot) == both(held, holder, 35)
    assert set(tables(snapshot)[LINKS_TABLE]["record"]) == {record.pk}


def test_shares_that_do_not_count_of_unknown_holders_and_of_sole_traders_are_no_links(
    policy: Policy, firms: list[Subject], tmp_path: Path
) -> None:
    held, holder, _ = firms
    note(a_share(held, holder), Effect.WITHDRAWN)
    a_share(held, Subject(uscc=a_code(), name="未登记"))
    trader = a_sole_trader()
    a_share(held, trader)
    a_share(held, held)
    snapshot = build(tmp_path / "base", policy)
    assert links(snapshot) == set()
    assert trader.uscc not in set(tables(snapshot)[records_table(SHAREHOLDING)][HOLDER])


def test_a_holder_counts_as_the_one_it_was_merged_into(policy: Policy, firms: list[Subject], tmp_path: Path) -> None:
    held, holder, kept = firms
    a_share(held, holder)
    before = build(tmp_path / "base", policy)
    done = merged(kept, holder)
    after = extend(before, policy)
    assert links(after) == both(held, kept)
    assert set(changed_subjects(before, after)) == {held.pk, holder.pk, kept.pk}
    unmerge(done, by="lead-officer", basis=WHY)
    assert links(extend(after, policy)) == both(held, holder)


def test_a_holder_that_is_entered_later_is_linked_then(policy: Policy, firms: list[Subject], tmp_path: Path) -> None:
    code = a_code()
    a_share(firms[0], Subject(uscc=code, name="后登记"))
    before = build(tmp_path / "base", policy)
    assert links(before) == set()
    holder = a_subject("福州示例后登记有限公司", code)
    assert links(extend(before, policy)) == both(firms[0], holder)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(("share", "end", "merge", "unmerge", "extend")), st.integers(0, 99))))
def test_base_and_deltas_link_as_a_new_base_does(
    policy: Policy, tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, int]]
) -> None:
    firms = some_firms()
    folder = tmp_path_factory.mktemp("snapshots")
    snapshot = build(folder / "first", policy)
    steps: dict[str, Callable[[int], object]] = {
        "share": lambda chance: a_share(firms[chance % 3], firms[chance // 3 % 3], str(chance + 1)),
        "end": lambda chance: [note(each, Effect.WITHDRAWN) for each in _shares(firms)[chance % 3 :][:1]],
        "merge": lambda chance: _merge(firms[chance % 3], firms[(chance + 1) % 3]),
        "unmerge": lambda chance: [
            unmerge(each, by="a", basis=WHY) for each in Merge.objects.filter(ended_at=None)[:1]
        ],
    }
    for step, chance in [*history, ("extend", 0)]:
        if step == "extend":
            snapshot = extend(snapshot, policy)
        else:
            steps[step](chance)
    assert links(snapshot) == links(build(folder / "anew", policy))


def _shares(firms: list[Subject]) -> list[Record]:
    return list(Record.objects.filter(kind=SHAREHOLDING, party_code__in=[firm.uscc for firm in firms]).order_by("pk"))


def _merge(kept: Subject, absorbed: Subject) -> None:
    kept.refresh_from_db(), absorbed.refresh_from_db()
    if kept.merged_into_id is None and absorbed.merged_into_id is None:
        merged(kept, absorbed)
