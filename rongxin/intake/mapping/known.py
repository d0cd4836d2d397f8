"""What checking a file depends on besides the file, and the columns of a batch that waits until a person tells them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet

from rongxin.accounts.access import Access
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import within_reach
from rongxin.departments.models import Department
from rongxin.engine.guessing import Guess, guesses
from rongxin.engine.heads import detect, required_columns
from rongxin.engine.units import ProviderFacts, name_keys
from rongxin.intake import files
from rongxin.intake.checking import Circumstances, Unmatched
from rongxin.intake.models import Batch, BatchState, HeadMapping
from rongxin.policy.kinds import RecordKind
from rongxin.primitives.uscc import codes_in


class NotWaiting(ValueError):
    """The batch does not wait for its columns; ``state`` tells where it stands."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


def circumstances(provider: Department, kind: str, number: str = "") -> Circumstances:
    """What checking a file of ``kind`` from ``provider`` depends on besides the file. ``number``: of the batch whose file it is, if
    it is of one. Two queries.
    """
    others: dict[str, str] = {}
    departments = Department.objects.values_list("pk", "name", "short_name", "uscc")
    for pk, name, short_name, uscc in departments:
        if pk != provider.pk:
            others |= dict.fromkeys(name_keys(name, short_name, uscc), name)
    for own in name_keys(provider.name, provider.short_name, provider.uscc):
        others.pop(own, None)
    said = HeadMapping.objects.filter(provider=provider, kind=kind).values_list("head", "field")
    return Circumstances(
        provider=ProviderFacts(provider.name, provider.short_name, provider.uscc, others),
        provider_code=provider.code,
        mapping=dict(said),
        filled=_filled(number) if number else {},
    )


def _filled(number: str) -> dict[str, str]:
    path = files.filled_path(number)
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def keep_filled(number: str, values: Mapping[str, str]) -> None:
    """Write down what the sender said once for all rows; nothing takes it back."""
    if values:
        files.write_whole(files.filled_path(number), json.dumps(dict(values), ensure_ascii=False), number)
    else:
        files.filled_path(number).unlink(missing_ok=True)


def keep_columns(number: str, unmatched: Unmatched, kind: RecordKind) -> None:
    """Write down what a person needs to tell the columns of a batch: heads, a few cells with persons hidden, suggestions."""
    found = [asdict(guess) for guess in guesses(unmatched.sheet, unmatched.heads, kind)]
    files.write_whole(files.columns_path(number), json.dumps(found, ensure_ascii=False), number)


def columns_of(batch: Batch) -> list[Guess]:
    """The columns of a batch that waits for them."""
    path = files.columns_path(batch.number)
    if batch.state != BatchState.MAPPING or not path.exists():
        raise NotWaiting(batch.state)
    return [_guess(column) for column in json.loads(path.read_text(encoding="utf-8"))]


def column_numbers(batch: Batch) -> list[int]:
    """The numbers of these columns, without their cells. Raises NotWaiting."""
    return [column.index for column in columns_of(batch)]


def samples_of(batch: Batch, access: Access) -> list[Guess]:
    """The same for whoever looks at the cells: firms are known by the codes among them. Raises NotLogged, too."""
    columns = columns_of(batch)
    cells = " ".join(sample for column in columns for sample in column.samples)
    access.look(codes_in(cells), "batch")
    return columns


def _guess(column: dict[str, Any]) -> Guess:
    return Guess(**column | {name: tuple(column[name]) for name in ("samples", "likely")})


def required_left(columns: Sequence[Guess], kind: RecordKind, placed: Sequence[str]) -> tuple[str, ...]:
    """Required fields for which none of ``columns`` stands, beside those that the layout of the file supplies."""
    layout = detect([column.head for column in columns], kind)
    return tuple(name for name in required_columns(kind, layout) if name not in placed)


def remembered(officer: Account) -> QuerySet[HeadMapping]:
    """What the officer's department said of its heads; a credit office sees it of its region."""
    lines = HeadMapping.objects.select_related("provider", "by").order_by("provider", "kind", "written")
    return within_reach(officer, Action.BATCH_READ, lines)
