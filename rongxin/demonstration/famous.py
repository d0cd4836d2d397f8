"""The made-up enterprises that bear the first numbers, so that searches worth trying can be named; and one act."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from rongxin.demonstration.codes import numbered_code
from rongxin.demonstration.forms import FORMS
from rongxin.demonstration.trades import TRADES


@dataclass(frozen=True, slots=True)
class Famous:
    """An enterprise of note; ``word`` is of its trade, ``number`` stands in its code."""

    number: int
    name: str
    word: str
    legal_form: str
    established_on: date
    district: str = "鼓楼示例区"
    status: str = "存续"
    former_name: str | None = None
    renamed_on: date | None = None


FAMOUS: Final = (
    Famous(
        1, "福州示例榕海茶业有限公司", "茶业", "有限责任公司", date(2009, 5, 12),
        former_name="福州示例榕海贸易有限公司", renamed_on=date(2018, 3, 20),
    ),
    Famous(2, "福州示例榕海贸易有限公司", "贸易", "有限责任公司", date(2012, 4, 16)),
    Famous(3, "福州示例榕海贸易有限公司", "贸易", "有限责任公司", date(2020, 8, 5), "长乐示例区"),
    Famous(4, "福清示例榕海贸易有限公司", "贸易", "有限责任公司", date(2005, 10, 18), "福清示例市", "注销"),
    Famous(
        5, "福建示例榕海国际贸易与供应链数字化综合服务（集团）股份有限公司", "贸易", "股份有限公司（非上市）",
        date(2016, 1, 11), status="迁出",
    ),
    Famous(6, "福州示例江滨物流有限公司", "物流", "有限责任公司", date(2011, 9, 1)),
    Famous(7, "福清示例融城置业有限公司", "置业", "有限责任公司", date(2013, 6, 24), "福清示例市"),
    Famous(8, "福州示例闽都物业服务有限公司", "物业服务", "有限责任公司", date(2007, 3, 30)),
)  # fmt: skip

DOCUMENT_NUMBER: Final = "榕示市监罚〔2026〕118号"
DECIDED_ON: Final = date(2026, 9, 28)


def famous_rows() -> pl.DataFrame:
    """The famous under their indices, in the columns that ``enterprises`` gives them and overrides."""
    trades = [next(at for at, trade in enumerate(TRADES) if each.word in trade.words) for each in FAMOUS]
    forms = [next(at for at, form in enumerate(FORMS) if form.legal_form == each.legal_form) for each in FAMOUS]
    return pl.DataFrame(
        {
            "index": range(len(FAMOUS)),
            "trade": trades,
            "form": forms,
            "uscc": [numbered_code("9", "1", each.number) for each in FAMOUS],
            "name": [each.name for each in FAMOUS],
            "former_name": [each.former_name for each in FAMOUS],
            "renamed_on": [each.renamed_on for each in FAMOUS],
            "established_on": [each.established_on for each in FAMOUS],
            "status": [each.status for each in FAMOUS],
            "district": [each.district for each in FAMOUS],
        },
        schema_overrides={"index": pl.Int64, "trade": pl.Int64, "form": pl.Int64},
    )


def penalty_row() -> dict[str, str]:
    """The famous penalty, without those who filed it (administrative_penalty, by field name)."""
    first = FAMOUS[0]
    return {
        "party_name": first.name,
        "party_category": "法人及非法人组织",
        "party_uscc": numbered_code("9", "1", first.number),
        "penalty_document_no": DOCUMENT_NUMBER,
        "violation_type": "食品标签标注不符合规定",
        "violation_facts": "2026年9月检查发现，当事人销售的2个批次预包装茶叶的标签没有标注贮存条件。",
        "penalty_basis": "《中华人民共和国食品安全法》第一百二十五条第一款第二项",
        "penalty_category": "罚款、没收违法所得、没收非法财物",
        "penalty_content": "没收违法所得1150元，罚款7500元",
        "fine_amount_10k": "0.75",
        "confiscated_amount_10k": "0.115",
        "penalty_decision_date": DECIDED_ON.isoformat(),
        "penalty_valid_to": date(2027, 9, 28).isoformat(),
    }
