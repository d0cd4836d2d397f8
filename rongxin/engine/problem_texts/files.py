"""What may be wrong with a file as a whole."""

from rongxin.engine.problem_texts.shape import ProblemText

FILE = {
    "file_empty": ProblemText(
        zh="文件是空的",
        en="The file is empty",
        do_zh="打开文件确认内容后重新报送",
        do_en="Open the file, make sure it has content, and send it again",
    ),
    "head_only": ProblemText(
        zh="只有表头，没有一行数据",
        en="There is a head row and no data below it",
        do_zh="在表头下面填写数据后重新报送",
        do_en="Fill in rows below the head and send the file again",
    ),
    "not_a_table": ProblemText(
        zh="不是表格文件（识别为 {found}）",
        en="This is not a table but {found}",
        do_zh="另存为 XLSX 或 CSV 后重新报送",
        do_en="Save the table as XLSX or CSV and send it again",
    ),
    "xls_old_format": ProblemText(
        zh="这是旧格式的 XLS 工作簿",
        en="This is a workbook in the old XLS format",
        do_zh="在表格软件中打开，另存为 XLSX 后重新报送",
        do_en="Open it, save it as XLSX, and send it again",
    ),
    "workbook_encrypted": ProblemText(
        zh="工作簿设有密码，无法打开",
        en="The workbook is protected by a password",
        do_zh="取消打开密码后重新报送",
        do_en="Remove the password and send it again",
    ),
    "workbook_damaged": ProblemText(
        zh="工作簿已损坏，或所占内存远超正常表格，无法读取",
        en="The workbook is damaged, or asks for far more memory than a table needs",
        do_zh="用表格软件打开并另存为新的 XLSX；打不开的，请重新导出",
        do_en="Open it and save it as a new XLSX; if it does not open, export it again",
    ),
    "zip_bomb": ProblemText(
        zh="压缩内容异常，解压后体积过大，已拒绝打开",
        en="The file unpacks to an abnormal size and was not opened",
        do_zh="把数据复制到新的工作簿后重新报送",
        do_en="Copy the rows to a new workbook and send that",
    ),
    "too_many_rows": ProblemText(
        zh="超过单个文件 {limit} 行的上限",
        en="The file has more than {limit} rows",
        do_zh="分成几个文件报送",
        do_en="Send it in several files",
    ),
    "too_many_columns": ProblemText(
        zh="超过 {limit} 列的上限",
        en="The table has more than {limit} columns",
        do_zh="只保留模板中的列后重新报送",
        do_en="Keep the columns of the template only and send it again",
    ),
    "encoding_unreadable": ProblemText(
        zh="文字编码无法识别",
        en="The encoding of the text cannot be read",
        do_zh="另存为 XLSX，或另存为 UTF-8 编码的 CSV",
        do_en="Save the table as XLSX, or as CSV in UTF-8",
    ),
    "quote_not_closed": ProblemText(
        zh="从第 {row} 行起，双引号只有一半，后面的内容无法分行",
        en="From row {row} on a quotation mark is opened and never closed, so the rows cannot be told apart",
        do_zh="检查该行的双引号，或另存为 XLSX 后重新报送",
        do_en="Check the quotation marks of that row, or save the table as XLSX",
    ),
    "wrong_kind": ProblemText(
        zh="表头与“{kind}”不符；最接近的种类：{better}",
        en="The heads are not those of “{kind_en}”; the nearest kind is: {better_en}",
        do_zh="选择正确的种类，或使用该种类的模板",
        do_en="Choose the right kind, or use the template of this one",
    ),
    "heads_duplicate": ProblemText(
        zh="这些栏目各有两列以上：{fields}",
        en="These fields have more than one column: {fields}",
        do_zh="每个栏目只保留一列后重新报送",
        do_en="Keep one column for each field and send the file again",
    ),
    "heads_missing": ProblemText(
        zh="缺少必填的列：{fields}",
        en="Required columns are missing: {fields}",
        do_zh="按模板补上这些列后重新报送",
        do_en="Add these columns as in the template and send the file again",
    ),
    "heads_unknown": ProblemText(
        zh="这些列不属于本种类，没有读取：{heads}",
        en="These columns do not belong to this kind and were not read: {heads}",
        do_zh="如属于本种类，请改用模板中的列名",
        do_en="If they do belong here, use the heads of the template",
    ),
    "encoding_mixed": ProblemText(
        zh="同一文件中混有 UTF-8 和 GB18030 两种编码，已逐行读取",
        en="Lines in UTF-8 and in GB18030 stand in one file; each was read by itself",
        do_zh="请抽查几行文字是否正确",
        do_en="Check the text of a few rows",
    ),
    "several_sheets": ProblemText(
        zh="有几张工作表有内容，只读取了“{used}”，没有读取：{others}",
        en="Several sheets are filled; “{used}” was read, these were not: {others}",
        do_zh="其余工作表如有数据，请单独报送",
        do_en="If the other sheets hold data, send them separately",
    ),
}
