import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rongxin.engine.acts import contents, identified, judgements, stored_fields
from rongxin.engine.validation import Checked
from tests.engine.made_up import AUTHORITY, check, code, codes_of, kind_named, penalty, register, resolved, small_kind

PENALTY = kind_named("administrative_penalty")


def canonical(row: dict[str, Any]) -> str:
    filled = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if value is not None
    }
    return json.dumps(filled, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


SIMPLE = small_kind(
    {"name": "amount", "title": "金额", "type": "amount", "x-credit": {"unit": "yuan"}},
    {"name": "secret", "title": "证件", "type": "string", "x-credit": {"class": "discard"}},
)
texts = (
    st.none()
    | st.text(st.characters(codec="utf-8"), max_size=8)
    | st.sampled_from(['"', "\\", "\x00\x1f\x7f", "中\u2028\n"])
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(texts, texts, st.none() | st.dates(date(1, 1, 1)), st.none() | st.integers(0, 2**63 - 1)), max_size=8
    )
)
def test_the_content_is_canonical_json(rows: list[tuple[str | None, str | None, date | None, int | None]]) -> None:
    frame = pl.DataFrame(
        {
            "party_name": [row[0] for row in rows],
            "party_uscc": [None] * len(rows),
            "authority": [row[1] for row in rows],
            "document_no": ["甲"] * len(rows),
            "decided_on": [row[2] for row in rows],
            "amount": [row[3] for row in rows],
        },
        schema=dict.fromkeys(stored_fields(SIMPLE), pl.String) | {"decided_on": pl.Date, "amount": pl.Int64},
    )

    assert contents(frame, SIMPLE).to_list() == [canonical(row) for row in frame.iter_rows(named=True)]


def test_a_row_without_any_value_is_an_empty_object() -> None:
    frame = pl.DataFrame({name: [None] for name in stored_fields(SIMPLE)}, schema_overrides={"amount": pl.Int64})

    assert contents(frame, SIMPLE).to_list() == ["{}"]


def row(folder: Path, **changes: str) -> dict[str, Any]:
    return identified(check([penalty(**changes)], folder, PENALTY).rows, PENALTY).row(0, named=True)


def test_the_key_is_the_hash_of_what_tells_one_act_from_another(tmp_path: Path) -> None:
    parts = ("administrative_penalty", AUTHORITY, "示市监罚〔2026〕1号", code(10_000_001), "")

    found = row(tmp_path)

    assert found["act_key"] == hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    assert found["document_key"] == "示市监罚〔2026〕1号"
    kept = {name: found[name] for name in stored_fields(PENALTY)}
    assert found["content_hash"] == hashlib.sha256(canonical(kept).encode()).hexdigest()


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({"penalty_document_no": "示市监罚[2026] 1 号"}, True),
        ({"party_uscc": code(10_000_001).lower()}, True),
        ({"penalty_authority": "示例市 市场监督管理局"}, True),
        ({"party_name": "另一名称有限公司"}, True),
        ({"penalty_content": "罚款8000元整"}, True),
        ({"penalty_document_no": "示市监罚〔2026〕2号"}, False),
        ({"party_uscc": code(10_000_002)}, False),
        ({"party_uscc": "00000000000000000X"}, False),
        ({"penalty_authority": "另一局"}, False),
    ],
)
def test_the_same_act_has_the_same_key_however_it_is_written(
    tmp_path: Path, changes: dict[str, str], is_same: bool
) -> None:
    assert (row(tmp_path)["act_key"] == row(tmp_path, **changes)["act_key"]) == is_same


def test_without_a_usable_code_the_party_is_its_name(tmp_path: Path) -> None:
    bare = {"party_uscc": "", "party_name": "示例(福州)贸易有限公司"}

    assert (
        row(tmp_path, **bare)["act_key"]
        == row(tmp_path, **bare | {"party_name": "示例（福州）贸易 有限公司"})["act_key"]
    )


