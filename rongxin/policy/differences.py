"""What changed between two versions of the rules, in the words of the packs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from rongxin.policy.pack import Policy

Change = Literal["added", "changed", "removed"]
TABLES = (
    "packs",
    "documents",
    "values",
    "kinds",
    "calendar",
    "divisions",
    "reporting_units",
    "industries",
    "catalogue",
    "templates",
    "forms",
    "notices",
    "outside_texts",
    "declarations",
    "invited",
    "indicators",
    "floors",
)


@dataclass(frozen=True)
class Difference:
    """One place that differs: the table, the key in it, the path inside (empty for the whole), and both contents."""

    table: str
    key: str
    change: Change
    path: str = ""
    old: Any = None
    new: Any = None

    def as_json(self) -> dict[str, Any]:
        """The fields as JSON holds them."""
        return asdict(self)

    def __str__(self) -> str:
        place = f"{self.table} {self.key}{' ' + self.path if self.path else ''}"
        if self.change == "changed":
            return f"changed {place}: {_short(self.old)} → {_short(self.new)}"
        return f"{self.change} {place}"


def differences(old: Policy, new: Policy) -> list[Difference]:
    """Everything in which ``new`` differs from ``old``, table by table; empty for equal content."""
    before, after = _tables(old), _tables(new)
    found: list[Difference] = []
    for table in TABLES:
        for key in sorted({*before[table], *after[table]}):
            found += _compared(table, key, before[table], after[table])
    return found


def _compared(table: str, key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    if key not in before:
        yield Difference(table, key, "added", new=after[key])
    elif key not in after:
        yield Difference(table, key, "removed", old=before[key])
    else:
        yield from _inside(table, key, "", before[key], after[key])


def _inside(table: str, key: str, path: str, old: Any, new: Any) -> Iterator[Difference]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted({*old, *new}):
            deeper = f"{path}.{name}" if path else name
            if name not in old:
                yield Difference(table, key, "added", deeper, new=new[name])
            elif name not in new:
                yield Difference(table, key, "removed", deeper, old=old[name])
            else:
                yield from _inside(table, key, deeper, old[name], new[name])
    elif isinstance(old, list) and isinstance(new, list):
        yield from _in_sequence(table, key, path, old, new)
    else:
        yield Difference(table, key, "changed", path, old, new)


def _in_sequence(table: str, key: str, path: str, old: list[Any], new: list[Any]) -> Iterator[Difference]:
    for number, (before, after) in enumerate(zip(old, new, strict=False)):
        yield from _inside(table, key, f"{path}[{number}]", before, after)
    for number in range(len(old), len(new)):
        yield Difference(table, key, "added", f"{path}[{number}]", new=new[number])
    for number in range(len(new), len(old)):
        yield Difference(table, key, "removed", f"{path}[{number}]", old=old[number])


def _tables(policy: Policy) -> dict[str, dict[str, Any]]:
    content = json.loads(policy.canonical_json())
    holidays = [(year, holiday) for year in content.get("calendar_years", ()) for holiday in year["days"]]
    days = {
        day: {"is": kind, "holiday": holiday["name"], "document": year["document"]}
        for year, holiday in holidays
        for kind in ("off", "work")
        for day in holiday.get(kind, ())
    }
    units = [unit for table in content.get("unit_tables", ()) for unit in table["units"]]
    return {
        "packs": {head["name"]: head for head in content["packs"]},
        "documents": content["documents"],
        "values": content["values"],
        "kinds": {name: _by_field(kind) for name, kind in content["kinds"].items()},
        "calendar": days,
        "divisions": {row["code"]: row for row in content.get("division_rows", ())},
        "reporting_units": {unit["code"]: unit for unit in units},
        "catalogue": {
            f"{table['pack']} {item['code']}": item
            for table in content.get("catalogues", ())
            for item in table["catalogue"]["items"]
        },
        "templates": content.get("templates", {}),
        "forms": content.get("forms", {}),
        "notices": content.get("notices", {}),
        "outside_texts": content.get("outside_texts", {}),
        "declarations": {
            item["name"]: item for table in content.get("declaration_tables", ()) for item in table["items"]
        },
        "invited": {
            group["name"]: group
            for table in content.get("declaration_tables", ())
            for group in table.get("invited", ())
        },
        **{
            table: {each["name"]: each for pack in content.get("indicator_tables", ()) for each in pack.get(table, ())}
            for table in ("indicators", "floors")
        },
        "industries": {section["code"]: section for section in content.get("industry_table", {}).get("sections", ())},
    }


def _by_field(kind: dict[str, Any]) -> dict[str, Any]:
    """The fields of a kind by their names, so that a new field in the middle is one difference."""
    fields = {field["name"]: field for field in kind["schema"]["fields"]}
    return {**kind, "schema": {**kind["schema"], "fields": fields}}


def _short(content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}…"
