"""What a page gives as a file: a kept file as it is, and the list it shows as CSV that a table programme opens without harm."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

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


def file_download(name: str, content: bytes, media_type: str) -> HttpResponse:
    """``content`` as the download ``name``, never opened in the page; the name may be Chinese."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
