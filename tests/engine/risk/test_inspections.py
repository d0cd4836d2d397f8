"""Which records of a snapshot are inspections, how they ended, and which of them count."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rongxin.engine.risk.inspections import INSPECTIONS, Inspected, inspections
from rongxin.engine.risk.layout import State, record_schema
from rongxin.policy.pack import Policy
from tests.engine.risk.made_up import subjects, tables, written
from tests.factories import the_pack

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
DRAWN, AIMED = "inspection_result", "administrative_supervision"
CLEAN, BAD, NO_BUSINESS = "未发现问题", "发现问题已责令改正", "未发现开展本次抽查涉及的经营活动"


@pytest.fixture(scope="module")
def fuzhou() -> Policy:
    return the_pack()[0]


def kept(policy: Policy, folder: Path, **kinds: list[dict]) -> Inspected:
    told = {}
    for name, rows in kinds.items():
        schema = record_schema(policy.kinds[name])
        filled = [{"record": place, "state": 0, **row} for place, row in enumerate(rows, start=1)]
        told[name] = pl.DataFrame(
            {column: [row.get(column) for row in filled] for column in schema}, schema=schema
        ).sort("subject", "record")
    snapshot = written(folder / "snapshot", tables(subjects(1, 2, 3), **told))
    return inspections(policy, snapshot, FIRST, LAST)


def drawn(subject: int, day: date, *words: str, **row) -> dict:
    return {"subject": subject, "inspected_on": day, "inspection_result": "；".join(words) or None, **row}


def test_an_inspection_failed_if_one_word_is_not_clean(fuzhou, tmp_path):
    told = kept(
        fuzhou,
        tmp_path,
        inspection_result=[
            drawn(1, date(2026, 3, 1), CLEAN),
            drawn(1, date(2026, 4, 1), CLEAN, BAD),
            drawn(2, date(2026, 3, 1), NO_BUSINESS),
        ],
    )

    assert told.rows.schema == INSPECTIONS
    assert told.rows.rows() == [
        (1, date(2026, 3, 1), False, True),
        (1, date(2026, 4, 1), True, True),
        (2, date(2026, 3, 1), False, True),
    ]


def test_items_of_one_day_are_one_inspection_and_aimed_ones_stand_apart(fuzhou, tmp_path):
    day = date(2026, 5, 6)
    told = kept(
        fuzhou,
        tmp_path,
        inspection_result=[drawn(1, day, CLEAN), drawn(1, day, BAD), drawn(1, day, CLEAN)],
        administrative_supervision=[{"subject": 1, "decided_on": day, "supervision_result": CLEAN}],
    )

    assert told.rows.rows() == [(1, day, False, False), (1, day, True, True)]


def test_only_the_period_counts_with_both_its_days(fuzhou, tmp_path):
    days = [date(2025, 12, 31), FIRST, LAST, date(2027, 1, 1)]
    told = kept(fuzhou, tmp_path, inspection_result=[drawn(1, day, CLEAN) for day in days])

    assert told.rows["inspected_on"].to_list() == [FIRST, LAST]


def test_what_is_disputed_repaired_or_unsupported_does_not_count_but_what_is_withheld_does(fuzhou, tmp_path):
    told = kept(
        fuzhou,
        tmp_path,
        inspection_result=[drawn(1, date(2026, 1, 1 + state), BAD, state=int(state)) for state in State],
    )

    assert told.rows["inspected_on"].to_list() == [date(2026, 1, 1), date(2026, 1, 1 + State.WITHHELD)]
    assert told.set_aside == 3


def test_a_record_without_a_word_of_the_list_says_nothing(fuzhou, tmp_path):
    told = kept(fuzhou, tmp_path, inspection_result=[drawn(1, date(2026, 1, 1)), drawn(2, date(2026, 1, 1), BAD)])

    assert told.rows["subject"].to_list() == [2]
    assert told.without_result == 1


def test_where_nobody_files_inspections_there_are_none(fuzhou, tmp_path):
    assert kept(fuzhou, tmp_path).rows.is_empty()


def test_a_snapshot_that_lacks_the_result_is_to_be_built_anew(fuzhou, tmp_path):
    rows = pl.DataFrame({"subject": [1], "state": [0], "inspected_on": [FIRST]}, schema_overrides={"state": pl.UInt8})
    snapshot = written(tmp_path / "snapshot", tables(subjects(1), inspection_result=rows))

    with pytest.raises(ValueError, match=r"no \['inspection_result'\] of inspection_result"):
        inspections(fuzhou, snapshot, FIRST, LAST)
