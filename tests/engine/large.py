"""A made-up file of a million penalties, and a process that reads and judges it: ``python -m tests.engine.large FILE``."""

import json
import resource
import sys
import time
from pathlib import Path

import polars as pl

from rongxin.engine.heads import known_heads
from rongxin.engine.reading import read_table
from tests.engine.made_up import checked, code, kind_named, penalty

FACTS = "当事人经营的食品在抽检中检出不合格项目，违法事实清楚，证据确凿，有检查笔录、询问笔录和检验报告为证。"


def write(path: Path, rows: int) -> None:
    """``rows`` penalties of about 780 bytes each, all right, each its own act."""
    kind = kind_named("administrative_penalty")
    numbers = pl.DataFrame({"n": pl.int_range(1, rows + 1, eager=True)})
    codes = pl.Series("party_uscc", [code(10_000_000 + number) for number in range(1, rows + 1)])
    own = {
        "party_name": pl.format("示例贸易{}有限公司", "n"),
        "party_uscc": codes,
        "penalty_document_no": pl.format("示市监罚〔2026〕{}号", "n"),
        "violation_facts": pl.format("{}第{}次。", pl.lit(FACTS * 3), "n"),
    }
    cells = {name: own.get(name, pl.lit(penalty().get(name, ""))) for name in kind.fields}
    heads = {name: field.title for name, field in kind.fields.items()}
    numbers.select(**cells).rename(heads).write_csv(path)


def main(path: str) -> None:
    """Read and judge, and print rows, problems, seconds and the peak of memory in MB."""
    kind = kind_named("administrative_penalty")
    begun = time.perf_counter()
    sheet = read_table(Path(path), row_limit=1_000_000, known_heads=known_heads([kind]))
    judged = checked(sheet, kind)
    told = {
        "rows": judged.rows.height,
        "problems": judged.problems.height,
        "seconds": round(time.perf_counter() - begun, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
