"""Unified codes that are one slip away from others: what a filed code was probably meant to be, and where two differ.

A slip is one wrong character or two neighbours exchanged, the mistakes of a hand that copies. The check character
(GB 32100-2015) leaves one right character for each position, so the codes that may be meant are few and can be looked
up exactly, whatever the size of the register.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from rongxin.primitives import uscc

EQUAL, ONE_OFF, SWAPPED, SAME_SUBJECT_PART, OTHER = "equal", "one_off", "swapped", "organisation", "other"
DIFFERENCE_SCHEMA: Final = {
    "difference": pl.String,
    "position": pl.Int32,
    "filed": pl.String,
    "registered": pl.String,
    "fits": pl.Boolean,
}
"""``position`` counts from 1; ``filed`` and ``registered`` are the characters that stand there; ``fits``: the registered
code passes the check and the filed one does not."""

_SUBJECT_PART: Final = slice(8, 17)
_WEIGHTS: Final = np.array([*uscc.WEIGHTS, 1], dtype=np.int64)
_INVERSES: Final = np.array([pow(int(weight), -1, 31) for weight in _WEIGHTS], dtype=np.int64)
_OCTETS: Final = np.frombuffer(uscc.ALPHABET.encode(), dtype=np.uint8)
_VALUES: Final = np.full(256, -1, dtype=np.int64)
_VALUES[_OCTETS] = np.arange(len(_OCTETS))

_Bytes = npt.NDArray[np.uint8]


def meant(codes: pl.Series) -> pl.DataFrame:
    """The valid codes one slip away from each of the normalised ``codes``: at (position in ``codes``), code.

    A character outside the alphabet is itself the slip. A code that passes the check has no valid one beside it.
    """
    at, octets = _octets(codes)
    values = _VALUES[octets]
    foreign = values < 0
    known = np.where(foreign, 0, values)
    residue = (known * _WEIGHTS).sum(axis=1) % 31
    slips = foreign.sum(axis=1)
    one = np.where(slips[:, None] == 1, foreign, (slips == 0)[:, None] & (residue != 0)[:, None])
    row, place = np.nonzero(one)
    changed = octets[row]
    changed[np.arange(len(row)), place] = _OCTETS[(known[row, place] - residue[row] * _INVERSES[place]) % 31]
    exchanged_at, exchanged = _exchanged(octets, known, residue, slips)
    return pl.DataFrame(
        {"at": np.concatenate([at[row], at[exchanged_at]]), "code": _texts(np.concatenate([changed, exchanged]))},
        schema={"at": pl.UInt32, "code": pl.String},
    ).unique(maintain_order=True)


def _exchanged(
    octets: _Bytes, known: npt.NDArray[np.int64], residue: npt.NDArray[np.int64], slips: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], _Bytes]:
    """Codes that pass the check once two neighbours change places: the row each comes from, and the code."""
    gain = (known[:, 1:] - known[:, :-1]) * (_WEIGHTS[:-1] - _WEIGHTS[1:])
    fits = ((residue[:, None] + gain) % 31 == 0) & (known[:, 1:] != known[:, :-1])
    row, place = np.nonzero(fits & (slips == 0)[:, None] & (residue != 0)[:, None])
    changed, number = octets[row], np.arange(len(row))
    changed[number, place], changed[number, place + 1] = octets[row, place + 1], octets[row, place]
    return row, changed


def differences(filed: pl.Series, registered: pl.Series) -> pl.DataFrame:
    """How each code as filed differs from the registered one beside it (DIFFERENCE_SCHEMA); null where one is missing."""
    both, left = _octets(filed.set(registered.str.len_bytes().fill_null(0) != uscc.LENGTH, None))
    right = _octets(registered.gather(both))[1]
    unlike = left != right
    count, place = unlike.sum(axis=1), unlike.argmax(axis=1)
    number = np.arange(len(both))
    beside = np.minimum(place + 1, uscc.LENGTH - 1)
    swapped = (
        (count == 2)
        & (left[number, place] == right[number, beside])
        & (left[number, beside] == right[number, place])
        & unlike[number, beside]
    )
    subject_part = ~unlike[:, _SUBJECT_PART].any(axis=1)
    names = np.array([EQUAL, ONE_OFF, SWAPPED, SAME_SUBJECT_PART, OTHER])
    which = np.select([count == 0, count == 1, swapped, subject_part], [0, 1, 2, 3], 4)
    told = np.isin(which, [1, 2])
    width = np.where(swapped, 2, 1)
    table = pl.DataFrame(
        {
            "at": both,
            "difference": names[which],
            "position": pl.Series(place + 1, dtype=pl.Int32).set(pl.Series(~told), None),
            "filed": _texts(left),
            "registered": _texts(right),
            "width": width,
            "fits": _passes(right) & ~_passes(left),
        }
    ).with_columns(
        pl.when(pl.col("position").is_not_null()).then(pl.col(name).str.slice(pl.col("position") - 1, pl.col("width")))
        for name in ("filed", "registered")
    )
    whole = pl.DataFrame({"at": pl.int_range(filed.len(), dtype=pl.UInt32, eager=True)})
    return whole.join(table.cast({"at": pl.UInt32}), on="at", how="left", maintain_order="left").select(
        pl.col(name).cast(dtype) for name, dtype in DIFFERENCE_SCHEMA.items()
    )


def _passes(octets: _Bytes) -> npt.NDArray[np.bool_]:
    values = _VALUES[octets]
    passes: npt.NDArray[np.bool_] = (values >= 0).all(axis=1) & ((values * _WEIGHTS).sum(axis=1) % 31 == 0)
    return passes


def _octets(codes: pl.Series) -> tuple[npt.NDArray[np.uint32], _Bytes]:
    """Where the codes of eighteen plain characters stand, and their characters."""
    eighteen = (codes.str.len_bytes() == uscc.LENGTH) & (codes.str.len_chars() == uscc.LENGTH)
    at = eighteen.fill_null(False).arg_true()
    plain = codes.gather(at).cast(pl.Binary).bin.reinterpret(dtype=pl.Array(pl.UInt8, uscc.LENGTH)).to_numpy()
    return at.to_numpy(), plain.reshape(-1, uscc.LENGTH)


def _texts(octets: _Bytes) -> pl.Series:
    packed = np.ascontiguousarray(octets).view(f"S{uscc.LENGTH}").reshape(-1)
    return pl.Series(packed.tolist(), dtype=pl.Binary).cast(pl.String)
