"""A large table is put aside while it is checked; nothing else tells it from one that is not."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rongxin.intake import checking, files, jobs
from rongxin.intake.models import Batch, CodeFault, Question, RowProblem
from rongxin.records.models import Record
from tests.intake.conftest import Office
from tests.intake.tables import CODE, DOCUMENT, NAME, as_csv, penalties, penalty
from tests.intake.test_withdrawn import take_down

NUMBER = "350102199001011238"  # made up: of a person
PERSON = penalty(**{NAME: "示例商行", CODE: NUMBER, DOCUMENT: "榕示罚〔2026〕31号"})
ROWS = [
    *penalties(5),
    penalties(2)[1],
    PERSON,
    penalty(**{DOCUMENT: "榕示罚〔2026〕32号", "行政相对人代码_3（组织机构代码）": "594672390"}),
    penalty(**{DOCUMENT: "榕示罚〔2026〕33号", "处罚决定日期": "2026-02-31"}),
    penalty(**{DOCUMENT: "榕示罚〔2026〕34号", NAME: "福州示例榕海贸易有限公司", CODE: "91990000MA0000020K"}),
    penalty(**{DOCUMENT: "", "违法行为类型": ""}),
]
HEADS = list(dict.fromkeys(head for row in ROWS for head in row))
COUNTS = ("state", "rows", "accepted", "withheld", "rejected", "in_review", "refused_person", "duplicates", "coded")


def outcome(batch: Batch) -> dict[str, Any]:
    """Everything that a check leaves."""
    told: dict[str, Any] = {name: getattr(batch, name) for name in COUNTS}
    own = {"id", "batch", "batch_id", "asked_at"}
    for model, of in ((RowProblem, batch), (Question, batch), (CodeFault, batch.number)):
        lines = model._default_manager.filter(batch=of).order_by("pk").values()
        told[model.__name__] = [{name: line[name] for name in line.keys() - own} for line in lines]
    told["copy"] = files.copy_path(batch.number).read_bytes()
    tables = (files.accepted_path(batch.number), files.waiting_path(batch.number))
    told["tables"] = [pl.read_parquet(path).rows() for path in tables if path.exists()]
    if files.return_path(batch.number).exists():
        told["returned"] = pl.read_excel(files.return_path(batch.number), sheet_id=1, infer_schema_length=0).rows()
    return told


@pytest.mark.parametrize("rows", [ROWS, [PERSON], penalties(3)], ids=["everything", "no row stays", "all good"])
def test_a_table_put_aside_comes_out_the_same(
    office: Office, monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, str]]
) -> None:
    office.release(office.send(as_csv(penalties(1))))
    take_down(office, Record.objects.get())
    table = as_csv(rows, heads=HEADS)
    in_memory = outcome(office.send(table))
    monkeypatch.setattr(checking, "WORTH_PUTTING_ASIDE", 1)

    aside = office.send(table + b"\n")

    assert outcome(aside) == in_memory
    assert not list(files.received_path(aside.number).parent.glob(f"{files.READING}*"))


def test_what_was_put_aside_goes_even_if_the_check_is_killed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Path] = []

    def kill(*_: object) -> None:
        seen.extend(files.received_path("").rglob("*.parquet"))
        raise OSError("killed")

    monkeypatch.setattr(checking, "WORTH_PUTTING_ASIDE", 1)
    with monkeypatch.context() as patch, pytest.raises(OSError, match="killed"):
        patch.setattr(jobs, "_conclude", kill)
        office.send(as_csv(penalties(3)))

    assert {path.name for path in seen} == {"sheet.parquet", "rows.parquet"}
    assert not list(files.received_path("").rglob("*.parquet"))
