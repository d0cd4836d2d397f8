"""Cells that say "nothing here". Departments fill an empty field with a dash, a stroke or a word."""

from rongxin.primitives.characters import BLANKS, fold_width

_SIGNS = (
    *(dash * n for dash in "-—–−─_" for n in range(1, 7)),
    *("— —", "- -", "− −", "一一", "/", "//", "/ /", "\\", "\\\\", "...", "......", "()", "[]", "{}", "''", '""'),
)
_WORDS = (
    *("无", "無", "无。", "(无)", "空", "空值", "空白", "(空)", "暂无", "暂缺", "缺", "没有", "无数据", "无内容"),
    *("未填", "未填写", "不适用", "\\N", "#N/A", "N/A", "N.A.", "NA", "NULL", "(NULL)", "<NULL>", "[NULL]"),
    *("NONE", "NIL", "NAN", "<NA>", "NAT", "UNDEFINED"),
)

# After NFKC and stripping BLANKS, membership is the whole rule; a column expression uses this set unchanged.
MISSING: frozenset[str] = frozenset(
    {"", *_SIGNS, *_WORDS, *(word.lower() for word in _WORDS), *(word.capitalize() for word in _WORDS), "NaN", "NaT"}
)


def is_missing(text: str) -> bool:
    """Whether ``text``, in NFKC and without blanks around it, stands for no value."""
    return fold_width(text).strip(BLANKS) in MISSING
