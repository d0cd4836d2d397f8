"""A made-up file of penalties under all columns of the national kind, with what goes wrong in such files."""

import csv
import os
import random
from pathlib import Path
from typing import Final

from rongxin.policy.kinds import RecordKind
from rongxin.primitives.uscc import make

AUTHORITY: Final = "福州市示例市场监督管理局"
AUTHORITY_USCC: Final = make("1", "1", "350100", "MB188684")
REGISTER: Final = 100_000
"""How many enterprises the penalties are about."""

_FACTS = (
    "经查，当事人于检查时未能提供进货查验记录，货架上三批次预包装食品标签未标注生产日期和贮存条件，责令改正并处罚款。"
)


def party(index: int) -> tuple[str, str]:
    """Name and unified code of the enterprise with this index."""
    number = index % REGISTER
    return f"福州示例榕海{number}贸易有限公司", make("9", "1", "350102", f"{number:08d}")


def _spoilt(row: dict[str, str], chance: random.Random) -> dict[str, str]:
    """About one row in ten has something wrong."""
    match chance.randint(0, 99):
        case 0 | 1:
            row["penalty_document_no"] = ""
        case 2 | 3:
            row["penalty_decision_date"] = "2026-02-31"
        case 4:
            row["penalty_decision_date"] = "2026-12-30"
        case 5:
            row["penalty_valid_to"] = "2025-12-31"
        case 6:
            row["penalty_category"] = "没收车辆"
        case 7:
            row["party_uscc"] = row["party_uscc"][:17] + ("A" if row["party_uscc"][17] != "A" else "B")
        case 8:
            row["fine_amount_10k"] = "8000"
            row["penalty_content"] = "罚款8000元"
        case 9:
            row["penalty_basis"] = ""
            row["party_org_code"] = "594672390"
        case 10:
            row["fine_amount_10k"] = "八千多"
            row["source_unit_uscc"] = row["source_unit_uscc"][:16]
    return row


def row(index: int, chance: random.Random) -> dict[str, str]:
    """One penalty by field name."""
    name, uscc = party(index)
    fine = chance.choice((2000, 5000, 8000, 30000))
    return _spoilt(
        {
            "party_name": name,
            "party_category": "法人及非法人组织",
            "party_uscc": uscc,
            "party_org_code": uscc[8:17],
            "party_tax_no": uscc,
            "legal_representative": "林示例",
            "penalty_document_no": f"榕示市监罚〔2026〕{index}号",
            "violation_type": "标签标注不符合规定",
            "violation_facts": _FACTS,
            "penalty_basis": "《中华人民共和国食品安全法》第一百二十五条第一款第二项",
            "penalty_category": "罚款、没收违法所得、没收非法财物",
            "penalty_content": f"罚款{fine}元",
            "fine_amount_10k": str(fine / 10_000),
            "penalty_decision_date": f"2026-{chance.randint(1, 10):02d}-{chance.randint(1, 28):02d}",
            "penalty_valid_to": "2027-12-31",
            "publicity_deadline": "2027-12-31",
            "penalty_authority": AUTHORITY,
            "penalty_authority_uscc": AUTHORITY_USCC,
            "source_unit": AUTHORITY,
            "source_unit_uscc": AUTHORITY_USCC,
            "remark": "示例数据",
        },
        chance,
    )


def write(path: Path, size: int, kind: RecordKind, *, first: int = 0) -> None:
    """``size`` penalties as UTF-8 CSV under the Chinese heads of all columns; documents are numbered from ``first``."""
    chance = random.Random(20261122)
    names = list(kind.fields)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(field.title for field in kind.table.fields)
        for index in range(first, first + size):
            filled = row(index, chance)
            writer.writerow([filled.get(name, "") for name in names])
        # On the disk before anything is timed: a file that is still being written out slows what reads it.
        out.flush()
        os.fsync(out.fileno())
