"""Indicators that look at others through shares, over Spark tables."""

from datetime import date
from typing import TYPE_CHECKING

from rongxin.engine.risk.days import NEVER, spark_after
from rongxin.engine.risk.layout import Through
from rongxin.engine.risk.points import VALUE
from rongxin.engine.risk.spark.rows import GONE, NEXT, named
from rongxin.engine.risk.spark.spans import least
from rongxin.policy.indicators import Related

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def of_related(links: "DataFrame", related: Related, place: int, day: date, presence: "DataFrame") -> "DataFrame":
    """How many of those that hold so much, or of which so much is held, have a value of the indicator: one row for each
    enterprise, as classifying.held_shares tells it. ``links``: LINKS; ``presence``: PRESENCE of the other ends.
    """
    from pyspark.sql import functions as spark

    through = Through.HOLDER if related.through == "holders" else Through.HOLDING
    ends = spark_after(spark.col("valid_to"))
    links = links.filter((spark.col("through") == through.value) & (spark.col("subject") != spark.col("other")))
    last = spark.max_by(spark.struct("percent", "valid_to"), spark.struct("decided_on", "record")).alias("last")
    newest = (
        links.filter(spark.col("decided_on") <= day)
        .groupBy("subject", "other")
        .agg(last)
        .select("subject", "other", "last.percent", "last.valid_to")
        .filter(spark.col("percent") >= related.at_least_percent)
        .filter(spark.coalesce(spark.col("valid_to"), spark.lit(NEVER)) >= day)
        .hint("shuffle_hash")
        .join(presence.withColumnRenamed("subject", "other"), "other")
        .select(
            "subject",
            "has",
            least([ends, spark.col("next_on")]).alias(NEXT),
            least([ends, spark.col("gone_on")]).alias(GONE),
        )
    )
    coming = links.filter(spark.col("decided_on") > day).select(
        "subject", spark.lit(False).alias("has"), spark.col("decided_on").alias(NEXT), ends.alias(GONE)
    )
    counted = spark.count(spark.when(spark.col("has"), 1))
    return (
        newest.union(coming)
        .coalesce(1)
        .groupBy("subject")
        .agg(
            spark.when(counted > 0, counted).alias(named(VALUE, place)),
            spark.min(NEXT).alias(named(NEXT, place)),
            spark.max(GONE).alias(named(GONE, place)),
        )
    )
