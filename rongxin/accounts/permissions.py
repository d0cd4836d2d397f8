"""Named actions and the roles that hold them. Closed by default: what is not listed is refused."""

from enum import StrEnum

from django.db import models


class Action(StrEnum):
    """``<topic>:<verb>``, each within the officer's own department. Keep alphabetical."""

    BATCH_READ = "batch:read"
    BATCH_RELEASE = "batch:release"
    BATCH_SUBMIT = "batch:submit"


class Role(models.TextChoices):
    """What an officer is in the department."""

    CLERK = "clerk", "录入员"
    REVIEWER = "reviewer", "审核员"


HOLDS: dict[Role, frozenset[Action]] = {
    Role.CLERK: frozenset({Action.BATCH_READ, Action.BATCH_SUBMIT}),
    Role.REVIEWER: frozenset({Action.BATCH_READ, Action.BATCH_RELEASE}),
}
