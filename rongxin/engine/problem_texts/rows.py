"""What may be wrong with a row as a whole, and rows about natural persons."""

from rongxin.engine.problem_texts.shape import REFUSE, WARN, ProblemText

ROW = {
    "encoding_broken": ProblemText(
        zh="本行有无法识别的文字",
        en="This row has characters that cannot be read",
        do_zh="重新录入本行文字，另存为 UTF-8 编码或 XLSX",
        do_en="Type the text of this row again and save as UTF-8 or XLSX",
        severity=REFUSE,
    ),
    "nul_byte": ProblemText(
        zh="本行含有空字符，已去除",
        en="This row held NUL characters; they were removed",
        do_zh="请核对本行内容是否完整",
        do_en="Check that the row is complete",
        severity=WARN,
    ),
    "row_too_long": ProblemText(
        zh="本行有 {found} 格，表头只有 {expected} 列",
        en="This row has {found} cells, the head has {expected}",
        do_zh="检查内容中是否有未加引号的分隔符",
        do_en="Look for a delimiter inside a cell that is not in quotation marks",
        severity=REFUSE,
    ),
    "row_too_short": ProblemText(
        zh="本行只有 {found} 格，表头有 {expected} 列",
        en="This row has only {found} cells, the head has {expected}",
        do_zh="补齐缺少的格，空格也要保留分隔符",
        do_en="Add the missing cells; an empty cell still needs its delimiter",
        severity=REFUSE,
    ),
    "act_withdrawn": ProblemText(
        zh="这条信息（记录 {number}）已于 {day} 撤回，原因：{reason}；撤回的信息不再收录",
        en="This act (record {number}) was withdrawn on {day}, because: {reason}. What was withdrawn is not taken in again",
        do_zh="不用再报，可整行删除；重新作出决定或出具更正文书的，按新文书的文号报送；认为撤回有误的，请本单位审核员在“记录与撤回”中核对",
        do_en="Delete the row. A new decision or correcting document has its own number: send that. If the withdrawal looks "
        "wrong, ask your reviewer to look under “Records and withdrawal”",
        severity=REFUSE,
    ),
}

REFUSED_PERSON = "refused_person"
_DO_PERSON_ZH = "平台不收录自然人，该行内容未保存；确为企业的，补正后重新报送"
_DO_PERSON_EN = (
    "Natural persons are not kept here and nothing of the row was stored; if it is an organisation, correct it"
)
PERSON = {
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
