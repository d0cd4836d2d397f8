"""Lists as files: what the page shows, as CSV that a table programme opens without harm."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.http import HttpResponse
from django.utils import timezone

MARK: Final = "\ufeff"
# A cell that begins so would be taken for a formula by a table programme.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_download(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """``rows`` under ``heads`` as the download ``name`` (UTF-8 with mark). None is an empty cell, days are ISO
    dates, instants such with the minute, in Fuzhou."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows([_cell(value) for value in row] for row in rows)
    response = HttpResponse(MARK + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
