"""What of the rows below a head is data.

Notes, totals, signatures, a head printed again on every page and the samples of a template are passed over, and told
with their numbers: a row is left out only if at most two cells of a table of four or more columns are filled and its
words say that it is none.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from rongxin.engine.heads import normalise_head
from rongxin.engine.sheets import ROW, SAMPLE_MARK, FileFinding
from rongxin.primitives.characters import BLANKS, fold_width

FEWEST_COLUMNS: Final = 4
MOST_FILLED: Final = 2
_SHOWN: Final = 20
_LOOKED_AT: Final = 1_000  # rows by which the fullest columns are chosen; a wrong choice only costs time

_FIRST: Final = "first filled"
_FILLED: Final = "filled"
_MARK: Final = "\ufeff"
_COLON: Final = r"\s*[:：]"
_SIGNED: Final = (
    "(?:填表|填报|制表|制单|经办|审核|复核|负责|单位负责|部门负责|联系)人|联系(?:电话|方式)|(?:填报|报送|制表|填表)单位|(?:填报|报送)部门"
    "|(?:单位)?盖章|(?:填报|填表|制表|报送|打印|导出|统计|报表)(?:日期|时间)"
)
_NUMBER: Final = "[0-9一二三四五六七八九十]+"
_NOTE: Final = re.compile(
    r"[*※★#]*\s*(?:"
    r"(?:填报说明|填表说明|填写说明|填报要求|填报须知|使用说明|说明|备注|附注|注意事项|注意|提示|注)"
    rf"(?:{_COLON}|\s*[0-9一二三四五六七八九十]+\s*[、.:：)]|\s*$)"
    r"|(?:合\s*计|小\s*计|总\s*计|累\s*计|本页小计|本页合计|合计数|总计数)(?:[(（].*[)）])?(?:" + _COLON + r".*)?\s*$"
    rf"|[(（]?(?:{_SIGNED})[)）]?(?:[(（][^()（）]*[)）])?(?:{_COLON}|\s*$)"
    rf"|[—\-–\s]*第\s*{_NUMBER}\s*页[\s,，/]*(?:[(（]?共\s*{_NUMBER}\s*页[)）]?)?[—\-–\s]*$"
    rf"|共\s*{_NUMBER}\s*(?:页|条|行|户|家|件|项|笔)(?:记录|数据|信息)?[\s,，/]*(?:第\s*{_NUMBER}\s*页)?[。.]?\s*$"
    r"|[(（]?以下空白[)）]?\s*$"
    r")"
)
_SIGNATURE: Final = re.compile(rf"^[(（]?(?:{_SIGNED})[)）]?(?:[(（][^()（）]*[)）])?(?:{_COLON}|\s*$)")
_NUMBERED: Final = re.compile(
    r"(?:[0-9]{1,2}\s*[、.)．]|[(（][0-9一二三四五六七八九十]{1,2}[)）]|[一二三四五六七八九十]{1,2}、)\s*\D"
)


@dataclass(frozen=True, slots=True)
class Body:
    """The rows that are data, and the numbers of those passed over: notes, and heads or titles printed again."""

    frame: pl.DataFrame
    notes: tuple[int, ...]
    repeated: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """The numbers of the rows that hold something and were passed over: ``notes``, titles above the head among them,
    and ``repeated`` heads and titles. ``sheet``: the worksheet, where several are read.
    """

    notes: tuple[int, ...]
    repeated: tuple[int, ...]
    sheet: str = ""

    @classmethod
    def of(cls, below: Body, top: Sequence[Sequence[str]], head_rows: int, sheet: str = "") -> "Passed":
        """What was passed over above and below the head."""
        above = (number for number, row in enumerate(top[: len(top) - head_rows], start=1) if _filled(row))
        return cls((*above, *below.notes), below.repeated, sheet)


def passed_over(passed: Iterable[Passed]) -> tuple[FileFinding, ...]:
    """What is told of the rows that were passed over."""
    told = list(passed)
    by_code = {
        "notes_skipped": [(each.sheet, each.notes) for each in told if each.notes],
        "heads_repeated": [(each.sheet, each.repeated) for each in told if each.repeated],
    }
    return tuple(
        FileFinding(code, {"rows": places(found), "count": str(sum(len(rows) for _, rows in found))})
        for code, found in by_code.items()
        if found
    )


def places(found: Iterable[tuple[str, Sequence[int]]]) -> str:
    """Row numbers of several worksheets for a sentence: 〈一季度〉3–5、9；〈二季度〉4."""
    return "；".join((f"〈{sheet}〉" if sheet else "") + rows_text(rows) for sheet, rows in found)


def is_note(text: str) -> bool:
    """Whether a cell says that its row is a note, a total or a signature and no data."""
    return _NOTE.match(fold_width(text).strip(BLANKS)) is not None


def body(frame: pl.DataFrame, top: Sequence[Sequence[str]], head_rows: int = 1) -> Body:
    """The data among the rows of ``frame`` (row, c0 …), which stand below ``top``: all rows down to the last of the
    ``head_rows`` rows of the head. Empty rows and samples are left out without a word.
    """
    suspects = _suspects(frame, top)
    repeated = _repeated(suspects, top, head_rows)
    rest = suspects.filter(~pl.col(ROW).is_in(repeated))
    silent = rest.filter((pl.col(_FILLED) == 0) | pl.col(_FIRST).str.starts_with(SAMPLE_MARK))[ROW]
    notes = _notes(rest, silent) if frame.width > FEWEST_COLUMNS else []
    if not frame.is_empty() and _is_numbering(frame.row(0)[1:]):
        notes = [frame.row(0)[0], *notes]
    dropped = pl.concat([silent, pl.Series(ROW, [*notes, *repeated], dtype=pl.UInt32)])
    kept = frame.join(dropped.to_frame(), on=ROW, how="anti", maintain_order="left") if len(dropped) else frame
    return Body(kept, tuple(notes), tuple(repeated))


def _suspects(frame: pl.DataFrame, top: Sequence[Sequence[str]]) -> pl.DataFrame:
    """Rows that may be no data, with the number of filled cells and the first of them.

    A row with at most two filled cells has a gap in one of any three columns, so the three fullest are looked at.
    What else is passed over shows in the first column.
    """
    columns = [name for name in frame.columns if name != ROW]
    fullest = sorted(columns, key=lambda name: _gaps(frame[name].head(_LOOKED_AT)))[: MOST_FILLED + 1]
    first = pl.col(columns[0])
    again = {variant for row in top if row for variant in (row[0], row[0].strip(BLANKS), f"{_MARK}{row[0]}")}
    may_be = [_blank(name) for name in {*fullest, columns[0]}]
    may_be += [first.str.starts_with(SAMPLE_MARK), first.is_in(list(again)), first.str.contains(_SIGNATURE.pattern)]
    found = frame.filter(pl.any_horizontal(may_be))
    cells = [pl.col(name).str.strip_chars(BLANKS).replace("", None) for name in columns]
    return found.with_columns(
        pl.sum_horizontal(cell.is_not_null() for cell in cells).alias(_FILLED),
        pl.coalesce(cells).fill_null("").alias(_FIRST),
    )


def _gaps(cells: pl.Series) -> int:
    return cells.null_count() + int((cells == "").sum())


def _blank(name: str) -> pl.Expr:
    return pl.col(name).is_null() | (pl.col(name).str.strip_chars(BLANKS) == "")


def _repeated(suspects: pl.DataFrame, top: Sequence[Sequence[str]], head_rows: int) -> list[int]:
    """Rows that repeat a row of the head in all cells, or a title above it (whatever its page number)."""
    heads = [tuple(map(normalise_head, row)) for row in top[-head_rows:]]
    wide = suspects.width - 3 >= FEWEST_COLUMNS
    titles = {
        _without_digits(cells) for row in top[:-head_rows] if (cells := _filled(row)) and len(cells) <= MOST_FILLED
    }
    firsts = {cell for row in top for cell in _filled(row)[:1]}
    likely = pl.col(_FIRST).str.replace_all("[0-9]", "").is_in([_without_digits([cell])[0] for cell in firsts])
    found = []
    for row, *cells in suspects.filter(likely).drop(_FILLED, _FIRST).iter_rows():
        texts = [cell or "" for cell in cells]
        as_head = tuple(map(normalise_head, texts))
        is_head = any(_padded(head, len(as_head)) == as_head for head in heads)
        if is_head or (wide and len(_filled(texts)) <= MOST_FILLED and _without_digits(_filled(texts)) in titles):
            found.append(row)
    return found


def _padded(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (*cells, *[""] * width)[:width]


def _filled(row: Iterable[str | None]) -> list[str]:
    return [stripped for cell in row if cell and (stripped := cell.strip(BLANKS))]


def _without_digits(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(re.sub("[0-9]", "", cell) for cell in cells)


def _notes(suspects: pl.DataFrame, silent: pl.Series) -> list[int]:
    """Rows that are notes. A numbered line counts where it follows a note, with nothing but empty rows between."""
    few = suspects.filter(pl.col(_FILLED).is_between(1, MOST_FILLED)).select(ROW, _FIRST)
    signed = suspects.filter(pl.col(_FILLED) > MOST_FILLED, pl.col(_FIRST).str.contains(_SIGNATURE.pattern))
    by_cells = [row for row, *cells in signed.drop(_FILLED, _FIRST).iter_rows() if all(map(is_note, _filled(cells)))]
    passed = set(silent)
    notes = {*by_cells, *(row for row, text in few.iter_rows() if is_note(text))}
    for row, text in few.iter_rows() if notes else ():
        above = row - 1
        while above in passed:
            above -= 1
        if above in notes and _NUMBERED.match(fold_width(text)):
            notes.add(row)
    return sorted(notes)


def _is_numbering(cells: Sequence[str | None]) -> bool:
    """Whether the row below the head only numbers the columns: 1, 2, 3 …"""
    filled = _filled(cells)
    return len(filled) >= FEWEST_COLUMNS and filled == [str(number) for number in range(1, len(filled) + 1)]


def rows_text(rows: Iterable[int]) -> str:
    """Row numbers for a sentence: 3–5、9, shortened where they are many."""
    runs: list[list[int]] = []
    for row in sorted(rows):
        if runs and row == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], row]
        else:
            runs.append([row])
    told = ["–".join(map(str, run)) for run in runs[:_SHOWN]]
    return "、".join(told) + ("…" if len(runs) > _SHOWN else "")
