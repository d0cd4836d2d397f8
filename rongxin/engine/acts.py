"""Which act a row is, what it says, and how grave it is: key, content and severity (architecture §4, record envelope)."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Final

import polars as pl

from rongxin.engine import cells as cell
from rongxin.engine.findings import AT, found, nothing_found
from rongxin.engine.rules import holds
from rongxin.engine.sheets import ROW, params_text
from rongxin.policy.kinds import RecordKind
from rongxin.policy.words import FieldClass, Polarity, Severity
from rongxin.primitives.characters import without_blanks
from rongxin.primitives.names import normalise_name

NAME: Final = "party_name_normalised"
USABLE: Final = "uscc_usable"
_UNIT_SEPARATOR: Final = "\x1f"
_SLICE: Final = 50_000
_ROWS_NAMED: Final = 10
_BRACKETS: Final = str.maketrans("()[]【】〔〕{}", "〔〕〔〕〔〕〔〕〔〕")
_NEEDS_ESCAPE: Final = r'["\\\x00-\x1f]'
_DOCUMENT_CHANGES: Final = ...


def document_key(number: str) -> str:
    """A document number as it is compared: NFKC, no blanks, every kind of bracket as 〔 〕."""
    return without_blanks(number).translate(_BRACKETS)


def stored_fields(kind: RecordKind) -> list[str]:
    """The fields whose values are kept, in order: all but those that only serve to refuse or to mask."""
    return [field.name for field in kind.table.fields if field.credit.field_class != FieldClass.DISCARD]


def severities(rows: pl.DataFrame, kind: RecordKind) -> pl.Series:
    """The severity of each row (国办发〔2025〕22号 item 2): the first clause that holds; for records that are not adverse, none."""
    if kind.credit.polarity != Polarity.ADVERSE:
        return pl.Series("severity", [Severity.NONE.value]).new_from_index(0, rows.height)
    severity = pl.Series("severity", [Severity.UNKNOWN.value]).new_from_index(0, rows.height)
    for clause in reversed(kind.credit.severity):
        ...
    return severity