def test_an_act_that_is_not_told_apart_has_no_key(tmp_path: Path) -> None:
    assert row(tmp_path, penalty_document_no="")["act_key"] is None


def test_where_a_document_may_carry_several_acts_the_matter_counts(tmp_path: Path) -> None:
    filed = {
        "party_name": "示例有限公司",
        "party_uscc": code(1),
        "authority": "示例局",
        "document_no": "1",
        "decided_on": "2026-01-05",
    }
    matter = {"name": "matter", "title": "事项", "type": "string"}
    rows = [filed | {"matter": "甲"}, filed | {"matter": "乙"}]

    one = check(rows, tmp_path, small_kind(matter))
    several = check(rows, tmp_path, small_kind(matter, several_per_document="matter"))

    assert codes_of(one.problems) == [(None, "act_twice_in_file")] * 2
    assert codes_of(several.problems) == []


def twice(folder: Path, **changes: str) -> Checked:
    return check([penalty(1), penalty(2), penalty(1), penalty(1, **changes)], folder, PENALTY)


def test_an_act_that_stands_twice_with_the_same_content_is_kept_once(tmp_path: Path) -> None:
    judged = twice(tmp_path)

    assert judged.rows["verdict"].to_list() == ["accepted", "accepted", "duplicate", "duplicate"]
    assert judged.problems.is_empty()


def test_an_act_that_stands_twice_with_different_content_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    judged = twice(tmp_path, penalty_content="罚款8000元整")

    assert judged.rows["verdict"].to_list() == ["rejected", "accepted", "rejected", "rejected"]
    told = judged.problems.select("row", "code", "params").rows()
    assert told == [
        (2, "act_twice_in_file", '{"rows":"4、5"}'),
        (4, "act_twice_in_file", '{"rows":"2、5"}'),
        (5, "act_twice_in_file", '{"rows":"2、4"}'),
    ]


def test_of_many_contradicting_rows_the_first_ten_are_named(tmp_path: Path) -> None:
    rows = [penalty(1, remark=str(number)) for number in range(30)]

    told = check(rows, tmp_path, PENALTY).problems["params"]

    named = "、".join(map(str, range(2, 12)))
    assert told[29] == f'{{"rows":"{named}…"}}'
    assert told[0] == '{"rows":"3、4、5、6、7、8、9、10、11、12…"}'


def test_a_repetition_of_a_refused_row_is_refused_with_it(tmp_path: Path) -> None:
    wrong = penalty(1, penalty_decision_date="2026-02-31")

    judged = check([wrong, wrong], tmp_path, PENALTY)

    assert judged.rows["verdict"].to_list() == ["rejected", "rejected"]
    counts = resolved(judged, register()).outcome()
    assert (counts.rows, counts.rejected, counts.duplicates) == (2, 2, 0)


@pytest.mark.parametrize(
    ("category", "severity"),
    [
        ("警告", "minor"),
        ("警告；罚款", "general"),
        ("罚款；责令停产停业", "serious"),
        ("行政拘留", "unknown"),
        ("警告；行政拘留", "unknown"),
    ],
)
def test_the_severity_is_that_of_the_first_clause_that_holds(tmp_path: Path, category: str, severity: str) -> None:
    judged = check([penalty(penalty_category=category)], tmp_path, PENALTY)

    assert judged.rows["severity"].to_list() == [severity]
    told = judged.problems.select("code", "severity").rows()
    assert told == ([("severity_unknown", "warn")] if severity == "unknown" else [])


def test_a_clause_without_values_always_holds_and_other_records_have_no_severity() -> None:
    basis = {"document": "example", "reading": "C"}
    kind = small_kind(polarity="adverse", severity=[{"then": "general", "basis": basis}])
    rows = pl.DataFrame({"row": [2, 3]})

    assert judgements(rows, kind)["severity"].to_list() == ["general", "general"]
    assert judgements(rows, SIMPLE)["severity"].to_list() == ["none", "none"]
