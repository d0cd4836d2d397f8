"""What is told of columns, layouts and rounds: files that are not in today's layout, or come back corrected."""

from rongxin.engine.problem_texts.shape import REFUSE, WARN, ProblemText

LAYOUT = {
    "codes_swapped": ProblemText(
        zh="代码列填错了列，已按内容读取：{moves}",
        en="Codes stand in the wrong columns and were read by their content: {moves_en}",
        do_zh="下次报送前请把列名改对",
        do_en="Correct the heads before the next file",
    ),
    "layout_converted": ProblemText(
        zh="按{layout}版式换算：{what}",
        en="Converted from the {layout_en} layout: {what_en}",
        do_zh="请抽查几行换算的结果；新数据请用现行模板",
        do_en="Check a few rows; use the present template for new data",
    ),
    "filled_for_all": ProblemText(
        zh="表里没有的栏，报送人为整张表填了一次：{fields}",
        en="Columns that the table lacks, filled in once for the whole of it by the sender: {fields}",
        do_zh="核对整张表是不是都一样",
        do_en="Check that it is the same in every row",
    ),
    "template_older": ProblemText(
        zh="这是旧模板（{used}），已照收；现行模板是 {newer}",
        en="This template is an older one ({used}) and was accepted; the present one is {newer}",
        do_zh="下次请下载现行模板",
        do_en="Download the present template for the next file",
    ),
    "marks_of_another": ProblemText(
        zh="这是批次 {batch} 的退回表，但不属于本单位的这一种类，按新批次办理",
        en="This is the return workbook of batch {batch}, which is not of this department and kind; taken as a new batch",
        do_zh="核对选择的记录种类",
        do_en="Check the kind that was chosen",
    ),
    "rows_mended": ProblemText(
        zh="这是批次 {batch} 的第 {round} 次报送：更正了 {mended} 行，还有 {open} 行待更正",
        en="Round {round} of batch {batch}: {mended} rows were mended, {open} are still to mend",
        do_zh="还没有更正的行，请下载最新的退回表继续更正",
        do_en="Download the latest return workbook for the rows that are left",
    ),
    "nothing_mended": ProblemText(
        zh="这是批次 {batch} 的第 {round} 次报送，没有一行得到更正，什么都没有改变；还有 {open} 行待更正",
        en="Round {round} of batch {batch}: no row was mended and nothing changed; {open} are still to mend",
        do_zh="按“退回原因”改好后再传",
        do_en="Correct the rows as the reasons say and send the file again",
    ),
    "row_converted": ProblemText(
        zh="按{layout}版式换算：{what}",
        en="Converted from the {layout_en} layout: {what_en}",
        do_zh="核对换算的内容",
        do_en="Check what was converted",
        severity=WARN,
    ),
    "layout_value_unknown": ProblemText(
        zh="“{field}”填的“{found}”在{layout}版式中没有可换算的含义",
        en="“{found}” in “{field_en}” has no meaning of the {layout_en} layout that can be converted",
        do_zh="按{layout}版式填：{allowed}",
        do_en="Use a value of the {layout_en} layout: {allowed}",
        severity=REFUSE,
    ),
    "layout_refuses": ProblemText(
        zh="“{head}”：{reason}",
        en="“{head}”: {reason_en}",
        do_zh="办法：{do}",
        do_en="What to do: {do_en}",
        severity=REFUSE,
    ),
    "provider_is_another": ProblemText(
        zh="数据来源单位是“{other}”，不是报送单位",
        en="The providing unit is “{other}”, not the department that sends",
        do_zh="由该单位自行报送；填错的，改成本单位",
        do_en="That department sends its own data; correct the cell if it is wrong",
        severity=REFUSE,
    ),
    "provider_unknown": ProblemText(
        zh="数据来源单位不是报送单位“{own}”，平台也不认识",
        en="The providing unit is not the sender “{own}”, and the platform does not know it",
        do_zh="核对单位名称，写全称",
        do_en="Check the name of the unit and write it in full",
        severity=WARN,
    ),
}
