"""The closed list of what the engine can find, with its texts. Read by way of :mod:`rongxin.engine.problems`."""

from dataclasses import dataclass

from rongxin.policy.words import StepSeverity

REFUSED_PERSON = "refused_person"


@dataclass(frozen=True, slots=True)
class ProblemText:
    """Message and suggestion in Chinese and English, as templates over the particulars of the finding."""

    zh: str
    en: str
    do_zh: str
    do_en: str
    severity: StepSeverity | None = None


_REFUSE, _REVIEW, _WARN = StepSeverity.REFUSE, StepSeverity.REVIEW, StepSeverity.WARN

_FILE = {
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

_ROW = {
    "encoding_broken": ProblemText(
        zh="本行有无法识别的文字",
        en="This row has characters that cannot be read",
        do_zh="重新录入本行文字，另存为 UTF-8 编码或 XLSX",
        do_en="Type the text of this row again and save as UTF-8 or XLSX",
        severity=_REFUSE,
    ),
    "nul_byte": ProblemText(
        zh="本行含有空字符，已去除",
        en="This row held NUL characters; they were removed",
        do_zh="请核对本行内容是否完整",
        do_en="Check that the row is complete",
        severity=_WARN,
    ),
    "row_too_long": ProblemText(
        zh="本行有 {found} 格，表头只有 {expected} 列",
        en="This row has {found} cells, the head has {expected}",
        do_zh="检查内容中是否有未加引号的分隔符",
        do_en="Look for a delimiter inside a cell that is not in quotation marks",
        severity=_REFUSE,
    ),
    "row_too_short": ProblemText(
        zh="本行只有 {found} 格，表头有 {expected} 列",
        en="This row has only {found} cells, the head has {expected}",
        do_zh="补齐缺少的格，空格也要保留分隔符",
        do_en="Add the missing cells; an empty cell still needs its delimiter",
        severity=_REFUSE,
    ),
}

_CELL = {
    "required_missing": ProblemText(
        zh="必填，未填写",
        en="Required, but empty",
        do_zh="按决定书填写",
        do_en="Fill it in from the decision",
        severity=_REFUSE,
    ),
    "length_exceeded": ProblemText(
        zh="最多 {max} 字，现有 {found} 字",
        en="At most {max} characters; there are {found}",
        do_zh="缩写后重新报送，完整文字留在决定书中",
        do_en="Shorten it; the decision itself keeps the full text",
        severity=_REFUSE,
    ),
    "enum_unknown": ProblemText(
        zh="“{found}”不在可填的值之内",
        en="“{found}” is not one of the values allowed",
        do_zh="从这些值中选择：{allowed}",
        do_en="Choose from: {allowed}",
        severity=_REFUSE,
    ),
    "pattern_mismatch": ProblemText(
        zh="不符合规定的格式",
        en="Not in the required form",
        do_zh="按格式填写：{pattern}",
        do_en="Use the form {pattern}",
        severity=_REFUSE,
    ),
    "date_unreadable": ProblemText(
        zh="不是日期",
        en="This is not a date",
        do_zh="写成 2026-12-05 这样的日期",
        do_en="Write a date like 2026-12-05",
        severity=_REFUSE,
    ),
    "date_impossible": ProblemText(
        zh="日历上没有这一天",
        en="There is no such day in the calendar",
        do_zh="核对决定书，写成 2026-12-05 这样的日期",
        do_en="Check the decision and write a date like 2026-12-05",
        severity=_REFUSE,
    ),
    "amount_unreadable": ProblemText(
        zh="不是金额",
        en="This is not a sum of money",
        do_zh="只写数字，如 0.8；其他币种请折算成人民币",
        do_en="Write a number such as 0.8; convert other currencies to yuan",
        severity=_REFUSE,
    ),
    "amount_negative": ProblemText(
        zh="金额不能为负",
        en="A sum cannot be negative",
        do_zh="核对决定书上的金额",
        do_en="Check the sum in the decision",
        severity=_REFUSE,
    ),
    "amount_too_fine": ProblemText(
        zh="金额精确到分以下",
        en="The sum is finer than one fen",
        do_zh="核对单位是元还是万元，金额保留到分",
        do_en="Check whether the unit is yuan or ten thousand yuan; give whole fen",
        severity=_REFUSE,
    ),
    "code_lost_digits": ProblemText(
        zh="代码被表格软件当成数字，末几位已丢失",
        en="The table programme turned the code into a number and its last digits are lost",
        do_zh="把该列设为文本格式，重新录入完整代码",
        do_en="Format the column as text and type the whole code again",
        severity=_REFUSE,
    ),
    "uscc_placeholder": ProblemText(
        zh="这是占位代码，不是统一社会信用代码",
        en="This only fills the field; it is no unified code",
        do_zh="填写真实代码；没有代码的留空",
        do_en="Give the real code; leave the cell empty where there is none",
        severity=_REFUSE,
    ),
    "uscc_length": ProblemText(
        zh="统一社会信用代码应为 18 位，现为 {length} 位",
        en="A unified code has 18 characters; this has {length}",
        do_zh="核对营业执照上的代码",
        do_en="Check the code on the licence",
        severity=_REFUSE,
    ),
    "uscc_alphabet": ProblemText(
        zh="第 {positions} 位的“{characters}”不是统一社会信用代码可用的字符",
        en="“{characters}” at position {positions} cannot stand in a unified code",
        do_zh="核对是否把 0 写成 O、把 1 写成 I",
        do_en="Look for the letter O in place of 0 and I in place of 1",
        severity=_REFUSE,
    ),
    "uscc_category": ProblemText(
        zh="开头两位“{department}{category}”不是已有的登记部门和机构类别",
        en="“{department}{category}” at the beginning is no registering department and category",
        do_zh="核对营业执照上的代码",
        do_en="Check the code on the licence",
        severity=_REFUSE,
    ),
    "uscc_check_character": ProblemText(
        zh="校验码不符：按前 17 位应为 {expected}，填的是 {found}",
        en="The check character is {found}; the first 17 characters call for {expected}",
        do_zh="逐位核对代码；确与执照一致的，由人工核实",
        do_en="Compare it with the licence character by character; if it agrees, a person will look",
        severity=_REVIEW,
    ),
    "uscc_organisation_code": ProblemText(
        zh="第 17 位不符：主体标识码按前 8 位应为 {expected}，填的是 {found}",
        en="Position 17 is {found}; the organisation code inside calls for {expected}",
        do_zh="逐位核对代码；确与执照一致的，由人工核实",
        do_en="Compare it with the licence character by character; if it agrees, a person will look",
        severity=_REVIEW,
    ),
    "uscc_division_unknown": ProblemText(
        zh="代码中的行政区划 {division} 不在区划表中",
        en="The division {division} in the code is in no table",
        do_zh="核对代码第 3 至 8 位",
        do_en="Check positions 3 to 8 of the code",
        severity=_WARN,
    ),
    "uscc_division_abolished": ProblemText(
        zh="代码中的行政区划 {division}（{name}）已撤销",
        en="The division {division} ({name}) in the code has been abolished",
        do_zh="在撤销前登记的代码照常有效，不必修改",
        do_en="Nothing to do: a code given before that stays valid",
        severity=_WARN,
    ),
    "organisation_code_invalid": ProblemText(
        zh="不是有效的组织机构代码",
        en="This is no valid organisation code",
        do_zh="核对 9 位代码，或只填统一社会信用代码",
        do_en="Check the nine characters, or give the unified code only",
        severity=_REVIEW,
    ),
    "registration_number_invalid": ProblemText(
        zh="不是有效的 15 位工商注册号",
        en="This is no valid registration number of 15 digits",
        do_zh="核对注册号，或只填统一社会信用代码",
        do_en="Check the number, or give the unified code only",
        severity=_WARN,
    ),
    "date_in_future": ProblemText(
        zh="日期晚于今天（{today}）",
        en="The date lies after today ({today})",
        do_zh="核对决定书上的日期",
        do_en="Check the date in the decision",
        severity=_REFUSE,
    ),
    "date_before_other": ProblemText(
        zh="早于“{other}”（{other_value}）",
        en="Earlier than “{other_en}” ({other_value})",
        do_zh="核对两个日期，改正填错的一个",
        do_en="Check both dates and correct the wrong one",
        severity=_REFUSE,
    ),
    "required_when_missing": ProblemText(
        zh="“{when}”含有“{has}”时必填",
        en="Required when “{when_en}” has “{has}”",
        do_zh="按决定书填写，或改正“{when}”",
        do_en="Fill it in from the decision, or correct “{when_en}”",
        severity=_REFUSE,
    ),
    "one_of_required_missing": ProblemText(
        zh="至少填写一项：{fields}",
        en="At least one must be filled in: {fields_en}",
        do_zh="任填其中一项",
        do_en="Fill in any of them",
        severity=_REFUSE,
    ),
    "unit_confusion": ProblemText(
        zh="单位可能有误：本栏读作 {read}，“{text}”中写的是 {named}",
        en="The unit may be wrong: this reads as {read}, but “{text_en}” says {named}",
        do_zh="与决定书一致的，按本栏单位写作 {proposed}",
        do_en="If the decision agrees, write {proposed} in the unit of this column",
        severity=_REFUSE,
    ),
    "severity_unknown": ProblemText(
        zh="无法确定失信程度，确定前不公示",
        en="The severity cannot be told; it is not displayed until it is known",
        do_zh="核对处罚类别",
        do_en="Check the class of penalty",
        severity=_WARN,
    ),
    "act_twice_in_file": ProblemText(
        zh="同一决定在本文件中出现多次而内容不同：第 {rows} 行",
        en="The same decision stands several times in this file with different content: rows {rows}",
        do_zh="只保留正确的一行",
        do_en="Keep the right row only",
        severity=_REFUSE,
    ),
}

_SUBJECT = {
    "code_unknown_to_register": ProblemText(
        zh="登记库中没有这个代码",
        en="The register does not know this code",
        do_zh="逐位核对代码；新登记的主体由人工核实",
        do_en="Compare the code character by character; a newly registered one is looked up by a person",
        severity=_REVIEW,
    ),
    "name_disagrees": ProblemText(
        zh="代码与名称不符：登记名称是“{registered}”",
        en="Code and name disagree: the registered name is “{registered}”",
        do_zh="核对代码和名称，改正填错的一个",
        do_en="Check both and correct the wrong one",
        severity=_REVIEW,
    ),
    "former_name_used": ProblemText(
        zh="这是曾用名，现名称是“{registered}”",
        en="This is a former name; the present one is “{registered}”",
        do_zh="可照决定书保留，不必修改",
        do_en="Nothing to do if the decision uses it",
        severity=_WARN,
    ),
    "code_missing_name_known": ProblemText(
        zh="没有可用的代码，名称与登记库中的“{registered}”（{uscc}）一致",
        en="There is no usable code; the name is that of “{registered}” ({uscc}) in the register",
        do_zh="确认是同一主体后填写代码",
        do_en="Make sure it is the same one and fill in the code",
        severity=_REVIEW,
    ),
    "name_ambiguous": ProblemText(
        zh="没有可用的代码，登记库中有 {bearers} 个主体叫这个名称",
        en="There is no usable code, and {bearers} subjects in the register bear this name",
        do_zh="填写统一社会信用代码",
        do_en="Fill in the unified code",
        severity=_REVIEW,
    ),
    "subject_unknown": ProblemText(
        zh="没有可用的代码，名称也不在登记库中",
        en="There is no usable code, and the register does not know the name",
        do_zh="填写统一社会信用代码和登记的全称",
        do_en="Give the unified code and the full registered name",
        severity=_REVIEW,
    ),
    "code_and_name_point_elsewhere": ProblemText(
        zh="代码属于“{registered}”，名称却是另一主体（{uscc}）的",
        en="The code belongs to “{registered}”, the name to another subject ({uscc})",
        do_zh="核对决定书，确认被处理的是哪一个主体",
        do_en="Check the decision: which of the two is it about?",
        severity=_REVIEW,
    ),
}

_DO_PERSON_ZH = "平台不收录自然人，该行内容未保存；确为企业的，补正后重新报送"
_DO_PERSON_EN = (
    "Natural persons are not kept here and nothing of the row was stored; if it is an organisation, correct it"
)
_PERSON = {
    f"{REFUSED_PERSON}_category_person": ProblemText(
        zh="相对人类别为自然人，已拒收",
        en="Refused: the category says natural person",
        do_zh=_DO_PERSON_ZH,
        do_en=_DO_PERSON_EN,
    ),
    f"{REFUSED_PERSON}_code_is_resident_id": ProblemText(
        zh="代码是居民身份证号码，已拒收",
        en="Refused: the code is a resident identity number",
        do_zh=_DO_PERSON_ZH,
        do_en=_DO_PERSON_EN,
    ),
    f"{REFUSED_PERSON}_no_code_no_organisation_word": ProblemText(
        zh="没有可用的代码，名称也看不出是单位，按自然人拒收",
        en="Refused: no usable code, and nothing in the name tells an organisation from a person",
        do_zh=_DO_PERSON_ZH,
        do_en=_DO_PERSON_EN,
    ),
}

PROBLEMS: dict[str, ProblemText] = {**_FILE, **_ROW, **_CELL, **_SUBJECT, **_PERSON}
