"""The case of a batch: opened when it is received, moved by every step. The case is the truth; ``Batch.state`` is its copy.

The copy is written here and nowhere else, in the transaction of the step (docs/decisions/0011-the-case-of-a-batch.md).
"""

from typing import Final

from rongxin.accounts.models import Account
from rongxin.departments.models import Department
from rongxin.intake.models import Batch, BatchState
from rongxin.workflow.actions import open_case, take_step
from rongxin.workflow.models import Case
from rongxin.workflow.registry import procedure
from rongxin.workflow.table import Taken

KIND: Final = "batch"


def open_for(number: str, title: str, provider: Department, by: Account) -> Case:
    """Open the case of the batch ``number``, under the same number, in the open transaction."""
    return open_case(KIND, title=title, owner=provider, by=by, number=number)


def move(batch: Batch, to: BatchState) -> None:
    """Let the platform move a batch on; ``batch`` is locked. Raises LookupError where the table has no such way."""
    ways = [each for each in procedure(KIND).steps_from(batch.state) if each.target == to and not each.who]
    if not ways:
        raise LookupError(f"{batch.number}: the platform does not move a batch from {batch.state} to {to}")
    take_step(batch.number, ways[0].name, by=None)
    batch.state = to


def copy_state(taken: Taken) -> None:
    """The effect of every step that moves a batch."""
    Batch.objects.filter(number=taken.case.number).update(state=taken.step.lands(taken.case.state))
