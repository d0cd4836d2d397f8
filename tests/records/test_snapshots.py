"""Snapshots for the engine: what stands in them, that nothing is missing, and that a delta says what a new base would."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import polars as pl
import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from rongxin.engine.risk.layout import LINKS_TABLE, MANIFEST, SUBJECTS_TABLE, Snapshot, State, records_table
from rongxin.policy.pack import Policy
from rongxin.primitives.room import is_no_room
from rongxin.records import actions
from rongxin.records.models import Effect, Record, Resolution, Sighting
from rongxin.records.snapshots import Incomplete, RulesChanged, build, building, changed_subjects, extend, extending
from rongxin.records.snapshots.links import current
from rongxin.records.splitting import MovedOn, Portion, rejoin, split
from rongxin.subjects.merging import Doubt, NotMergeable, merge, unmerge
from rongxin.subjects.models import Merge, Split, Subject
from rongxin.subjects.splitting import NotSplittable
from tests.disks import small_disk
from tests.factories import LICENCE, PENALTY, a_code, a_record, a_sole_trader, a_subject, note, the_rules
from tests.records.test_supports import an_entry, rests

pytestmark = pytest.mark.django_db
WHY = "登记机关函（示例）"
LIST = "wage_arrears_list"
CATEGORY = "警告、通报批评；罚款、没收违法所得、没收非法财物"


@pytest.fixture
def policy() -> Policy:
    return the_rules()


@pytest.fixture
def taken(tmp_path: Path, policy: Policy) -> Callable[[], Snapshot]:
    """Takes a new base of everything."""
    numbers = iter(range(99))
    return lambda: build(tmp_path / f"base-{next(numbers)}", policy)


def tables(snapshot: Snapshot) -> dict[str, pl.DataFrame]:
    """Every table of a snapshot whole, in the order of its files."""
    names = [SUBJECTS_TABLE, LINKS_TABLE, *(records_table(kind) for kind in snapshot.last.kinds)]
    found = {name: rows.collect() for name in names if (rows := current(snapshot, name)) is not None}
    return {name: rows.sort(rows.columns) for name, rows in found.items() if not rows.is_empty()}


def records(snapshot: Snapshot, kind: str = PENALTY) -> pl.DataFrame:
    return tables(snapshot).get(records_table(kind), pl.DataFrame(schema={"record": pl.Int64, "state": pl.UInt8}))


def states(snapshot: Snapshot, kind: str = PENALTY) -> dict[int, State]:
    return {record: State(state) for record, state in records(snapshot, kind).select("record", "state").iter_rows()}


def bearers(snapshot: Snapshot, kind: str = PENALTY) -> dict[int, int]:
    return dict(records(snapshot, kind).select("record", "subject").iter_rows())


def merged(kept: Subject, absorbed: Subject) -> Merge:
    return merge(kept, absorbed, by="lead-officer", basis=WHY, answers=dict.fromkeys(Doubt, "已核对"))


def now_split(origin: Subject, other: Subject, *chosen: Record) -> Split:
    portion = Portion(numbers=tuple(record.number for record in chosen), names=(), identifiers=())
    return split(origin, other, portion, by="lead-officer", provider="lead", basis=WHY)


def take_off(record: Record) -> None:
    seen = Sighting.objects.filter(record=record).latest("pk")
    actions.unresolve(seen.batch, seen.row, by="clerk", basis="归属有误")


# ── what stands in a base ────────────────────────────────────────────────────────────────────────────────────────────
def test_a_subject_and_its_records_stand_with_the_columns_of_their_kind(taken: Callable[[], Snapshot]) -> None:
    firm = a_subject(
        established_on=date(2015, 3, 1), region="350102", status="存续", legal_form="有限责任公司", industry="5227"
    )
    penalty = a_record(firm, penalty_category=CATEGORY, fine_amount_10k=1_234_500)
    snapshot = taken()
    subjects = tables(snapshot)[SUBJECTS_TABLE]
    assert subjects.row(0, named=True) == {
        "subject": firm.pk,
        "uscc": firm.uscc,
        "category": "enterprise",
        "status": "active",
        "legal_form": "有限责任公司",
        "region": "350102",
        "industry": "5227",
        "scale": None,
        "established_on": date(2015, 3, 1),
    }
    row = records(snapshot).row(0, named=True)
    expected = {
        "subject": firm.pk,
        "record": penalty.pk,
        "decided_on": penalty.decided_on,
        "valid_from": penalty.valid_from,
        "valid_to": penalty.valid_to,
        "polarity": "adverse",
        "severity": "general",
        "amount_fen": penalty.amount_fen,
        "authority": penalty.authority,
        "state": 0,
        "fine_amount_10k": 1_234_500,
        "penalty_category": CATEGORY,
    }
    assert {name: row[name] for name in expected} == expected
    assert snapshot.last.buckets[firm.pk >> 17].record_keys == penalty.pk


def test_no_free_text_and_no_name_is_in_any_file(policy: Policy, taken: Callable[[], Snapshot]) -> None:
    firm = a_subject()
    a_record(firm)
    a_record(firm, kind=LICENCE)
    fields = [field for kind in (PENALTY, LICENCE) for field in policy.kinds[kind].table.fields]
    allowed = {firm.uscc, *Record.objects.values_list("authority", flat=True), "enterprise", "unknown"}
    allowed |= {word for field in fields for word in field.constraints.enum or ()}
    for name, rows in tables(taken()).items():
        texts = rows.select(pl.col(pl.String)).unpivot()["value"].drop_nulls().to_list()
        assert {part for text in texts for part in text.split("；")} <= allowed, name


def test_words_that_the_kind_does_not_know_are_left_out_and_counted(taken: Callable[[], Snapshot]) -> None:
    penalty = a_record(party_category="张某某自己写的一段话")
    snapshot = taken()
    assert records(snapshot).row(0, named=True)["party_category"] is None
    assert snapshot.last.emptied[f"{PENALTY}.party_category"] == 1
    assert states(snapshot) == {penalty.pk: State.COUNTS}


def test_sole_traders_are_in_no_file(taken: Callable[[], Snapshot]) -> None:
    a_record(a_sole_trader())
    firm = a_subject()
    kept = a_record(firm)
    snapshot = taken()
    assert bearers(snapshot) == {kept.pk: firm.pk}
    assert tables(snapshot)[SUBJECTS_TABLE]["subject"].to_list() == [firm.pk]
    assert snapshot.last.unresolved == 0


def test_a_corrected_act_stands_once_and_one_from_the_future_with_its_day(taken: Callable[[], Snapshot]) -> None:
    firm = a_subject()
    first = a_record(firm, penalty_document_no="榕示罚〔2026〕1号")
    second = a_record(firm, penalty_document_no="榕示罚〔2026〕1号", penalty_content="警告")
    ahead = timezone.localdate() + timedelta(days=400)
    future = a_record(firm, decided_on=ahead)
    rows = records(taken())
    assert first.pk != second.pk
    assert dict(rows.select("record", "decided_on").iter_rows()) == {second.pk: second.decided_on, future.pk: ahead}


def test_what_is_nobodys_is_counted_and_stands_nowhere(taken: Callable[[], Snapshot]) -> None:
    firm = a_subject()
    lost, kept = a_record(firm), a_record(firm)
    take_off(lost)
    snapshot = taken()
    assert states(snapshot) == {kept.pk: State.COUNTS}
    assert snapshot.last.unresolved == 1


def test_an_empty_platform_has_a_snapshot(taken: Callable[[], Snapshot]) -> None:
    snapshot = taken()
    assert (tables(snapshot), snapshot.last.buckets, snapshot.last.files) == ({}, {}, {})


def test_records_of_a_kind_that_is_no_more_are_counted(tmp_path: Path, policy: Policy) -> None:
    a_record()
    fewer = policy.model_copy(update={"kinds": {name: k for name, k in policy.kinds.items() if name != PENALTY}})
    snapshot = build(tmp_path / "base", fewer)
    assert snapshot.last.outside == {PENALTY: 1}
    assert PENALTY not in snapshot.last.kinds


# ── what may count ───────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("effects", "state"),
    [
        ([], State.COUNTS),
        ([Effect.DISPUTED], State.DISPUTED),
        ([Effect.DISPUTED, Effect.DISPUTE_ENDED], State.COUNTS),
        ([Effect.DISPUTED, Effect.DISPUTE_ENDED, Effect.DISPUTED], State.DISPUTED),
        ([Effect.DISPUTED, Effect.REPAIRED], State.ENDED),
        ([Effect.REPAIRED], State.ENDED),
        ([Effect.REPAIRED, Effect.REPAIR_REVOKED], State.COUNTS),
        ([Effect.SUSPENDED], State.ENDED),
        ([Effect.SUSPENDED, Effect.RESUMED], State.COUNTS),
        ([Effect.SEALED], State.ENDED),
        ([Effect.WITHDRAWN], State.ENDED),
        ([Effect.ANNULLED], State.ENDED),
        ([Effect.ERASED], State.ENDED),
    ],
)
def test_the_state_of_a_record_follows_its_events(
    effects: list[Effect], state: State, taken: Callable[[], Snapshot]
) -> None:
    penalty = a_record()
    for effect in effects:
        note(penalty, effect)
    assert states(taken()) == {penalty.pk: state}


def test_a_clock_that_was_set_back_hides_no_event(policy: Policy, taken: Callable[[], Snapshot]) -> None:
    record = a_record(severity="serious")
    note(record, Effect.REPAIRED)
    with time_machine.travel(timezone.now() - timedelta(days=60)):
        snapshot = taken()
    assert states(snapshot) == states(extend(snapshot, policy)) == {record.pk: State.ENDED}


def test_an_unknown_severity_that_is_withheld_does_not_count(taken: Callable[[], Snapshot]) -> None:
    penalty = a_record(severity="unknown")
    assert states(taken()) == {penalty.pk: State.WITHHELD}


def test_an_entry_that_lost_its_support_does_not_count(policy: Policy, taken: Callable[[], Snapshot]) -> None:
    firm = a_subject()
    penalty, entry = a_record(firm), an_entry(firm)
    rests(entry, penalty, policy)
    assert states(taken(), LIST) == {entry.pk: State.COUNTS}
    note(penalty, Effect.REPAIRED)
    assert states(taken(), LIST) == {entry.pk: State.COUNTS}
    note(penalty, Effect.ANNULLED)
    assert states(taken(), LIST)[entry.pk] in (State.UNSUPPORTED, State.ENDED)


def test_an_entry_that_was_over_before_it_was_known_does_not_count(taken: Callable[[], Snapshot]) -> None:
    entry = an_entry(a_subject(), removed_on=date(2026, 11, 10), valid_to=date(2026, 11, 9))
    assert states(taken(), LIST) == {entry.pk: State.ENDED}


# ── who is who ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_records_of_what_was_merged_count_for_the_one_it_was_merged_into(taken: Callable[[], Snapshot]) -> None:
    kept, absorbed = a_subject(), a_subject("福州示例海榕商贸有限公司")
    penalty = a_record(absorbed)
    done = merged(kept, absorbed)
    snapshot = taken()
    assert bearers(snapshot) == {penalty.pk: kept.pk}
    assert tables(snapshot)[SUBJECTS_TABLE]["subject"].to_list() == [kept.pk]
    unmerge(done, by="lead-officer", basis=WHY)
    assert bearers(taken()) == {penalty.pk: absorbed.pk}


def test_what_was_split_off_counts_for_the_other(taken: Callable[[], Snapshot]) -> None:
    origin, other = a_subject(), a_subject("福州示例海榕商贸有限公司")
    stays, goes = a_record(origin), a_record(origin)
    done = now_split(origin, other, goes)
    assert bearers(taken()) == {stays.pk: origin.pk, goes.pk: other.pk}
    rejoin(done, by="lead-officer", basis=WHY)
    assert bearers(taken()) == {stays.pk: origin.pk, goes.pk: origin.pk}


# ── bad days ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_bucket_that_lacks_a_record_is_named_and_nothing_is_kept(
    taken: Callable[[], Snapshot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_record(), a_record()
    whole = building.tables
    monkeypatch.setattr(building, "tables", lambda *given: {name: rows.head(1) for name, rows in whole(*given).items()})
    with pytest.raises(Incomplete, match="bucket 00000 does not hold what the database counts") as told:
        taken()
    assert (told.value.bucket, told.value.written.records, told.value.counted.records) == (0, 1, 2)
    assert list(tmp_path.iterdir()) == []


def test_a_build_that_ends_in_the_middle_leaves_nothing(
    taken: Callable[[], Snapshot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_record()
    monkeypatch.setattr(building, "_put_records", lambda *given: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        taken()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_as_one_and_leaves_nothing(policy: Policy, tmp_path: Path) -> None:
    for _ in range(3):
        a_record()
    with small_disk(tmp_path / "small", kilobytes=64) as disk:
        disk.fill(but=4096)
        with pytest.raises(OSError, match="No space left") as told:
            build(disk.at / "base", policy)
        assert is_no_room(told.value)
        assert not (disk.at / "base").exists()
        disk.free()
        assert (build(disk.at / "base", policy).folder / MANIFEST).exists()


def test_a_folder_that_stands_is_not_written_over(policy: Policy, tmp_path: Path) -> None:
    build(tmp_path / "base", policy)
    with pytest.raises(FileExistsError):
        build(tmp_path / "base", policy)


# ── a delta ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_where_nothing_happened_there_is_no_delta(policy: Policy, taken: Callable[[], Snapshot]) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=2)):
        a_record()
    before = taken()
    assert extend(before, policy) == before


def test_a_delta_holds_the_subjects_that_were_touched_only(policy: Policy, taken: Callable[[], Snapshot]) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=2)):
        one, other = a_subject(), a_subject("福州示例海榕商贸有限公司")
    a_record(one)
    repaired = a_record(other)
    before = taken()
    note(repaired, Effect.REPAIRED)
    after = extend(before, policy)
    assert changed_subjects(before, after).to_list() == [other.pk]
    assert states(after)[repaired.pk] == State.ENDED
    assert states(before)[repaired.pk] == State.COUNTS
    assert after.last.position == before.last.position + 1
    assert Snapshot.at(before.folder, before.id) == before
    with pytest.raises(ValueError, match="does not go on"):
        changed_subjects(after, before)
    with pytest.raises(FileExistsError):
        extend(before, policy)


def test_a_support_that_lapses_by_itself_is_in_the_delta_of_its_day(
    policy: Policy, taken: Callable[[], Snapshot]
) -> None:
    firm = a_subject()
    support = an_entry(firm, valid_to=timezone.localdate() + timedelta(days=3))
    effect = an_entry(firm, reason="示例", entered_on=date(2026, 11, 10))
    rests(effect, support, policy)
    before = taken()
    assert states(before, LIST)[effect.pk] == State.COUNTS
    with time_machine.travel(timezone.now() + timedelta(days=9)):
        after = extend(before, policy)
        assert states(after, LIST)[effect.pk] == State.UNSUPPORTED
        assert tables(after)[records_table(LIST)].equals(tables(taken())[records_table(LIST)])


def test_a_delta_that_lacks_a_record_is_not_kept(
    policy: Policy, taken: Callable[[], Snapshot], monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = a_subject()
    before = taken()
    a_record(firm)
    monkeypatch.setattr(extending, "tables", lambda *given: {})
    with pytest.raises(Incomplete, match="bucket 00000"):
        extend(before, policy)
    assert Snapshot.at(before.folder) == before
    monkeypatch.undo()
    assert len(records(extend(before, policy))) == 1


def test_a_delta_under_other_kinds_is_refused(policy: Policy, taken: Callable[[], Snapshot]) -> None:
    before = taken()
    fewer = policy.model_copy(update={"kinds": {name: k for name, k in policy.kinds.items() if name != LIST}})
    with pytest.raises(RulesChanged, match="build a new base"):
        extend(before, fewer)


STEPS = ("record", "correct", "note", "off", "again", "merge", "unmerge", "split", "rejoin", "register", "extend")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 999)), max_size=14))
def test_base_and_deltas_say_what_a_new_base_says(
    policy: Policy, tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, int]]
) -> None:
    firms = [a_subject(f"福州示例{name}有限公司", a_code()) for name in ("甲一", "乙二", "丙三")]
    firms.append(a_sole_trader())
    folder = tmp_path_factory.mktemp("snapshots")
    snapshot = build(folder / "first", policy)
    for step, chance in [*history, ("extend", 0)]:
        happen(step, chance, firms)
        if step == "extend":
            snapshot = extend(snapshot, policy)
    ours, anew = tables(snapshot), tables(build(folder / "anew", policy))
    assert ours.keys() == anew.keys()
    for name, rows in anew.items():
        assert_frame_equal(ours[name], rows)


def happen(step: str, chance: int, firms: list[Subject]) -> None:
    """One thing of a random history; nothing where it cannot be done."""
    own = Record.objects.filter(party_code__in=[firm.uscc for firm in firms]).order_by("pk")
    record = own[chance % own.count()] if own.exists() else None
    firm, other = firms[chance % 4], firms[chance // 4 % 3]
    effects = (Effect.DISPUTED, Effect.DISPUTE_ENDED, Effect.REPAIRED, Effect.REPAIR_REVOKED, Effect.WITHDRAWN)
    match step:
        case "record":
            a_record(firm, kind=(PENALTY, LICENCE)[chance % 2], batch=f"B-{chance}-{timezone.now().timestamp()}")
        case "correct" if record and record.kind == PENALTY:
            a_record(
                Subject.objects.get(uscc=record.party_code),
                penalty_document_no=record.document_number,
                violation_type=f"更正{chance}",
                decided_on=record.decided_on,
            )
        case "note" if record:
            note(record, effects[chance % len(effects)])
        case "off" if record:
            take_off(record)
        case "again" if record:
            _resolve_again(record)
        case "merge":
            if firm.category != "sole_trader":
                _quietly(lambda: merged(other, firm))
        case "unmerge":
            for done in Merge.objects.filter(ended_at=None)[:1]:
                unmerge(done, by="lead-officer", basis=WHY)
        case "split" if record:
            _quietly(lambda: now_split(Subject.objects.get(uscc=record.party_code), other, record))
        case "rejoin":
            for standing in Split.objects.filter(ended_at=None)[:1]:
                _quietly(partial(rejoin, standing, by="lead-officer", basis=WHY))
        case "register":
            a_subject(firm.name, firm.uscc, region=f"3501{chance % 90 + 10}")


def _resolve_again(record: Record) -> None:
    """A record that is nobody's finds a subject again, as when it is filed again."""
    if not Resolution.objects.filter(record=record, ended_at=None).exists():
        before = Resolution.objects.filter(record=record).latest("pk")
        Resolution.objects.create(
            record=record, subject=before.subject, method="code", by="clerk", made_at=timezone.now()
        )


def _quietly(does: Callable[[], object]) -> None:
    with suppress(NotMergeable, NotSplittable, MovedOn):
        does()
