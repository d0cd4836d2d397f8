"""Corrected and sent again: the same batch goes on, nothing is recorded twice, and what is left is known."""

import io
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from rongxin.intake import files, jobs, queries, releasing, rounds
from rongxin.intake.models import Batch, BatchState
from rongxin.intake.receiving import receive
from rongxin.records.models import Record
from tests.intake.conftest import Office, open_office
from tests.intake.tables import DOCUMENT, as_csv, as_xlsx, penalties, penalty

DATE = "处罚决定日期"


def broken(count: int) -> list[dict[str, str]]:
    """``count`` penalties that come back, after two that pass."""
    bad = [row | {DATE: "2026-02-31", DOCUMENT: f"榕示市监罚〔2026〕9{n}号"} for n, row in enumerate(penalties(count))]
    return [*penalties(2), *bad]


def returned(batch: Batch) -> Workbook:
    return load_workbook(files.return_path(batch.number))


def mended(batch: Batch, rows: int | None = None) -> bytes:
    """The return workbook with the dates of the first ``rows`` rows corrected."""
    book = returned(batch)
    page = book.worksheets[0]
    column = next(cell.column for cell in page[1] if cell.value == DATE)
    last = page.max_row if rows is None else rows + 1
    for line in range(2, last + 1):
        page.cell(line, column).value = "2026-11-18"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def findings(batch: Batch) -> dict[str, dict[str, str]]:
    return {finding["code"]: finding["params"] for finding in batch.findings}


def left(batch: Batch) -> int:
    first = Batch.objects.get(pk=batch.continues_id or batch.pk)
    return rounds.outstanding(first).count


def test_the_corrected_workbook_continues_its_batch(office: Office) -> None:
    first = office.release(office.send(as_csv(broken(3))))
    assert (first.rejected, left(first)) == (3, 3)

    second = office.send(mended(first, 2), name="改好.xlsx")

    assert (second.continues_id, second.round, second.accepted, second.rejected) == (first.pk, 2, 2, 1)
    assert findings(second)["rows_mended"] | {"batch": ""} == {"batch": "", "round": "2", "mended": "2", "open": "1"}
    assert left(first) == 1
    third = office.send(mended(second), name="再改.xlsx")
    assert (third.continues_id, third.round, left(first)) == (first.pk, 3, 0)
    office.release(second)
    office.release(third)
    assert Record.objects.count() == 5


def test_the_uncorrected_workbook_changes_nothing_and_says_so(office: Office) -> None:
    first = office.release(office.send(as_csv(broken(2))))

    second = office.send(files.return_path(first.number).read_bytes(), name="退回.xlsx")

    assert (second.state, second.accepted, second.rejected) == (BatchState.NOTHING_NEW, 0, 2)
    assert findings(second)["nothing_mended"]["open"] == "2"
    assert (left(first), Record.objects.count()) == (2, 2)


def test_the_row_of_the_first_file_stays_known_through_every_round(office: Office) -> None:
    first = office.send(as_csv(broken(3)))
    second = office.send(mended(first, 1), name="一.xlsx")

    assert rounds.read_round(second).origins == {2: 4, 3: 5, 4: 6}
    page = returned(second).worksheets[0]
    heads = [cell.value for cell in page[1]]
    assert [page.cell(line, heads.index("原文件行号") + 1).value for line in (2, 3)] == ["5", "6"]
    assert str(page.cell(2, heads.index("退回原因") + 1).value).startswith("原第 5 行。")
    assert heads.count("退回原因") == heads.count("原文件行号") == 1


def test_only_the_last_round_is_to_mend(office: Office) -> None:
    first = office.send(as_csv(broken(3)))
    assert list(queries.with_returned_rows(office.clerk)) == [first]

    second = office.send(mended(first, 1), name="一.xlsx")
    assert list(queries.with_returned_rows(office.clerk)) == [second]

    office.send(mended(second), name="二.xlsx")
    assert list(queries.with_returned_rows(office.clerk)) == []


def test_a_row_mended_twice_counts_once(office: Office) -> None:
    first = office.send(as_csv(broken(3)))
    office.release(office.send(mended(first, 2), name="一.xlsx"))
    office.send(mended(first), name="二.xlsx")

    assert left(first) == 0


def test_a_round_that_is_sent_back_mends_nothing(office: Office) -> None:
    first = office.send(as_csv(broken(2)))
    second = office.send(mended(first), name="一.xlsx")
    releasing.send_back(second.number, office.reviewer, reason="示例")

    assert left(first) == 2


def test_a_whole_table_sent_again_by_choice_continues_too(office: Office) -> None:
    first = office.release(office.send(as_csv(broken(2))))
    whole = [row | {DATE: "2026-11-18"} for row in broken(2)]

    receipt = receive(
        [as_csv(whole)],
        file_name="整表.csv",
        kind=first.kind,
        provider=office.department,
        by=office.clerk,
        check_now=True,
        continues=first,
    )

    assert (receipt.batch.round, receipt.batch.accepted, receipt.batch.duplicates) == (2, 2, 2)
    assert left(first) == 0


