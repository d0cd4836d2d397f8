"""Writes the XLS files of this folder. Needs xlwt, which the project does not; see README.md."""

import datetime
from pathlib import Path

import xlwt

HEADS = ("名称", "代码", "金额", "日期")
HERE = Path(__file__).parent

book = xlwt.Workbook(encoding="utf-8")
page = book.add_sheet("一月")
day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
page.write_merge(0, 0, 0, 3, "示例市行政处罚汇总表")
for column, head in enumerate(HEADS):
    page.write(1, column, head)
page.write(2, 0, "示例甲有限公司")
page.write(2, 1, 913501047000000000)
page.write(2, 2, 0.8)
page.write(2, 3, datetime.date(2026, 1, 5), day)
page.write(3, 0, "示例乙有限公司")
page.write(3, 1, "0012")
page.write(3, 2, 8000)
page.write(3, 3, 46027)
page.write(4, 0, "示例丙有限公司")
page.write(4, 3, "2026年1月5日")
page.row(4).hidden = True
page.col(2).hidden = True
page.write(6, 0, "填表人：示例")

second = book.add_sheet("二月")
for column, head in enumerate(HEADS):
    second.write(0, column, head)
second.write(1, 0, "示例丁有限公司")

dictionary = book.add_sheet("字典")
dictionary.write(0, 0, "示例")
dictionary.visibility = 1

marks = book.add_sheet("_rongxin")
marks.write(0, 0, "kind")
marks.write(0, 1, "example")
marks.visibility = 2

book.save(str(HERE / "old.xls"))

# The table begins in the second column, which is hidden.
shifted = xlwt.Workbook(encoding="utf-8")
sheet = shifted.add_sheet("一")
sheet.write(0, 1, "名称")
sheet.write(1, 1, "示例")
sheet.col(1).hidden = True
shifted.save(str(HERE / "shifted.xls"))
