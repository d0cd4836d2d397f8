"""Keeping what a check found, and mending it."""

from typing import Final

import polars as pl
from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Q
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import Denied
from rongxin.engine.code_faults import code_faults, filed_codes, party_codes
from rongxin.engine.heads import HeadMatch
from rongxin.engine.sheets import Sheet
from rongxin.intake.models import Batch, CodeFault, FaultState
from rongxin.policy.kinds import RecordKind
from rongxin.primitives.uscc import is_valid, normalise_code
from rongxin.rulebook import queries as rulebook
from rongxin.storage.staging import staged
from rongxin.subjects.models import Identifier, IdentifierKind, Subject
from rongxin.subjects.queries import by_uscc

_VALUE, _NAME = 50, 200


class NotACode(ValueError):
    """What was given is no valid unified code."""


def keep_faults(
    batch: Batch, sheet: Sheet, heads: HeadMatch, problems: pl.DataFrame, persons: pl.DataFrame, kind: RecordKind
) -> int:
    """Put the faulty codes of a checked table into the ledger, in one statement; returns how many rows carry a code.

    Checking the batch again replaces what it found. Must run in the transaction that concludes the batch.
    """
    filed = filed_codes(sheet, heads, persons, kind)
    fields = party_codes(kind)
    CodeFault.objects.filter(batch=batch.number).delete()
    faults = code_faults(filed, problems, kind).select(
        pl.col("row").cast(pl.Int64),
        "field",
        pl.col("value").fill_null("").str.slice(0, _VALUE),
        pl.col("party_name").fill_null("").str.slice(0, _NAME),
        "fault",
        "problem",
    )
    if faults.height:
        with staged(faults, "staged_faults") as cursor:
            cursor.execute(
                "INSERT INTO intake_codefault (provider_id, kind, batch, row, field, value, party_name, fault, problem, "
                "found_on, state, right_code, note) SELECT %s, %s, %s, row, field, value, party_name, fault, problem, %s, "
                "%s, '', '' FROM staged_faults ORDER BY row",
                [batch.provider_id, batch.kind, batch.number, timezone.localdate(), FaultState.OPEN],
            )
            _point_at_subjects(cursor, batch.number)
    if batch.continues_id and fields:
        _mended_by_sending_again(batch, filed, fields[0], faults)
    return filed.filter(pl.any_horizontal(pl.col(list(fields)).is_not_null())).height if fields else 0


# The one bearer of each old number of the batch; a number that several bear points at nobody.
_BEARERS: Final = """
    SELECT i.value, min(s.id) AS subject, min(s.uscc) AS uscc FROM subjects_identifier i
    JOIN subjects_subject b ON b.id = i.subject_id JOIN subjects_subject s ON s.id = COALESCE(b.merged_into_id, b.id)
    WHERE i.kind <> 'uscc' AND i.value IN (SELECT value FROM intake_codefault WHERE batch = %s AND fault = 'old')
    GROUP BY i.value HAVING count(DISTINCT s.id) = 1
"""


def _point_at_subjects(cursor: CursorWrapper, batch: str) -> None:
    """Say whom an old number means where the register knows exactly one bearer of it."""
    cursor.execute(
        f"UPDATE intake_codefault SET subject_id = one.subject, right_code = one.uscc FROM ({_BEARERS}) one "
        "WHERE intake_codefault.batch = %s AND intake_codefault.fault = 'old' AND intake_codefault.value = one.value",
        [batch, batch],
    )


def _mended_by_sending_again(batch: Batch, filed: pl.DataFrame, field: str, faults: pl.DataFrame) -> None:
    """Open faults of the earlier rounds whose party now stands with one good code are mended."""
    earlier = Batch.objects.filter(Q(pk=batch.continues_id) | Q(continues=batch.continues_id)).exclude(pk=batch.pk)
    numbers = list(earlier.values_list("number", flat=True))
    good = filed.join(faults.select(pl.col("row").cast(pl.UInt32)), on="row", how="anti").drop_nulls(
        [field, "party_name"]
    )
    codes = dict(good.select("party_name", field).unique("party_name", keep="none").iter_rows())
    now = timezone.now()
    mended = []
    for fault in CodeFault.objects.filter(batch__in=numbers, state=FaultState.OPEN, party_name__in=list(codes)):
        fault.state, fault.right_code, fault.mended_at = FaultState.MENDED, codes[fault.party_name], now
        fault.mended_by = batch.submitted_by
        fault.note = batch.number
        mended.append(fault)
    CodeFault.objects.bulk_update(mended, ["state", "right_code", "mended_at", "mended_by", "note"])


@transaction.atomic
def mend(pk: int, code: str, by: Account) -> CodeFault:
    """Name the right unified code, for the same code of the same party wherever it is still open.

    An old number is from now on known to belong to the company that bears the code. Raises NotACode, PermissionDenied and
    CodeFault.DoesNotExist.
    """
    fault = _locked(pk, by)
    right = normalise_code(code)
    if not is_valid(right):
        raise NotACode(right)
    fault.subject = by_uscc(right)
    fault.right_code = right
    if fault.fault == "old" and fault.subject is not None:
        _teach(fault, fault.subject)
    return _closed(fault, FaultState.MENDED, by)


@transaction.atomic
def confirm(pk: int, note: str, by: Account) -> CodeFault:
    """The code is right as it is, for the reason given, wherever the same is still open. ValueError without a reason."""
    if not note.strip():
        raise ValueError("a code is confirmed with a reason")
    fault = _locked(pk, by)
    fault.note = note.strip()[:300]
    return _closed(fault, FaultState.CONFIRMED, by)


@transaction.atomic
def reopen(pk: int, by: Account) -> CodeFault:
    """Take a decision back: the fault is open as before. What the register learned from it goes with it."""
    fault = _locked(pk, by)
    Identifier.objects.filter(source=_source(fault)).delete()
    fault.note, fault.right_code, fault.subject = "", "", None
    return _closed(fault, FaultState.OPEN, by)


def _locked(pk: int, by: Account) -> CodeFault:
    fault = CodeFault.objects.select_for_update(of=("self",)).select_related("provider").get(pk=pk)
    if not by.may(Action.CODE_MEND, fault.provider):
        raise Denied(Action.CODE_MEND, fault.provider.code)
    return fault


def _teach(fault: CodeFault, subject: Subject) -> None:
    kind = IdentifierKind(rulebook.current().kinds[fault.kind].fields[fault.field].type)
    Identifier.objects.get_or_create(subject=subject, kind=kind, value=fault.value, defaults={"source": _source(fault)})


def _source(fault: CodeFault) -> str:
    return f"{fault.provider.name} {fault.batch} 第 {fault.row} 行（旧码转换）"


def _closed(fault: CodeFault, state: FaultState, by: Account) -> CodeFault:
    """Decide the fault, and with it its likes that stand as it stood."""
    likes = CodeFault.objects.filter(
        provider=fault.provider_id,
        field=fault.field,
        fault=fault.fault,
        value=fault.value,
        party_name=fault.party_name,
        state=fault.state,
    )
    decided = {
        "state": state,
        "mended_by": by,
        "mended_at": timezone.now(),
        "note": fault.note,
        "right_code": fault.right_code,
        "subject": fault.subject,
    }
    likes.update(**decided)
    fault.refresh_from_db()
    return fault
