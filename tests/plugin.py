"""What must stand before Django reads its settings: a pytest plugin, loaded by ``-p tests.plugin`` (pyproject.toml).

A conftest.py comes too late for that. Every process of a run gets a temporary ``RONGXIN_VAR`` and a fixed key; nothing
of the developer's own platform is read or touched. ``--database postgresql`` starts one temporary cluster for all
processes. ``RONGXIN_REQUIRE=postgresql,browser,spark`` turns the absence of a part from a skip into a failure, for
continuous integration.
"""

import os
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.disks import in_memory
from tests.postgresql import Cluster, binaries

# What a developer sets for the tests themselves; everything else called RONGXIN_… belongs to a platform.
FOR_TESTS = {"RONGXIN_REQUIRE", "RONGXIN_CHROMIUM", "RONGXIN_SHARED"}
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
STORIES = Path(__file__).parent / "stories"
PARTS = ("PostgreSQL", "browser", "Spark")

without_postgresql = pytest.StashKey[str]()
left_out = pytest.StashKey[int]()


def required(part: str) -> bool:
    return part.lower() in {name.strip().lower() for name in os.environ.get("RONGXIN_REQUIRE", "").split(",")}


def absent(part: str, reason: str) -> NoReturn:
    """Skip the test because ``part`` (one of PARTS) is not on this machine; fail it where it is required."""
    if required(part):
        pytest.fail(f"{part} absent: {reason}; RONGXIN_REQUIRE asks for it", pytrace=False)
    pytest.skip(f"{part} absent: {reason}")


def is_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("rongxin")
    group.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="postgresql: run the tests that touch the database and the stories on a temporary PostgreSQL (default: all, SQLite)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    options = early_config.known_args_namespace
    if options.help or options.version:
        return
    prepare_environment(early_config)
    if options.database == "postgresql" and not is_worker():
        prepare_postgresql(early_config)


def prepare_environment(config: pytest.Config) -> None:
    """A fresh folder and a fixed key; an xdist worker keeps what its controller set, in a folder of its own."""
    if is_worker():
        folder = Path(os.environ["RONGXIN_VAR"]) / os.environ["PYTEST_XDIST_WORKER"]
    else:
        for name in [name for name in os.environ if name.startswith("RONGXIN_") and name not in FOR_TESTS]:
            del os.environ[name]
        folder = Path(tempfile.mkdtemp(prefix="rongxin-tests-", dir=in_memory()))
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        keep_bytecode(config)
        options = config.known_args_namespace
        if getattr(options, "numprocesses", None) and options.markexpr != "soak":
            # Every process has a core; tables of a few rows lose more by waiting for threads than they win.
            os.environ.setdefault("POLARS_MAX_THREADS", "1")
    (folder / "static").mkdir(parents=True)
    os.environ["RONGXIN_VAR"] = str(folder)
    os.environ["RONGXIN_SECRET_KEY"] = "only-for-tests-" + "0" * 40


def keep_bytecode(config: pytest.Config) -> None:
    """Where Python shall leave no ``__pycache__`` behind, our processes share one folder of it in pytest's own cache.

    Without it every worker, command and reader of workbooks compiles this project anew.
    """
    if sys.dont_write_bytecode:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(config.rootpath / ".pytest_cache" / "bytecode")
        sys.dont_write_bytecode = False


def prepare_postgresql(config: pytest.Config) -> None:
    programs = binaries()
    if programs is None:
        config.stash[without_postgresql] = "PostgreSQL absent: its tests were not run; apt install postgresql"
        return
    cluster = Cluster(programs)
    config.add_cleanup(cluster.stop)
    cluster.start()
    os.environ["RONGXIN_DATABASE_URL"] = cluster.url


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Without PostgreSQL a run on it is one line."""
    line = config.stash.get(without_postgresql, None)
    if line is None:
        share_evenly(config)
        return None
    is_required = required("PostgreSQL")
    print(f"{'FAILED' if is_required else 'SKIPPED'} {line}")
    return 1 if is_required else 0


def share_evenly(config: pytest.Config) -> None:
    """Several processes keep the tests of a module together as far as they can and take work from each other at the
    end.
    """
    if getattr(config.option, "numprocesses", None) and config.option.dist == "no":
        config.option.dist = "worksteal"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in fixtures(item):
            item.add_marker("browser")
    if config.getoption("database") == "postgresql":
        chosen = [item for item in items if touches_database(item) and not is_of_a_page_alone(item)]
        kept = set(chosen)
        others = [item for item in items if item not in kept]
        config.hook.pytest_deselected(items=others)
        config.stash[left_out] = len(others)
        items[:] = chosen


def fixtures(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


def is_of_a_page_alone(item: pytest.Item) -> bool:
    """Whether it looks at one page in a browser: whatever the database, the page is the same. The stories run on both."""
    return "browser" in fixtures(item) and STORIES not in item.path.parents


def touches_database(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is not None or not DATABASE_FIXTURES.isdisjoint(fixtures(item))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """An xdist worker tells its controller, which collects nothing itself."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash.get(left_out, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    output = getattr(node, "workeroutput", None) or {}
    node.config.stash[left_out] = max(output.get("left_out", 0), node.config.stash.get(left_out, 0))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    counted: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        counted.update(dict(report.user_properties))
    for what, number in counted.items():
        terminalreporter.write_line(f"{what}: {number:,}")
    if config.getoption("database") == "postgresql":
        ran = sum(len(terminalreporter.stats.get(outcome, ())) for outcome in ("passed", "failed"))
        out = config.stash.get(left_out, 0)
        terminalreporter.write_line(
            f"PostgreSQL: {ran} tests that touch the database ran; {out} others, and pages in a browser, left out"
        )
    skipped = Counter(part_of(report) for report in terminalreporter.stats.get("skipped", ()))
    reasons = [reason for part in PARTS if (reason := why_not(part, config, skipped[part]))]
    terminalreporter.write_line(f"not run: {'; '.join(reasons)}" if reasons else "not run: nothing was left out")


def part_of(report: Any) -> str | None:
    """The part whose absence skipped this test, from the first word of the reason (see :func:`absent`)."""
    reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
    return next((part for part in PARTS if reason.removeprefix("Skipped: ").startswith(f"{part} absent")), None)


def why_not(part: str, config: pytest.Config, skipped: int) -> str:
    if part == "PostgreSQL" and config.getoption("database") != "postgresql":
        return "PostgreSQL (this run is on SQLite; --database postgresql)"
    if part == "Spark" and "not spark" in config.option.markexpr:
        return "Spark (make cluster)"
    return f"{part} ({skipped} tests; see the reasons above)" if skipped else ""
