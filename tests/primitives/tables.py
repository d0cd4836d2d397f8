"""Rows of the shared reference tables, plain or compressed."""

import csv
import gzip
import io

from tests.shared import shared

REGISTER = "data/registry/fuzhou_enterprises_1978_2010.csv.gz"


def rows(name: str) -> list[dict[str, str]]:
    """All rows of the shared table ``name``; skips the test where it is absent."""
    path = shared(name)
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
