"""Jobs by name. Importing the module that declares a job makes it known; no model is imported here."""

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from rongxin.jobs.errors import UnknownJobError
from rongxin.jobs.progress import Progress

if TYPE_CHECKING:
    from rongxin.jobs.models import Run

P = ParamSpec("P")
R = TypeVar("R")

MAX_ATTEMPTS = 3
_known: dict[str, "Job[..., Any]"] = {}


class Job(Generic[P, R]):
    """A function that can be asked for and is run by a worker.

    The function takes a :class:`Progress` first, then JSON-able arguments, and returns something JSON-able. It may be
    run again after a crash at any point, so doing it twice must do nothing twice.
    """

    def __init__(
        self, function: Callable[Concatenate[Progress, P], R], *, queue: str, max_attempts: int, title: str
    ) -> None:
        self.function = function
        self.queue = queue
        self.max_attempts = max_attempts
        self.name = job_name(function)
        self.title = title or self.name

    def enqueue(self, *args: Any, key: str | None = None, **kwargs: Any) -> "Run":
        """Ask for one run, in the caller's transaction: it exists when the caller commits and not before.

        With ``key``, the run of this job with the same key that is still waiting or running is returned instead of a
        second one. Arguments that do not fit the function raise ``TypeError`` here, not later in a worker.
        """
        inspect.signature(self.function).bind(None, *args, **kwargs)
        from rongxin.jobs import actions

        return actions.enqueue(self, {"args": args, "kwargs": kwargs}, key or "")

    def call_now(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the function here and now, without queue, lease or retry: for commands and tests."""
        return self.function(Progress(), *args, **kwargs)

    def __repr__(self) -> str:
        return f"<Job {self.name}>"


def job(
    *, queue: str = "default", max_attempts: int = MAX_ATTEMPTS, title: str = ""
) -> Callable[[Callable[Concatenate[Progress, P], R]], Job[P, R]]:
    """Declare a job: ``@job(queue="bulk", title="校验批次")`` over ``def check_batch(progress, batch_number)``.

    ``title`` is what pages call it. ``max_attempts`` counts every start, those ended by a killed worker included.
    """

    def declare(function: Callable[Concatenate[Progress, P], R]) -> Job[P, R]:
        declared = Job(function, queue=queue, max_attempts=max_attempts, title=title)
        if declared.name in _known:
            raise ValueError(f"two jobs are named {declared.name}")
        _known[declared.name] = declared
        return declared

    return declare


def job_name(function: Callable[..., object]) -> str:
    """``rongxin.intake.jobs.check_batch`` is ``intake.check_batch``: the package below rongxin, then the function."""
    package = function.__module__.rpartition(".")[0].removeprefix("rongxin.")
    return f"{package}.{function.__name__}"


def find(name: str) -> Job[..., Any]:
    """The job of this name, or :class:`UnknownJobError`."""
    try:
        return _known[name]
    except KeyError:
        raise UnknownJobError(name) from None


def title_of(name: str) -> str:
    """What pages call the job; a job that was since removed keeps its bare name."""
    known = _known.get(name)
    return known.title if known else name


def load() -> None:
    """Import every module named in ``config.jobs.MODULES``, so that their jobs are known. A missing one is an error."""
    from config import jobs

    for module in jobs.MODULES:
        import_module(module)
