"""The tables that made-up organisations and acts are drawn from: CSV files below ``tables/`` that anyone can add to."""

import csv
from pathlib import Path


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of ``tables/<name>.csv`` by their heads. Lists stand in one cell, separated by blanks."""
    path = Path(__file__).with_name("tables") / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))
