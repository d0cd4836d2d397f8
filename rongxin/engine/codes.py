"""The ladder of the unified code over whole columns: the same findings as :func:`rongxin.primitives.uscc.inspect`, at
numpy's speed.

Codes of eighteen characters of the alphabet are judged as a matrix of bytes. Whatever could be a placeholder, has
lost digits or is malformed goes, once per different code, through ``inspect`` itself, so that there is one truth.
"""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from rongxin.engine import cells as cell
from rongxin.engine.sheets import params_text
from rongxin.primitives import organisation_code, uscc
from rongxin.primitives.characters import compact
from rongxin.primitives.divisions import Divisions

INSPECTED_SCHEMA = {"at": pl.UInt32, "step": pl.String, "code": pl.String, "params": pl.String}

_SLICE = 16_384
_NO_VALUE = 255
_ORGANISATION_CODE = "^[0-9A-Z]{8}[0-9X]$"
_REGISTRATION_NUMBER = "^[0-9]{15}$"
_DIVISION = slice(2, 8)
_SUBJECT = slice(8, 16)
_CHECKED = slice(0, 17)
_POWERS = np.array([100_000, 10_000, 1_000, 100, 10, 1], dtype=np.float32)

_Bytes = npt.NDArray[np.uint8]
_Flags = npt.NDArray[np.bool_]


def _table(values: dict[str, int]) -> bytes:
    """Byte → value, for bytes.translate: many times as fast as an index of numpy's. Other bytes become NO_VALUE."""
    table = bytearray([_NO_VALUE]) * 256
    for character, value in values.items():
        table[ord(character)] = value
    return bytes(table)


def _values(matrix: _Bytes, table: bytes) -> _Bytes:
    return np.frombuffer(matrix.tobytes().translate(table), dtype=np.uint8).reshape(matrix.shape)


