"""A session of Spark, in which days, numbers and words mean what they mean in Polars."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SETTINGS: Final = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # The files hold days of the Gregorian calendar, the earliest of them too.
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.caseSensitive": "true",
    # A bucket is one task: what would go from the executor to all others by way of the driver stays where it is.
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    # A stage of some hundred columns becomes a method so long that Java never compiles it.
    "spark.sql.codegen.wholeStage": "false",
    # One plan needs more pieces of code than Spark keeps for the next bucket, 100.
    "spark.sql.codegen.cache.maxEntries": "2000",
    # One group for each enterprise of a bucket is kept in memory; above this number Spark would sort rows instead.
    "spark.sql.objectHashAggregate.sortBased.fallbackThreshold": "200000",
}


class SparkAbsent(RuntimeError):
    """Spark is not installed, or no cluster answers; says what to do."""


@contextmanager
def session(master: str) -> Iterator["SparkSession"]:
    """A session with the cluster at ``master`` (``spark://host:7077``, ``local[*]`` …) while the block runs; one at a time in a
    process. What else Spark is to know (memory, cores) stands in its own ``spark-defaults.conf``.

    SparkAbsent where pyspark or Java is not there, or the cluster does not answer.
    """
    try:
        from pyspark import SparkConf, SparkContext
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise SparkAbsent(
            "pyspark is not installed: pip install --require-hashes -r requirements/cluster.txt (docs/cluster.md)"
        ) from error
    conf = SparkConf().setMaster(master).setAppName("rongxin classify").setAll(list(_SETTINGS.items()))
    try:
        context = SparkContext(conf=conf)
    except Exception as error:  # py4j and pyspark each have their own, and share no other ancestor
        raise SparkAbsent(
            f"Spark did not start with the master {master}: is Java 17 there, and does the cluster answer? ({error})"
        ) from error
    try:
        context.setLogLevel("ERROR")
        yield SparkSession(context)
    finally:
        context.stop()
