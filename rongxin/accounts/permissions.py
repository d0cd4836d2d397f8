"""Named actions and the roles that hold them. Closed by default: what is not listed is refused."""

from enum import StrEnum

from django.db import models


class Action(StrEnum):
    """``<topic>:<verb>``. Keep alphabetical."""

    BATCH_READ = "batch:read"
    BATCH_RELEASE = "batch:release"
    BATCH_SUBMIT = "batch:submit"
    CASE_ACT = "case:act"
    CASE_READ = "case:read"
    CODE_MEND = "code:mend"
    COUNT_FILE = "count:file"
    QUESTION_ANSWER = "question:answer"
    RECORD_WITHDRAW = "record:withdraw"
    SUBJECT_MERGE = "subject:merge"
    TEXT_CLEAR = "text:clear"


class Role(models.TextChoices):
    """What an officer is in the department."""

    CLERK = "clerk", "录入员"
    REVIEWER = "reviewer", "审核员"
    STEWARD = "steward", "数据管理员"


HOLDS: dict[Role, frozenset[Action]] = {
    Role.CLERK: frozenset(
        {
            Action.BATCH_READ,
            Action.BATCH_SUBMIT,
            Action.CASE_ACT,
            Action.CASE_READ,
            Action.CODE_MEND,
            Action.COUNT_FILE,
            Action.QUESTION_ANSWER,
        }
    ),
    Role.REVIEWER: frozenset(
        {
            Action.BATCH_READ,
            Action.BATCH_RELEASE,
            Action.CASE_ACT,
            Action.CASE_READ,
            Action.QUESTION_ANSWER,
            Action.RECORD_WITHDRAW,
            Action.TEXT_CLEAR,
        }
    ),
    Role.STEWARD: frozenset(
        {
            Action.BATCH_READ,
            Action.CASE_ACT,
            Action.CASE_READ,
            Action.CODE_MEND,
            Action.QUESTION_ANSWER,
            Action.SUBJECT_MERGE,
            Action.TEXT_CLEAR,
        }
    ),
}

# The lead office's steward looks after the register and the queues of every department; all others serve their own.
EVERYWHERE: frozenset[Role] = frozenset({Role.STEWARD})
