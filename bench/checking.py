"""What :mod:`bench.intake` compares in checking a file: ours, a bare read, a validator and a plain loop."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import frictionless as peer
import polars as pl
import pyarrow.csv
from stdnum.cn import uscc

from bench.measure import median_seconds, own_peak_mb
from config.environment import environment
from rongxin.engine.heads import require_heads
from rongxin.engine.reading import read_table
from rongxin.engine.validation import Checked, validate
from rongxin.policy.kinds import RecordKind
from rongxin.policy.loader import load_pack
from rongxin.policy.words import StepSeverity
from rongxin.primitives import organisation_code, registration_number
from rongxin.primitives.divisions import Divisions
from rongxin.primitives.money import amounts_in, read_amount
from rongxin.primitives.names import has_organisation_word
from rongxin.primitives.resident_id import find_all

TODAY: Final = date(2026, 11, 22)
PENALTY: Final = "administrative_penalty"


def ours(path: str) -> dict[str, Any]:
    """Seconds from the file to every problem of every row."""
    policy = load_pack(Path(environment.policies), environment.pack)
    kind = policy.kinds[PENALTY]
    ladder = policy.value("intake/code_ladder", TODAY).steps
    seconds, checked = median_seconds(lambda: _checked(path, kind, ladder, policy.divisions))
    errors = checked.problems.filter(pl.col("severity") != StepSeverity.WARN.value)
    return {"seconds": round(seconds, 3), "errors": errors.height, "peak_mb": own_peak_mb()}


def bare_read(path: str) -> dict[str, Any]:
    """Seconds of reading the same file and doing nothing with it."""
    seconds, _ = median_seconds(lambda: pyarrow.csv.read_csv(path))
    return {"seconds": round(seconds, 3)}


def frictionless(path: str) -> dict[str, Any]:
    """Seconds of frictionless with the schema of the kind and, as a check of rows, the rules that a schema cannot say."""
    kind = load_pack(Path(environment.policies), environment.pack).kinds[PENALTY]
    resource = peer.Resource(path=Path(path).name, basepath=str(Path(path).parent), schema=_peer_schema(kind))
    checklist = peer.Checklist(checks=[_RowRules()])
    seconds, report = median_seconds(lambda: resource.validate(checklist, limit_errors=10_000_000))
    return {"seconds": round(seconds, 3), "errors": report.stats["errors"]}


def plain_loop(path: str) -> dict[str, Any]:
    """Seconds of the plain loop that the tests compare the columns with, and what part of all errors both find."""
    made_up, loop = import_module("tests.engine.made_up"), import_module("tests.engine.plain_loop")
    kind = load_pack(Path(environment.policies), environment.pack).kinds[PENALTY]
    names = list(kind.fields)
    with Path(path).open(encoding="utf-8", newline="") as source:
        rows = [dict(zip(names, cells, strict=True)) for cells in list(csv.reader(source))[1:]]
    seconds, judged = median_seconds(lambda: loop.judge(rows, kind), runs=1)
    theirs = {(row.number, *problem) for row in judged for problem in row.problems}
    checked = _checked(path, kind, made_up.LADDER, made_up.DIVISIONS)
    found = set(checked.problems.select("row", "field", "code", "severity").rows())
    return {"seconds": round(seconds, 3), "agreement": len(found & theirs) / len(found | theirs)}


def _checked(path: str, kind: RecordKind, ladder: Any, divisions: Divisions) -> Checked:
    sheet = read_table(Path(path), row_limit=environment.row_limit)
    heads = require_heads(sheet.heads, kind)
    return validate(sheet, heads, kind, today=TODAY, divisions=divisions, ladder=ladder)


def _peer_schema(kind: RecordKind) -> peer.Schema:
    """The columns as frictionless knows them: type, required, longest text, values."""
    fields: list[dict[str, Any]] = []
    for field in kind.table.fields:
        constraints: dict[str, Any] = {"required": True} if field.constraints.required else {}
        if field.constraints.max_length:
            constraints["maxLength"] = field.constraints.max_length
        if field.constraints.enum:
            constraints["enum"] = list(field.constraints.enum)
        kind_of_cell = {"date": "date", "amount": "number"}.get(field.type, "string")
        fields.append({"name": field.title, "type": kind_of_cell, "constraints": constraints})
    return peer.Schema.from_descriptor({"fields": fields, "missingValues": list(kind.table.missing_values)})


class _RowRules(peer.Check):
    """The rest of the kind's rules: codes, dates against each other and today, sums against the text, persons."""

    Errors = [peer.errors.RowError]

    def validate_row(self, row: Any) -> Iterable[Any]:
        return (peer.errors.RowError.from_row(row, note=note) for note in self._notes(row))

    def _notes(self, row: Any) -> Iterator[str]:
        for head in (
            "行政相对人代码_1（统一社会信用代码）",
            "处罚机关统一社会信用代码",
            "数据来源单位统一社会信用代码",
        ):
            if row[head] and not uscc.is_valid(row[head]):
                yield head
        if (code := row["行政相对人代码_3（组织机构代码）"]) and not organisation_code.is_valid(code):
            yield "组织机构代码"
        if (number := row["行政相对人代码_2（工商注册号）"]) and not registration_number.is_valid(number):
            yield "工商注册号"
        decided, until = row["处罚决定日期"], row["处罚有效期"]
        if decided and decided > TODAY:
            yield "处罚决定日期"
        if decided and until and until < decided:
            yield "处罚有效期"
        fen, named = read_amount(str(row["罚款金额（万元）"] or ""), "10k_yuan"), amounts_in(row["处罚内容"] or "")
        if isinstance(fen, int) and fen and fen not in named and (fen * 10_000 in named or fen / 10_000 in named):
            yield "罚款金额"
        for text in ("违法事实", "处罚内容", "备注"):
            find_all(row[text] or "")
        if row["行政相对人类别"] == "自然人" or not has_organisation_word(row["行政相对人名称"] or ""):
            yield "自然人"
