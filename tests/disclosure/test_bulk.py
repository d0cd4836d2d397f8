"""The bulk files: what they hold, what they never hold, that changes lead from one edition to the next, and when they go."""

import csv
import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import time_machine
from polars.testing import assert_frame_equal

from rongxin.disclosure import bulk_forms, bulk_making
from rongxin.disclosure.bulk import current, folder_of, root
from rongxin.disclosure.bulk_changes import SEEN, changed, followed
from rongxin.disclosure.bulk_changes import gone as gone_since
from rongxin.disclosure.bulk_jobs import keep_bulk_files
from rongxin.disclosure.bulk_making import make_edition
from rongxin.disclosure.models import BulkEdition
from rongxin.disclosure.status import entries_of
from rongxin.disclosure.status_jobs import keep_status_lists
from rongxin.policy.pack import Policy
from rongxin.records.models import Effect, Record
from rongxin.subjects.models import Subject
from tests.factories import LICENCE, a_record, a_sole_trader, a_subject, at, note, some_records

pytestmark = pytest.mark.django_db

NOW = "2026-11-22"
RECORDED = at("2026-11-13")
DECIDED = date(2026, 11, 10)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("config.environment.environment.var", tmp_path)
    return tmp_path / "bulk"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(at(NOW), tick=False) as clock:
        yield clock


@pytest.fixture
def subject(policy: Policy) -> Subject:
    return a_subject("福州示例榕海茶业有限公司")


def penalty(subject: Subject, **fields: Any) -> Record:
    return a_record(subject, **{"decided_on": DECIDED, "recorded_at": RECORDED} | fields)


def text_of(name: str) -> str:
    edition = current()
    assert edition is not None
    return (folder_of(edition.version) / name).read_text(encoding="utf-8-sig")


def lines_of(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text_of(name).splitlines()]


def changes() -> list[tuple[str, str]]:
    return [(line["change"], line["number"]) for line in lines_of("delta.jsonl")]


def tomorrow(clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(days=1))
    keep_status_lists.call_now()


