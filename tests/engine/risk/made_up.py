"""Small indicators, plans and tables for tests."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from rongxin.engine.risk.counting import KindRule
from rongxin.engine.risk.layout import (
    ENVELOPE,
    LINKS,
    LINKS_TABLE,
    REPLACED,
    REPLACED_FILE,
    SHIFT,
    SUBJECTS,
    SUBJECTS_TABLE,
    Count,
    File,
    Manifest,
    Snapshot,
    bucket_file,
    delta_folder,
    new_folder,
    records_table,
    schema_text,
    write_manifest,
    write_table,
)
from rongxin.engine.risk.plans import Plan, Weighed
from rongxin.engine.risk.tables import Tables
from rongxin.policy.indicators import (
    Condition,
    Dimension,
    Fading,
    Floor,
    Indicator,
    Points,
    Related,
    RiskClass,
    Take,
    Window,
)
from rongxin.policy.kinds import Basis
from rongxin.policy.words import Reading, Title

DAY = date(2026, 11, 20)
BASIS = Basis(document="platform-settings", item="example", reading=Reading.UNCONFIRMED)
_TEXT = Title(zh="示例", en="example")
_POINTS = {
    "each": {"each": True},
    "once": {"once": True},
    "steps": {"steps": {"one": 1, "three": 3}},
    "words": {"words": {"甲": "bad", "乙": "good"}},
}
_NUMBERS = {
    "each": {"each": 10, "most": 25},
    "once": {"once": 20},
    "steps": {"one": 5, "three": 30},
    "words": {"bad": 40, "good": 3},
}


def where(*conditions: dict[str, Any]) -> tuple[Condition, ...]:
    return tuple(Condition(**condition) for condition in conditions)


def indicator(
    name: str = "example", *, window: int | str | None = None, by: str = "decided_on", points: str = "each", **told: Any
) -> Indicator:
    """An indicator over records, or of what ``subject`` or ``related`` say; ``points`` is a form."""
    if "take" in told:
        told["take"] = Take(**told["take"])
    if "related" in told:
        told["related"] = Related(**told["related"])
    if "fading" in told:
        told["fading"] = tuple(Fading(after_months=months, percent=percent) for months, percent in told["fading"])
    for conditions in ("where", "only", "subject"):
        if conditions in told:
            told[conditions] = where(*told[conditions])
    dimension = Dimension.ASSOCIATION if "related" in told else told.pop("dimension", Dimension.SUPERVISION)
    return Indicator(
        name=name,
        title=_TEXT,
        dimension=dimension,
        window=Window(months=window, by=by) if window else None,
        points=Points(**_POINTS[points]),
        reason=_TEXT,
        basis=BASIS,
        **told,
    )


def weighed(rule: Indicator, /, **numbers: int) -> Weighed:
    return Weighed(indicator=rule, numbers=numbers or _NUMBERS[rule.points.operator])


def floor(name: str, indicator: str, lowest: RiskClass, at_least: int = 1) -> Floor:
    return Floor(name=name, title=_TEXT, indicator=indicator, at_least=at_least, lowest=lowest, basis=BASIS)


KINDS = {
    "penalty": KindRule(ends_with_validity=False, months={"minor": 6, "general": 36, "serious": 60}),
    "listing": KindRule(ends_with_validity=True, months={"serious": None}),
    "grade": KindRule(ends_with_validity=False, months={"none": None}),
}


def plan(
    *indicators: Indicator | Weighed,
    day: date = DAY,
    floors: tuple[Floor, ...] = (),
    dimensions: dict[str, int] | None = None,
) -> Plan:
    return Plan(
        day=day,
        policy="",
        kinds=KINDS,
        indicators=tuple(each if isinstance(each, Weighed) else weighed(each) for each in indicators),
        floors=floors,
        classes={"b": 10, "c": 30, "d": 60},
        dimensions=dimensions or {},
    )


RECORDS = {
    **ENVELOPE,
    "word": pl.Enum(["甲", "乙", "丙"]),
    "parts": pl.String(),
    "on": pl.Date(),
}
_DEFAULTS = {
    "decided_on": date(2026, 1, 1),
    "polarity": "adverse",
    "severity": "general",
    "authority": "示例局",
    "state": 0,
}


def records(*rows: dict[str, Any]) -> pl.DataFrame:
    """Records of one kind, in the order of a snapshot; each row gives its subject, and what is not as usual."""
    filled = [{"record": place + 1, **_DEFAULTS, **row} for place, row in enumerate(rows)]
    columns = {name: [row.get(name) for row in filled] for name in RECORDS}
    return pl.DataFrame(columns, schema=RECORDS).sort("subject", "decided_on", "record")


def subjects(*rows: dict[str, Any] | int) -> pl.DataFrame:
    told = [{"subject": row} if isinstance(row, int) else row for row in rows]
    filled = [{"uscc": f"X{row['subject']}", "category": "enterprise", "status": "active", **row} for row in told]
    return pl.DataFrame({name: [row.get(name) for row in filled] for name in SUBJECTS}, schema=SUBJECTS).sort("subject")


def links(*rows: tuple[int, int, int, date, date | None]) -> pl.DataFrame:
    """Shares: holder, held, percent, from, to; each with both its ends."""
    both = [
        (one, two, through, percent, begins, ends, place + 1)
        for place, (holder, held, percent, begins, ends) in enumerate(rows)
        for one, two, through in ((held, holder, "holder"), (holder, held, "holding"))
    ]
    return pl.DataFrame(both, schema=LINKS, orient="row").sort("subject", "through", "other", "record")


def tables(firms: pl.DataFrame, shares: pl.DataFrame | None = None, **kinds: pl.DataFrame) -> Tables:
    return Tables(firms, kinds, shares)


def written(folder: Path, told: Tables, *, before: Snapshot | None = None, replaced: Iterable[int] = ()) -> Snapshot:
    """The tables as a base in ``folder``; with ``before`` as its next delta, which replaces these subjects."""
    part = folder if before is None else delta_folder(before.folder, len(before.parts))
    files: dict[str, File] = {}
    buckets: dict[int, Count] = {}
    named = {SUBJECTS_TABLE: told.subjects, **{records_table(kind): rows for kind, rows in told.records.items()}}
    if told.links is not None:
        named[LINKS_TABLE] = told.links
    with new_folder(part) as target:
        for table, rows in named.items():
            for (bucket,), some in rows.with_columns(pl.col("subject").alias("@") // (1 << SHIFT)).group_by("@"):
                path = bucket_file(table, int(bucket))
                files[path] = write_table(target, path, some.drop("@").sort("subject", maintain_order=True))
                buckets[int(bucket)] = Count(subjects=len(told.subjects))
        if before is not None:
            keys = pl.DataFrame({"subject": sorted(replaced)}, schema=REPLACED)
            files[REPLACED_FILE] = write_table(target, REPLACED_FILE, keys)
        manifest = Manifest(
            position=len(before.parts) if before else 0,
            known_at=datetime(2026, 11, 20, tzinfo=UTC),
            policy="",
            rules="",
            kinds={kind: schema_text(RECORDS) for kind in KINDS}
            | {kind: schema_text(rows.schema) for kind, rows in told.records.items()},
            files=files,
            buckets=buckets,
            unresolved=0,
            parts=tuple(each.id for each in before.parts) if before else (),
        )
        write_manifest(target, manifest)
    return Snapshot.at(before.folder if before else folder)