def test_a_batch_sent_back_whole_is_open_in_every_row_until_it_is_sent_again(office: Office) -> None:
    first = office.send(as_csv(penalties(3)))
    releasing.send_back(first.number, office.reviewer, reason="示例")
    assert left(first) == 3

    receive(
        [as_csv(penalties(3)) + b"\n"],
        file_name="再报.csv",
        kind=first.kind,
        provider=office.department,
        by=office.clerk,
        check_now=True,
        continues=first,
    )

    assert left(first) == 0


def test_a_workbook_of_another_department_is_a_new_batch(office: Office) -> None:
    first = office.send(as_csv(broken(1)))
    other = open_office("other")

    batch = other.send(mended(first), name="借来.xlsx")

    assert (batch.continues_id, batch.round) == (None, 1)
    assert findings(batch)["marks_of_another"]["batch"] == first.number
    with pytest.raises(ValueError, match="not of"):
        receive([b"x"], file_name="x", kind=first.kind, provider=other.department, by=other.clerk, continues=first)


def test_two_corrected_files_at_once_are_two_rounds(office: Office) -> None:
    first = office.send(as_csv(broken(2)))
    second, third = office.send(mended(first, 1), name="一.xlsx"), office.send(mended(first), name="二.xlsx")

    assert [each.pk for each in rounds.chain_of(third)] == [first.pk, second.pk, third.pk]
    assert [second.round, third.round] == [2, 3]


def test_checking_a_round_again_after_a_crash_gives_the_same_round(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = office.send(as_csv(broken(2)))
    receipt = receive(
        [mended(first, 1)], file_name="一.xlsx", kind=first.kind, provider=office.department, by=office.clerk
    )
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "_conclude", lambda *_: (_ for _ in ()).throw(OSError("killed")))
        with pytest.raises(OSError, match="killed"):
            jobs.check_batch.call_now(receipt.batch.number)
    jobs.check_batch.call_now(receipt.batch.number)

    batch = Batch.objects.get(pk=receipt.batch.pk)
    assert (batch.round, left(first)) == (2, 1)


def test_rows_of_another_department_known_here_are_refused_and_unknown_units_only_warned_of(office: Office) -> None:
    open_office("other")
    from rongxin.departments import actions as departments

    departments.enter("third", "示例市应急管理局", region="990000", uscc="11320100MB1886844X")
    rows = [
        penalty(**{DOCUMENT: "示罚1号", "数据来源单位": "示例市应急管理局", "数据来源单位统一社会信用代码": ""}),
        penalty(**{DOCUMENT: "示罚2号", "数据来源单位统一社会信用代码": "11320100MB1886844X"}),
        penalty(**{DOCUMENT: "示罚3号", "数据来源单位": "示例市某某局"}),
        penalty(**{DOCUMENT: "示罚4号"}),
    ]
    batch = office.send(as_csv(rows))

    from rongxin.intake.models import RowProblem

    told = {(row, code) for row, code in RowProblem.objects.values_list("row", "code") if code.startswith("provider")}
    assert told == {(2, "provider_is_another"), (3, "provider_is_another"), (4, "provider_unknown")}
    assert batch.rejected >= 2


def test_a_file_of_2016_is_accepted_and_the_batch_says_its_layout(office: Office) -> None:
    from tests.engine.test_layouts import PENALTY_2016
    from tests.intake.tables import TEA, TEA_NAME

    row = PENALTY_2016 | {
        "行政相对人名称": TEA_NAME,
        "行政相对人代码_1(统一社会信用代码)": TEA,
        "处罚机关": office.department.name,
    }
    batch = office.release(office.send(as_csv([row])))

    assert (batch.layout, batch.recorded) == ("2016", 1)
    assert "layout_converted" in findings(batch)
    assert "11010519491231002X" not in files.copy_path(batch.number).read_text(encoding="utf-8")


def test_a_template_that_is_older_is_accepted_with_the_name_of_the_newer(office: Office, tmp_path: Path) -> None:
    from rongxin.engine.templates import Limits, write_template
    from rongxin.rulebook import queries as rulebook

    kind = rulebook.current().kinds["administrative_penalty"]
    book = load_workbook(io.BytesIO(write_template(kind, version="2018.0-00000000", limits=Limits(1_000_000, 200))))
    page = book.worksheets[0]
    heads = {cell.value: cell.column for cell in page[1]}
    for head, value in penalty().items():
        page.cell(3, heads[head]).value = value
    book.save(tmp_path / "old.xlsx")

    batch = office.send((tmp_path / "old.xlsx").read_bytes(), name="old.xlsx")

    assert (batch.rows, batch.accepted, batch.template_version) == (1, 1, "2018.0-00000000")
    assert findings(batch)["template_older"]["newer"].startswith(kind.credit.version)


def test_a_return_workbook_of_other_rows_mends_only_what_was_open(office: Office) -> None:
    first = office.send(as_csv(broken(1)))
    rows = [
        penalty(**{DOCUMENT: "示罚外1号", "原文件行号": "2"}),
        penalty(**{DOCUMENT: "示罚外2号", "原文件行号": "99"}),
    ]

    receipt = receive(
        [as_xlsx(rows)],
        file_name="别的.xlsx",
        kind=first.kind,
        provider=office.department,
        by=office.clerk,
        check_now=True,
        continues=first,
    )

    assert (receipt.batch.accepted, left(first)) == (2, 1)
