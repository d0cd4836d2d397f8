"""Which records count on a day, and until when (structure, no setting).

A record counts if it was decided by that day, and not before its enterprise was established; if nothing ended it and nothing is in
dispute about it (``state``); if it is not adverse, or general or serious and in its term of display, or minor and decided in the
months that the policy says; and, where its kind ends with validity, if it is still valid. An entry of a list that no clause lets
anybody show counts while it is valid: a class shares out supervision, and shows nothing. A record of unknown severity never counts.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl

from rongxin.engine.risk.conditions import Span
from rongxin.engine.risk.days import NEVER, last_by_case, spark_last_of
from rongxin.engine.risk.layout import State
from rongxin.policy.display import display_rule
from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.words import Display, Severity, Strict

if TYPE_CHECKING:
    from pyspark.sql import Column

EARLY: Final = "@early"
"""Beside a record: whether it was decided before its enterprise was established, a fault in one of two sources, to be reported; no
field has such a name.
"""
STOPS: Final = "@stops_on"
"""Beside a record: the last day on which it counts."""


class KindRule(Strict):
    """When records of a kind count. ``months``: for how many from the decision, by severity; None: without end; a severity that is
    not there never.
    """

    ends_with_validity: bool
    months: dict[str, int | None]

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that are looked at."""
        return ("decided_on", "severity", "state", *(("valid_to",) if self.ends_with_validity else ()))


def kind_rule(policy: Policy, kind: RecordKind, minor_months: int, day: date) -> KindRule:
    """The rule for records of ``kind`` as it stands on ``day``."""
    months: dict[str, int | None] = {}
    for severity in sorted(kind.credit.severities):
        if severity == Severity.NONE:
            months[severity.value] = None
        elif severity == Severity.MINOR:
            months[severity.value] = minor_months
        elif severity != Severity.UNKNOWN:
            rule = display_rule(policy, kind, severity, day)
            if rule.display == Display.PUBLIC:
                months[severity.value] = rule.term_months
            elif kind.credit.ends_with_validity:
                months[severity.value] = (
                    None  # that nobody shows an entry takes no effect from the list while it stands
                )
    return KindRule(ends_with_validity=kind.credit.ends_with_validity, months=months)


def may_count(rule: KindRule) -> pl.Expr:
    """Whether a record, with EARLY beside it, counts on any day at all."""
    known = pl.col("severity").is_in(list(rule.months))
    return (pl.col("state") == State.COUNTS) & known.fill_null(value=False) & ~pl.col(EARLY)


def stops_on(rule: KindRule) -> pl.Expr:
    """The last day on which a record counts that may; NEVER where none is the last."""
    limited = sorted({months for months in rule.months.values() if months is not None})
    cases = [
        (pl.col("severity").is_in([name for name, each in rule.months.items() if each == months]), months)
        for months in limited
    ]
    stops = last_by_case(pl.col("decided_on"), cases) if cases else pl.lit(NEVER)
    return pl.min_horizontal(stops, pl.col("valid_to")) if rule.ends_with_validity else stops


@dataclass(frozen=True)
class Counts:
    """That a record, with STOPS beside it, counts on a day."""

    @property
    def is_timed(self) -> bool:
        return True

    def polars(self, day: date) -> pl.Expr:
        return (pl.col("decided_on") <= day) & (pl.col(STOPS) >= day)


COUNTS: Final = Span(now=(Counts(),), starts=(pl.col("decided_on"),), stops=(pl.col(STOPS),))
"""From when to when a record counts that may."""


def spark_may_count(rule: KindRule) -> "Column":
    """``may_count`` of a Spark table."""
    from pyspark.sql import functions as spark

    known = spark.coalesce(spark.col("severity").isin(list(rule.months)), spark.lit(False))
    return (spark.col("state") == int(State.COUNTS)) & known & ~spark.col(EARLY)


def spark_stops_on(rule: KindRule) -> "Column":
    """``stops_on`` of a Spark table."""
    from pyspark.sql import functions as spark

    stops = spark.lit(NEVER)
    for severity, months in rule.months.items():
        if months is not None:
            within = spark_last_of(spark.col("decided_on"), months)
            stops = spark.when(spark.col("severity") == severity, within).otherwise(stops)
    return spark.least(stops, spark.col("valid_to")) if rule.ends_with_validity else stops


def spark_counts(day: date) -> "Column":
    """Whether a record of a Spark table that may count, with STOPS beside it, does so on ``day``."""
    from pyspark.sql import functions as spark

    return (spark.col("decided_on") <= day) & (spark.col(STOPS) >= day)
