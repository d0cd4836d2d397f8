"""The courts' list of judgment debtors as it is published: JSON, persons and organisations mixed, of the whole country.

An array of objects, or one object a line, with the published labels as names (失信被执行人名称, 执行法院, 案号 …; the code
stands under 组织机构代码, or under 身份证号码/组织机构代码 where persons are mixed in). An entry with an age or a sex is about a
person: it goes on as category 自然人 and is refused by the check, with its number and nothing else. Entries of other provinces
are left out and counted. The first entry counts as row 2, as if a head stood above it.

Labels: published list of the national site (disclosure standards, reading C); the JSON form is this platform's reading (U).
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import polars as pl

from rongxin.engine.heads import normalise_head
from rongxin.engine.sheets import ROW, FileFinding, Sheet, Unreadable
from rongxin.intake.adapters.adapter import as_sheet
from rongxin.policy.kinds import RecordKind
from rongxin.policy.words import Title
from rongxin.primitives.characters import without_blanks
from rongxin.rulebook import queries as rulebook

PERSONAL: Final = ("年龄", "性别", "age", "sex")
PERSON, ORGANISATION = "自然人", "法人及非法人组织"
NEEDED: Final = ("party_name", "entry_document_no")


class CourtEnforcement:
    """The published list of judgment debtors."""

    name = "court_enforcement"
    kind = "judgment_debtor"
    title = Title(zh="法院公布的失信被执行人名单", en="the courts' published list of judgment debtors")

    def read(self, path: Path, kind: RecordKind, *, row_limit: int, folder: Path | None = None) -> Sheet | None:
        """The list, or None where the file is no JSON list of such entries."""
        entries = _entries(path)
        if entries is None:
            return None
        if len(entries) > row_limit:
            raise Unreadable("too_many_rows", limit=str(row_limit))
        fields = _field_by_label(kind)
        named = [{fields[label]: value for label, value in entry.items() if label in fields} for entry in entries]
        if not all(any(need in entry for entry in named) for need in NEEDED):
            return None
        used = [name for name in kind.fields if any(name in entry for entry in named)]
        frame = pl.DataFrame(
            {name: [_text(entry.get(name)) for entry in named] for name in used},
            schema=dict.fromkeys(used, pl.String),
        ).with_columns(
            pl.Series("party_category", [PERSON if _is_personal(entry) else ORGANISATION for entry in entries]),
            pl.int_range(2, len(entries) + 2, dtype=pl.UInt32).alias(ROW),
        )
        here, findings = _of_this_province(frame)
        columns = {name: here[name] for name in kind.fields if name in here.columns}
        return as_sheet(self, here[ROW], columns, kind, findings=findings)


def _entries(path: Path) -> list[dict[str, Any]] | None:
    """The objects of the file; None where it holds anything else."""
    with path.open("rb") as file:
        start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith((b"[", b"{")):
        return None
    try:
        text = path.read_text(encoding="utf-8-sig")
        found = json.loads(text) if start.startswith(b"[") else list(_lines(text))
    except (ValueError, RecursionError):
        return None
    return found if found and all(isinstance(entry, dict) for entry in found) else None


def _lines(text: str) -> Iterator[Any]:
    for line in text.splitlines():
        if line.strip():
            yield json.loads(line)


def _field_by_label(kind: RecordKind) -> "_Labels":
    return _Labels(
        {
            normalise_head(label): field.name
            for field in kind.table.fields
            for label in (field.name, field.title, *field.credit.aliases)
        }
    )


class _Labels(dict[str, str]):
    """Field names by label, compared as heads are."""

    def __contains__(self, label: object) -> bool:
        return super().__contains__(normalise_head(str(label)))

    def __getitem__(self, label: str) -> str:
        return super().__getitem__(normalise_head(label))


def _is_personal(entry: dict[str, Any]) -> bool:
    return any(_text(entry.get(label)) not in (None, "0") for label in PERSONAL)


def _text(value: Any) -> str | None:
    """A value as the text of a cell; nested values are no cell."""
    if value is None or isinstance(value, dict | list):
        return None
    return str(value).strip() or None


def _of_this_province(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[FileFinding, ...]]:
    """The entries of the platform's province, and how many others were left out. Without a province named, all stay."""
    policy = rulebook.current()
    province = policy.divisions.get(f"{policy.territory[:2]}0000")
    if province is None or "province" not in frame.columns:
        return frame, ()
    elsewhere = frame["province"].map_elements(
        lambda name: not without_blanks(name).startswith(province.name.removesuffix("省")), return_dtype=pl.Boolean
    )
    here = frame.filter(~elsewhere.fill_null(False))
    left = frame.height - here.height
    told = FileFinding("other_provinces_left_out", {"province": province.name, "rows": f"{left:,}"})
    return here, (told,) if left else ()