# float32 holds every sum here exactly and lets numpy use the fast matrix product.
_VALUES = _table({character: value for value, character in enumerate(uscc.ALPHABET)})
_WEIGHTS = np.array(uscc.WEIGHTS, dtype=np.float32)
_ORGANISATION_VALUES = _table({character: int(character, 36) for character in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"})
_ORGANISATION_WEIGHTS = np.array(organisation_code.WEIGHTS, dtype=np.float32)
_CHECK_OF_TOTAL = np.resize(
    np.frombuffer((uscc.ALPHABET[:1] + uscc.ALPHABET[:0:-1]).encode(), dtype=np.uint8), 30 * sum(uscc.WEIGHTS) + 1
)
_ORGANISATION_CHECK_OF_TOTAL = np.resize(
    np.frombuffer(b"0X987654321", dtype=np.uint8), 35 * sum(organisation_code.WEIGHTS) + 1
)
_CATEGORIES = np.zeros((256, 256), dtype=np.bool_)
for _department, _meaning in uscc.DEPARTMENTS.items():
    for _category in _meaning.categories:
        _CATEGORIES[ord(_department), ord(_category)] = True


def normalise_codes(codes: pl.Series) -> pl.Series:
    """:func:`rongxin.primitives.characters.compact` over a column; nulls stay."""
    other = codes.str.contains("[^0-9A-Z]").fill_null(False)
    if not other.any():
        return codes
    odd = codes.filter(other).unique()
    return codes.replace(odd, pl.Series([compact(code) for code in odd], dtype=pl.String))


def wrong_organisation_codes(codes: pl.Series) -> set[str]:
    """The different normalised ``codes`` that :func:`rongxin.primitives.organisation_code.is_valid` refuses; nulls left out."""
    different = codes.drop_nulls().unique()
    shaped = different.str.contains(_ORGANISATION_CODE)
    octets = _octets(different.filter(shaped), 9)
    total = (_values(octets[:, :8], _ORGANISATION_VALUES) @ _ORGANISATION_WEIGHTS).astype(np.int32)
    return _failing(different, shaped, octets[:, 8] != np.take(_ORGANISATION_CHECK_OF_TOTAL, total))


def wrong_registration_numbers(codes: pl.Series) -> set[str]:
    """As :func:`wrong_organisation_codes`, for :func:`rongxin.primitives.registration_number.is_valid`."""
    different = codes.drop_nulls().unique()
    shaped = different.str.contains(_REGISTRATION_NUMBER)
    digits = _octets(different.filter(shaped), 15).astype(np.int16) - ord("0")
    product = np.full(len(digits), 10, dtype=np.int16)
    for digit in digits[:, :14].T:
        rest = (digit + product) % 10
        product = np.where(rest == 0, 10, rest) * 2 % 11
    return _failing(different, shaped, digits[:, 14] != (11 - product) % 10)


def _failing(different: pl.Series, shaped: pl.Series, fails: _Flags) -> set[str]:
    return {*different.filter(~shaped), *different.filter(shaped).filter(pl.Series(fails, dtype=pl.Boolean))}


def _octets(codes: pl.Series, length: int) -> _Bytes:
    """ASCII codes of one length as a matrix: a row for each."""
    octets: _Bytes = codes.cast(pl.Binary).bin.reinterpret(dtype=pl.Array(pl.UInt8, length)).to_numpy()
    return octets


def inspect_codes(codes: pl.Series, divisions: Divisions) -> pl.DataFrame:
    """Every finding about normalised ``codes`` (no nulls), as ``uscc.inspect`` gives them: at, step, code, params
    (JSON).
    """
    eighteen = (codes.str.len_bytes() == uscc.LENGTH) & (codes.str.len_chars() == uscc.LENGTH)
    at = eighteen.arg_true().to_numpy()
    octets = _octets(codes if len(at) == codes.len() else codes.filter(eighteen), uscc.LENGTH)
    judged = _judge(octets)
    suspects = pl.concat([(~eighteen).arg_true(), pl.Series(at[~judged.plain], dtype=pl.UInt32)])
    return pl.concat(
        [
            _inspected_one_by_one(codes, suspects, divisions),
            _mismatches("check_character", at, octets[:, 17], judged.check, judged.plain),
            _mismatches("organisation_code", at, octets[:, 16], judged.organisation, judged.plain),
            *_division_findings(octets, at, judged, divisions),
        ]
    )


class _Judged(NamedTuple):
    """Per code: whether it is plain, and for plain codes the characters that the checks call for and the division."""

    plain: _Flags
    check: _Bytes
    organisation: _Bytes
    division: npt.NDArray[np.int32]


def _judge(octets: _Bytes) -> _Judged:
    count = len(octets)
    judged = _Judged(
        np.empty(count, dtype=np.bool_),
        np.empty(count, dtype=np.uint8),
        np.empty(count, dtype=np.uint8),
        np.empty(count, dtype=np.int32),
    )
    for start in range(0, count, _SLICE):
        part = slice(start, start + _SLICE)
        matrix = np.ascontiguousarray(octets[part].T)  # one row per position: numpy works along the codes
        values = _values(matrix, _VALUES)
        judged.plain[part] = _is_plain(matrix, values)
        total = (_WEIGHTS @ values[_CHECKED].astype(np.float32)).astype(np.int32)
        judged.check[part] = np.take(_CHECK_OF_TOTAL, total, mode="clip")
        subject = _values(matrix[_SUBJECT], _ORGANISATION_VALUES).astype(np.float32)
        total = (_ORGANISATION_WEIGHTS @ subject).astype(np.int32)
        judged.organisation[part] = np.take(_ORGANISATION_CHECK_OF_TOTAL, total, mode="clip")
        judged.division[part] = _POWERS @ values[_DIVISION].astype(np.float32)
    return judged


def _is_plain(matrix: _Bytes, values: _Bytes) -> _Flags:
    """Codes of the alphabet with a known category that cannot be placeholders nor have lost digits."""
    alike = (matrix[1:6] == matrix[0]).all(axis=0)
    counting = (matrix[1:6] == matrix[:5] + 1).all(axis=0)
    no_subject = (matrix[_SUBJECT] == ord("0")).all(axis=0)
    rounded = (matrix[15:] == ord("0")).all(axis=0)
    suspicious = alike | counting | no_subject | rounded
    fits = (values != _NO_VALUE).all(axis=0) & (values[_DIVISION] <= 9).all(axis=0) & _CATEGORIES[matrix[0], matrix[1]]
    plain: _Flags = fits & ~suspicious
    return plain


def _mismatches(step: str, at: npt.NDArray[np.uint32], stands: _Bytes, expected: _Bytes, plain: _Flags) -> pl.DataFrame:
    wrong = plain & (stands != expected)
    pairs = pl.Series(expected[wrong].astype(np.int32) * 256 + stands[wrong])
    different = pairs.unique()
    texts = pl.Series([_mismatch(*divmod(pair, 256)) for pair in different], dtype=pl.String)
    return _frame(at[wrong], step, f"uscc_{step}", cell.look_up(pairs, different, texts))


@cache
def _mismatch(expected: int, stands: int) -> str:
    return params_text({"expected": chr(expected), "found": chr(stands)})


def _division_findings(
    octets: _Bytes, at: npt.NDArray[np.uint32], judged: _Judged, divisions: Divisions
) -> Iterator[pl.DataFrame]:
    """Findings about positions 3–8: each division is looked up once, by way of one code that carries it."""
    example = np.full(1_000_000, -1, dtype=np.int64)
    where = np.flatnonzero(judged.plain)
    example[judged.division[where]] = where
    for division in np.flatnonzero(example >= 0).tolist():
        for finding in uscc.inspect(octets[example[division]].tobytes().decode(), divisions=divisions):
            if finding.step == "division":
                carries = judged.plain & (judged.division == division)
                yield _frame(at[carries], finding.step, finding.code, params_text(finding.params))


def _inspected_one_by_one(codes: pl.Series, at: pl.Series, divisions: Divisions) -> pl.DataFrame:
    suspects = pl.DataFrame({"at": at, "uscc": codes.gather(at)})
    found = [
        (code, finding.step, finding.code, params_text(finding.params))
        for code in suspects["uscc"].unique()
        for finding in uscc.inspect(code, divisions=divisions)
    ]
    if not found:
        return pl.DataFrame(schema=INSPECTED_SCHEMA)
    schema = {"uscc": pl.String, "step": pl.String, "code": pl.String, "params": pl.String}
    return suspects.join(pl.DataFrame(found, schema=schema, orient="row"), on="uscc").select(*INSPECTED_SCHEMA)


def _frame(at: npt.NDArray[np.uint32], step: str, code: str, params: str | pl.Series) -> pl.DataFrame:
    texts = pl.lit(params) if isinstance(params, str) else params
    frame = pl.DataFrame({"at": at}, schema={"at": pl.UInt32})
    return frame.select("at", pl.lit(step).alias("step"), pl.lit(code).alias("code"), texts.alias("params"))