# ── what they hold ───────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("clock")
def test_a_line_says_what_a_list_of_records_says_in_all_three_forms(subject: Subject) -> None:
    record = penalty(subject, penalty_document_no="榕示市监罚〔2026〕118号")
    make_edition()
    entry = entries_of([record.number])[record.number]

    (line,) = lines_of("full.jsonl")
    assert line == {
        "number": record.number,
        "version": 1,
        "kind": record.kind,
        "kind_title": "行政处罚",
        "title": line["title"],
        "subject_name": subject.name,
        "subject_uscc": subject.uscc,
        "authority": record.authority,
        "document_number": "榕示市监罚〔2026〕118号",
        "decided_on": "2026-11-10",
        "recorded_at": "2026-11-13T02:00:00Z",
        "shown_until": "2027-11-10",
        "disputed": False,
        "credentialStatus": entry.as_json(),
    }
    edition = current()
    assert edition is not None
    raw = (folder_of(edition.version) / "full.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(text_of("full.csv")))
    assert (row["number"], row["shown_until"]) == (record.number, "2027-11-10")
    assert (row["status_list"], row["status_index"]) == (entry.address, str(entry.index))
    sheet = openpyxl.load_workbook(folder_of(edition.version) / "full.xlsx").active
    heads, cells = [list(each) for each in sheet.iter_rows(values_only=True)]
    assert dict(zip(heads, cells, strict=True))["文号"] == "榕示市监罚〔2026〕118号"


@pytest.mark.usefixtures("clock")
def test_what_is_not_for_copies_is_not_in_it(subject: Subject) -> None:
    shown = penalty(subject, violation_facts="经办人张某某在场", remark="内部备注示例")
    penalty(subject, severity="minor")
    penalty(a_sole_trader("示例陈三小吃店"))
    note(penalty(subject), Effect.SEALED, at=at("2026-11-20"))
    make_edition()
    assert [line["number"] for line in lines_of("full.jsonl")] == [shown.number]
    for name in ("full.jsonl", "full.csv"):
        for word in ("张某某", "内部备注", "陈三", "示例审核员"):
            assert word not in text_of(name)


@pytest.mark.usefixtures("clock")
def test_the_manifest_says_what_each_file_is(subject: Subject) -> None:
    some_records(5, subject, recorded_at=RECORDED, decided_on=DECIDED)
    edition = make_edition()
    told = edition.manifest
    assert (told["records"], told["position"], told["delta"]) == (5, 5, None)
    assert [each["name"] for each in told["files"]] == ["full.csv", "full.jsonl", "full.xlsx"]
    for each in told["files"]:
        data = (folder_of(edition.version) / each["name"]).read_bytes()
        assert (each["bytes"], each["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        assert each["rows"] == 5
    on_disk = json.loads((folder_of(edition.version) / "manifest.json").read_text(encoding="utf-8"))
    assert on_disk == told


@pytest.mark.usefixtures("clock")
def test_texts_that_look_like_formulas_stay_texts(subject: Subject) -> None:
    penalty(subject, penalty_document_no="=HYPERLINK(1)")
    make_edition()
    edition = current()
    assert edition is not None
    sheet = openpyxl.load_workbook(folder_of(edition.version) / "full.xlsx").active
    (cell,) = [each for each in sheet[2] if each.value == "=HYPERLINK(1)"]
    assert cell.data_type == "s"
    (row,) = csv.DictReader(io.StringIO(text_of("full.csv")))
    assert row["document_number"] == "=HYPERLINK(1)", "programs get it as it is"


@pytest.mark.usefixtures("clock")
def test_no_workbook_where_it_does_not_fit_and_the_manifest_says_so(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_making, "SHEET_ROWS", 3)
    monkeypatch.setattr(bulk_forms, "SHEET_ROWS", 3)
    some_records(4, subject, recorded_at=RECORDED, decided_on=DECIDED)
    told = make_edition().manifest
    assert [each["format"] for each in told["files"]] == ["csv", "jsonl"]
    assert told["left_out"] == [{"name": "full.xlsx", "why": "more rows than a sheet holds"}]


@pytest.mark.usefixtures("clock")
def test_an_empty_platform_has_empty_files(policy: Policy) -> None:
    assert make_edition().manifest["records"] == 0
    assert lines_of("full.jsonl") == []


@pytest.mark.usefixtures("clock")
def test_in_many_parts_nothing_is_left_out_or_doubled(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rongxin.records.copies._PART", 7)
    records = some_records(40, subject, recorded_at=RECORDED, decided_on=DECIDED)
    licence = a_record(subject, kind=LICENCE, recorded_at=RECORDED, decided_on=DECIDED)
    note(records[3], Effect.DISPUTED, at=at("2026-11-20"))
    make_edition()
    lines = {line["number"]: line for line in lines_of("full.jsonl")}
    assert set(lines) == {record.number for record in (*records, licence)}
    assert [number for number, line in lines.items() if line["disputed"]] == [records[3].number]


# ── changes ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_changes_of_a_day(clock: time_machine.Traveller, subject: Subject) -> None:
    number = "榕示市监罚〔2026〕118号"
    corrected, withdrawn, repaired, disputed, same = (
        penalty(subject, penalty_document_no=number),
        *some_records(4, subject, recorded_at=RECORDED, decided_on=DECIDED),
    )
    sealed = penalty(subject)
    first = make_edition()
    penalty(subject, penalty_document_no=number, violation_type="更正后", recorded_at=at("2026-11-22", "11:00"))
    note(withdrawn, Effect.WITHDRAWN, at=at("2026-11-22", "11:00"), reason="重复。")
    note(repaired, Effect.REPAIRED, at=at("2026-11-22", "11:00"), reason="不应出现")
    note(sealed, Effect.SEALED, at=at("2026-11-22", "11:00"), reason="不应出现")
    note(disputed, Effect.DISPUTED, at=at("2026-11-22", "11:00"))
    tomorrow(clock)
    new = penalty(subject)
    second = make_edition()

    assert second.manifest["delta"] == {"from": first.version, "counts": {"ADD": 1, "MOD": 2, "DEL": 3}}
    lines = {line["number"]: line for line in lines_of("delta.jsonl")}
    assert same.number not in lines
    told = {number: (line["change"], line["why"], line["reason"]) for number, line in lines.items()}
    assert told == {
        new.number: ("ADD", None, None),
        corrected.number: ("MOD", None, None),
        disputed.number: ("MOD", None, None),
        withdrawn.number: ("DEL", "withdrawn", "重复。"),
        repaired.number: ("DEL", "not_public", None),
        sealed.number: ("DEL", "not_public", None),
    }
    assert lines[withdrawn.number]["subject_name"] is None
    assert "重复" not in text_of("full.csv")


def test_the_end_of_a_term_and_of_a_firm_as_firm(clock: time_machine.Traveller, subject: Subject) -> None:
    record = penalty(subject)
    clock.move_to(at("2027-11-10"))
    make_edition()
    clock.move_to(at("2027-11-11"))
    make_edition()
    assert [(line["change"], line["why"]) for line in lines_of("delta.jsonl")] == [("DEL", "ended")]
    assert changes() == [("DEL", record.number)]


def test_whoever_holds_any_edition_since_the_base_gets_to_the_present_one(
    clock: time_machine.Traveller, subject: Subject
) -> None:
    """Twenty editions over five days: each copy taken since the base, with the changes applied, is the present edition."""
    records = some_records(30, subject, recorded_at=RECORDED, decided_on=DECIDED)
    taken: dict[str, dict[str, Any]] = {}
    steps = [
        (Effect.SUSPENDED, Effect.RESUMED), (Effect.DISPUTED, Effect.DISPUTE_ENDED), (Effect.REPAIRED, Effect.REPAIR_REVOKED)
    ]  # fmt: skip
    standing: dict[tuple[int, int], bool] = {}
    for turn in range(20):
        edition = make_edition()
        whole = {line["number"]: line for line in lines_of("full.jsonl")}
        taken[edition.version] = whole
        if delta := edition.manifest["delta"]:
            for version, held in taken.items():
                if version < delta["from"]:
                    continue
                copy = dict(held)
                for line in lines_of("delta.jsonl"):
                    del line["why"], line["reason"]
                    if line.pop("change") == "DEL":
                        copy.pop(line["number"], None)
                    else:
                        copy[line["number"]] = line
                assert copy == whole, (turn, version)
        for place in range(turn % 5, 30, 4):
            which = (place + turn) % 3
            is_on = standing.get((place, which), False)
            note(records[place], steps[which][is_on])
            standing[place, which] = not is_on
        records.append(penalty(subject))
        clock.shift(timedelta(hours=6))


def test_changes_are_told_apart_without_a_database() -> None:
    line = pl.DataFrame({"first": [1, 2, 3], "digest": [10, 20, 30]}, schema={"first": pl.Int64, "digest": pl.UInt64})
    seen = pl.DataFrame({"first": [1, 2, 4], "digest": [10, None, 40], "in_base": [True, True, True]}, schema=SEEN)
    found = changed(seen, line)
    assert found.select("first", "change").rows() == [(2, "MOD"), (3, "ADD")]
    assert gone_since(seen, line) == [4]
    expected = pl.DataFrame(
        {"first": [1, 2, 3, 4], "digest": [10, None, None, None], "in_base": [True, True, False, True]}, schema=SEEN
    )
    assert_frame_equal(followed(seen, line), expected)


def test_the_digest_of_a_line_is_the_same_in_every_process() -> None:
    frame = "pl.DataFrame({'a': ['榕'], 'b': [1], 'c': [None]})"
    program = f"import polars as pl; print({frame}.select(pl.struct('a', 'b', 'c').hash()).item())"
    told = {subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(told) == 1


# ── when they are made, and when they go ─────────────────────────────────────────────────────────────────────────────
def test_made_once_a_day_and_confirmed_between(clock: time_machine.Traveller, subject: Subject) -> None:
    penalty(subject)
    keep_status_lists.call_now()
    made = keep_bulk_files.call_now()
    for _ in range(12):
        clock.shift(10 * MINUTE)
        keep_status_lists.call_now()
        assert keep_bulk_files.call_now() == ""
        edition = current()
        assert edition is not None
        assert edition.version == made
    tomorrow(clock)
    assert keep_bulk_files.call_now() != made


@pytest.mark.parametrize("effect", [Effect.WITHDRAWN, Effect.REPAIRED, Effect.SUSPENDED])
def test_what_ended_is_out_of_the_file_within_the_hour(
    clock: time_machine.Traveller, subject: Subject, effect: Effect
) -> None:
    gone, stays = some_records(2, subject, recorded_at=RECORDED, decided_on=DECIDED)
    keep_status_lists.call_now()
    old = keep_bulk_files.call_now()
    clock.shift(3 * MINUTE)
    note(gone, effect)
    for _ in range(4):
        clock.shift(10 * MINUTE)
        keep_status_lists.call_now()
        keep_bulk_files.call_now()
    edition = current()
    assert edition is not None
    assert edition.version != old
    assert [line["number"] for line in lines_of("full.jsonl")] == [stays.number]
    assert not folder_of(old).exists()


def test_a_correction_is_in_the_file_within_the_hour(clock: time_machine.Traveller, subject: Subject) -> None:
    penalty(subject, penalty_document_no="榕示市监罚〔2026〕118号")
    keep_status_lists.call_now()
    keep_bulk_files.call_now()
    clock.shift(30 * MINUTE)
    penalty(subject, penalty_document_no="榕示市监罚〔2026〕118号", violation_type="更正后", recorded_at=None)
    keep_status_lists.call_now()
    keep_bulk_files.call_now()
    assert [line["version"] for line in lines_of("full.jsonl")] == [2]


def test_with_no_worker_the_files_go_within_the_hour(clock: time_machine.Traveller, subject: Subject) -> None:
    penalty(subject)
    keep_status_lists.call_now()
    keep_bulk_files.call_now()
    clock.shift(59 * MINUTE)
    assert current() is not None
    clock.shift(2 * MINUTE)
    assert current() is None


def test_lists_that_are_not_renewed_confirm_nothing(clock: time_machine.Traveller, subject: Subject) -> None:
    penalty(subject)
    keep_status_lists.call_now()
    keep_bulk_files.call_now()
    for _ in range(7):
        clock.shift(10 * MINUTE)
        keep_bulk_files.call_now()
    assert current() is None


@pytest.mark.usefixtures("clock")
def test_a_crash_leaves_the_edition_before(
    clock: time_machine.Traveller, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    penalty(subject)
    whole = make_edition()
    clock.shift(MINUTE)
    for step in ("_write", "_publish", "_keep_tables"):
        with monkeypatch.context() as patched:

            def dying(*arguments: Any, **more: Any) -> None:
                raise KeyboardInterrupt

            patched.setattr(bulk_making, step, dying)
            with pytest.raises(KeyboardInterrupt):
                make_edition()
        edition = current()
        assert edition is not None
        assert edition.version == whole.version
        assert [each.name for each in root().iterdir()] == [whole.version]


@pytest.mark.usefixtures("clock")
def test_what_a_killed_worker_left_goes_with_the_next(clock: time_machine.Traveller, subject: Subject) -> None:
    left = root() / ".new-20261101T000000Z-0badcafe"
    left.mkdir(parents=True)
    (left / "full.csv").write_text("half")
    edition = make_edition()
    assert [each.name for each in root().iterdir()] == [edition.version]


def test_of_two_workers_at_once_the_older_gives_way(
    clock: time_machine.Traveller, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    penalty(subject)
    real = bulk_making._publish
    made: list[BulkEdition] = []

    def slow(*arguments: Any) -> BulkEdition:
        with monkeypatch.context() as patched:
            patched.setattr(bulk_making, "_publish", real)
            patched.setattr(bulk_making, "_remove_others", lambda version: None)
            clock.shift(MINUTE)
            made.append(make_edition())
        return real(*arguments)

    monkeypatch.setattr(bulk_making, "_publish", slow)
    assert make_edition() == made[0]
    assert BulkEdition.objects.count() == 1
    assert [each.name for each in root().iterdir()] == [made[0].version]


def test_a_lost_folder_is_made_again(clock: time_machine.Traveller, subject: Subject, folder: Path) -> None:
    penalty(subject)
    keep_status_lists.call_now()
    old = keep_bulk_files.call_now()
    for each in folder_of(old).iterdir():
        each.unlink()
    clock.shift(10 * MINUTE)
    keep_status_lists.call_now()
    assert keep_bulk_files.call_now() not in ("", old)
