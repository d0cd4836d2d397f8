"""The classes of a made-up snapshot on Spark: ``python -m bench.classify_spark RECORDS MASTER``, with PYTHONPATH of the project.

Prints one JSON object: seconds from the start of a session to the last file, those of one process in Polars over the same
snapshot, and whether the results are equal.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from bench.classify_snapshot import made_plan, make
from rongxin.engine.risk.runs import run
from rongxin.engine.risk.spark.running import run_on_spark


def measured(size: int, master: str) -> dict[str, object]:
    """Both engines, once each."""
    with tempfile.TemporaryDirectory(prefix="rongxin-spark-") as folder:
        root, plan = Path(folder), made_plan()
        snapshot = make(root / "snapshot", size)
        began = time.perf_counter()
        theirs = run(plan, snapshot, root / "polars")
        middle = time.perf_counter()
        ours = run_on_spark(plan, snapshot, root / "spark", master)
        ended = time.perf_counter()
        return {
            "records": size,
            "buckets": len(ours.buckets),
            "master": master,
            "spark_seconds": round(ended - middle, 1),
            "polars_seconds": round(middle - began, 2),
            "equal": all(
                ours.classes(bucket).equals(theirs.classes(bucket))
                and ours.factors(bucket).equals(theirs.factors(bucket))
                for bucket in theirs.buckets
            ),
        }


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]), sys.argv[2])))
