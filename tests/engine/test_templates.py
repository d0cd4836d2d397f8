import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from rongxin.engine.heads import known_heads, match_heads
from rongxin.engine.marks import LISTS_SHEET, LONGEST_LIST, Marks, template_version
from rongxin.engine.reading import read_table
from rongxin.engine.sheets import MARKS_SHEET, SAMPLE_MARK, Unreadable
from rongxin.engine.templates import Limits, template_fields, write_template
from rongxin.policy.kinds import RecordKind
from rongxin.policy.words import FieldClass
from tests.engine.made_up import kind_named, penalty, small_kind

KINDS = [kind_named(name) for name in ("administrative_penalty", "administrative_licence", "registration")]
PENALTY = KINDS[0]
LIMITS = Limits(rows=1_000_000, megabytes=200)
VERSION = template_version("2018.1", "0123456789abcdef")


def template(kind: RecordKind) -> Workbook:
    return load_workbook(io.BytesIO(write_template(kind, version=VERSION, limits=LIMITS)))


def saved(book: Workbook, folder: Path) -> Path:
    book.save(folder / "template.xlsx")
    return folder / "template.xlsx"


def _rules(book: Workbook) -> list[Any]:
    return list(book.worksheets[0].data_validations.dataValidation)


def _column(rule: Any) -> int:
    """The column that a list is offered in."""
    return int(next(iter(rule.sqref.ranges)).min_col)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_heads_of_a_template_are_those_of_its_kind_without_identity_documents(kind: RecordKind) -> None:
    heads = [str(cell.value) for cell in template(kind).worksheets[0][1]]

    match = match_heads(heads, kind)
    assert (match.unknown, match.duplicate, match.missing_required) == ((), (), ())
    assert {kind.fields[name].credit.field_class for name in match.columns} <= set(FieldClass) - {FieldClass.DISCARD}


def test_every_cell_to_fill_is_text() -> None:
    page = template(PENALTY).worksheets[0]

    assert {cell.number_format for cell in page[2]} == {"@"}
    assert {page.column_dimensions[letter].number_format for letter in ("A", "C")} == {"@"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_empty_template_holds_no_row_although_it_has_a_sample(kind: RecordKind, tmp_path: Path) -> None:
    path = saved(template(kind), tmp_path)

    assert str(load_workbook(path).worksheets[0].cell(2, 1).value).startswith(SAMPLE_MARK)
    with pytest.raises(Unreadable, match="head_only"):
        read_table(path, row_limit=10, known_heads=known_heads(KINDS))


def test_a_filled_template_gives_its_rows_and_says_what_it_is(tmp_path: Path) -> None:
    book = template(PENALTY)
    page = book.worksheets[0]
    for column, field in enumerate(template_fields(PENALTY), start=1):
        page.cell(3, column).value = penalty(1).get(field.name, "")

    sheet = read_table(saved(book, tmp_path), row_limit=10, known_heads=known_heads(KINDS))

    assert sheet.frame["row"].to_list() == [3]
    assert Marks.of(sheet.marks) == Marks(kind=PENALTY.name, template_version="2018.1-01234567")
    assert book[MARKS_SHEET].sheet_state == "veryHidden"


def test_short_lists_stand_in_the_cell_and_long_ones_on_a_hidden_sheet() -> None:
    short = ["甲", "乙"]
    long = [f"示例事项第{number}种情形" for number in range(40)]
    assert len(",".join(long)) > LONGEST_LIST
    kind = small_kind(
        {"name": "first", "title": "一", "type": "string", "constraints": {"enum": short}},
        {"name": "second", "title": "二", "type": "string", "constraints": {"enum": long}},
        {"name": "third", "title": "三", "type": "string", "constraints": {"enum": ["丙,丁", "戊"]}},
    )
    book = template(kind)

    offered = {_column(rule): str(rule.formula1).lstrip("=") for rule in _rules(book)}
    assert offered == {6: '"甲,乙"', 7: f"{LISTS_SHEET}!$A$1:$A$40", 8: f"{LISTS_SHEET}!$B$1:$B$2"}
    assert book[LISTS_SHEET].sheet_state == "hidden"
    assert [cell.value for cell in book[LISTS_SHEET]["A"]] == long


def test_a_field_that_takes_several_values_is_bound_to_no_list() -> None:
    several = [field.name for field in template_fields(PENALTY) if field.credit.several]
    offered = {template_fields(PENALTY)[_column(rule) - 1].name for rule in _rules(template(PENALTY))}
    assert several
    assert offered == {"party_category"}


def test_the_instructions_name_the_limits_the_version_and_every_column() -> None:
    told = [str(cell.value or "") for row in template(PENALTY)["填报说明"].iter_rows() for cell in row]

    assert any("1,000,000 行、200 MB" in text for text in told)
    assert any(VERSION in text for text in told)
    assert {field.title for field in template_fields(PENALTY)} <= set(told)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({}, None),
        ({"kind": ""}, None),
        ({"kind": "a", "round": "2", "batch": "B-1", "template_version": "v"}, Marks("a", "v", "B-1", 2)),
        ({"kind": "a", "round": "²"}, Marks("a", "")),
        ({"kind": "a", "round": "9" * 40}, Marks("a", "")),
    ],
)
def test_marks_are_read_with_distrust(said: dict[str, str], read: Marks | None) -> None:
    assert Marks.of(said) == read
