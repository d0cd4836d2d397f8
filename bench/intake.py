"""A department's file to every error of every row, against a bare read and a row-by-row validator."""

import csv
import random
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.csv
from frictionless import Resource, Schema

from bench.measure import Benchmark, Goal, median_seconds
from config.environment import environment
from rongxin.engine.heads import require_heads
from rongxin.engine.reading import read_table
from rongxin.engine.validation import Checked, validate
from rongxin.policy.kinds import RecordKind
from rongxin.policy.loader import load_pack
from rongxin.policy.pack import Policy
from rongxin.policy.words import StepSeverity
from rongxin.primitives.uscc import make

TODAY = date(2026, 11, 20)
PEER_ROWS = 20_000
_TEXT = (
    "经查，当事人于检查时未能提供进货查验记录，货架上三批次预包装食品标签未标注生产日期和贮存条件，责令改正并处罚款。"
)


def _row(index: int, chance: random.Random) -> dict[str, str]:
    fine = chance.choice((2000, 5000, 8000, 30000))
    bad = chance.random()
    return {
        "行政相对人名称": f"福州示例{chance.choice('榕海江山金玉')}{index}贸易有限公司",
        "行政相对人类别": "法人及非法人组织",
        "行政相对人代码_1（统一社会信用代码）": make("9", "1", "350102", f"MA{index % 1_000_000:06d}"),
        "法定代表人": "林示例",
        "行政处罚决定书文号": "" if bad < 0.02 else f"榕示市监罚〔2026〕{index}号",
        "违法行为类型": "标签标注不符合规定",
        "违法事实": _TEXT,
        "处罚依据": "《中华人民共和国食品安全法》第一百二十五条第一款第二项",
        "处罚类别": "罚款、没收违法所得、没收非法财物",
        "处罚内容": f"罚款{fine}元",
        "罚款金额（万元）": str(fine / 10_000),
        "处罚决定日期": "2026-02-31"
        if 0.02 < bad < 0.04
        else f"2026-{chance.randint(1, 10):02d}-{chance.randint(1, 28):02d}",
        "处罚有效期": "2027-12-31",
        "处罚机关": "福州市示例市场监督管理局",
        "处罚机关统一社会信用代码": "11320100MB1886843H",
        "数据来源单位": "福州市示例市场监督管理局",
        "数据来源单位统一社会信用代码": "11320100MB1886843H",
        "备注": "",
    }


def _write(path: Path, size: int) -> None:
    chance = random.Random(20261122)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(_row(0, chance)))
        writer.writeheader()
        writer.writerows(_row(index, chance) for index in range(size))


def _ours(path: Path, kind: RecordKind, policy: Policy) -> Checked:
    sheet = read_table(path, row_limit=environment.row_limit)
    heads = require_heads(sheet.heads, kind)
    ladder = policy.value("intake/code_ladder", TODAY).steps
    return validate(sheet, heads, kind, today=TODAY, divisions=policy.divisions, ladder=ladder)


def _peer_schema(kind: RecordKind, heads: list[str]) -> Schema:
    """The same columns for frictionless: required cells, longest texts and dates; it knows no code and no rule across columns."""
    by_title = {field.title: field for field in kind.table.fields}
    fields: list[dict[str, Any]] = []
    for head in heads:
        field = by_title[head]
        constraints: dict[str, Any] = {"required": field.constraints.required}
        if field.constraints.max_length:
            constraints["maxLength"] = field.constraints.max_length
        peer_type = "date" if field.type == "date" else "string"
        fields.append({"name": head, "type": peer_type, "constraints": constraints if peer_type == "string" else {}})
    return Schema.from_descriptor({"fields": fields})


def run(size: int) -> Benchmark:
    """Seconds from file to problems for ``size`` penalties; frictionless on a part, per row."""
    policy = load_pack(Path(environment.policies), environment.pack)
    kind = policy.kinds["administrative_penalty"]
    with tempfile.TemporaryDirectory() as folder:
        whole, part = Path(folder, "whole.csv"), Path(folder, "part.csv")
        _write(whole, size)
        _write(part, min(size, PEER_ROWS))
        megabytes = whole.stat().st_size / 1_000_000
        seconds, checked = median_seconds(lambda: _ours(whole, kind, policy))
        bare, _ = median_seconds(lambda: pyarrow.csv.read_csv(whole))
        heads = list(_row(0, random.Random(1)))
        peer, _ = median_seconds(
            lambda: Resource(path=part.name, basepath=folder, schema=_peer_schema(kind, heads)).validate(
                limit_errors=size
            ),
            runs=1,
        )
    per_row = seconds / size
    return Benchmark(
        name="intake",
        size=size,
        seconds=round(seconds, 3),
        peers={"pyarrow bare read": round(bare, 3), f"frictionless, {min(size, PEER_ROWS):,} rows": round(peer, 3)},
        goals=(
            Goal("times frictionless, row by row", peer / min(size, PEER_ROWS) / per_row, 30),
            Goal("times a bare read by pyarrow", seconds / bare, 4, "lower"),
        ),
        notes={
            "megabytes": round(megabytes, 1),
            "rows_per_second": int(size / seconds),
            "problems": checked.problems.filter(pl.col("severity") != StepSeverity.WARN.value).height,
        },
    )
