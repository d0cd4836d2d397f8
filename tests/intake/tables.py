"""Tables as departments send them: one good penalty by default, anything else by naming the column."""

import csv
import io
from collections.abc import Mapping, Sequence

import xlsxwriter

TEA = "91990000MA0000015Q"
TEA_NAME = "福州示例榕海茶业有限公司"
PENALTY = {
    "行政相对人名称": TEA_NAME,
    "行政相对人类别": "法人及非法人组织",
    "行政相对人代码_1（统一社会信用代码）": TEA,
    "法定代表人": "林示例",
    "行政处罚决定书文号": "榕示市监罚〔2026〕118号",
    "违法行为类型": "标签标注不符合规定",
    "违法事实": "三批次预包装茶叶标签未标注生产日期和贮存条件。",
    "处罚依据": "《中华人民共和国食品安全法》第一百二十五条第一款第二项",
    "处罚类别": "罚款、没收违法所得、没收非法财物",
    "处罚内容": "没收违法所得1260元，罚款8000元",
    "罚款金额（万元）": "0.8",
    "没收违法所得、没收非法财物的金额（万元）": "0.126",
    "处罚决定日期": "2026-11-18",
    "处罚有效期": "2027-11-18",
    "处罚机关": "福州市示例市场监督管理局",
    "处罚机关统一社会信用代码": "11320100MB1886843H",
    "数据来源单位": "福州市示例市场监督管理局",
    "数据来源单位统一社会信用代码": "11320100MB1886843H",
}
CODE = "行政相对人代码_1（统一社会信用代码）"
NAME = "行政相对人名称"
DOCUMENT = "行政处罚决定书文号"


def penalty(**changes: str) -> dict[str, str]:
    """A good penalty with some cells changed: ``penalty(处罚决定日期="2026-02-31")``."""
    return PENALTY | changes


def penalties(count: int) -> list[dict[str, str]]:
    """``count`` good penalties of different documents."""
    return [penalty(**{DOCUMENT: f"榕示市监罚〔2026〕{number}号"}) for number in range(1, count + 1)]


def as_csv(rows: Sequence[Mapping[str, str]], *, heads: Sequence[str] = (), encoding: str = "utf-8") -> bytes:
    """The rows under their heads."""
    text = io.StringIO()
    writer = csv.writer(text)
    heads = heads or list(rows[0])
    writer.writerow(heads)
    writer.writerows([row.get(head, "") for head in heads] for row in rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Mapping[str, object]]) -> bytes:
    """The same as a workbook; numbers stay numbers."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    heads = list(rows[0])
    sheet.write_row(0, 0, heads)
    for index, row in enumerate(rows, start=1):
        for column, head in enumerate(heads):
            value = row.get(head, "")
            sheet.write_number(index, column, value) if isinstance(value, int | float) else sheet.write_string(
                index, column, str(value)
            )
    book.close()
    return out.getvalue()
