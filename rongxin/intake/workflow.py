"""发布批次: from the file a department sends to its records, with a second person in between.

What a person does is a step with its effect here; what the platform does is moved by the jobs (``moving.move``).
"""

from typing import Final

from django.db import transaction

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role
from rongxin.accounts.queries import demand
from rongxin.intake import files, jobs
from rongxin.intake.models import Batch, BatchState
from rongxin.intake.moving import KIND, copy_state
from rongxin.intake.questions.actions import given_up
from rongxin.intake.questions.following import judging_in_turn
from rongxin.intake.questions.rows import answered_in, held_with_origin, rows_are_here
from rongxin.jobs.queries import run_state
from rongxin.policy.words import Title
from rongxin.workflow.models import Case
from rongxin.workflow.table import OPENING, Party, Procedure, State, Step, Taken, Who

RELEASE: Final = "release"
SEND_BACK: Final = "send_back"
STOP: Final = "stop"
TELL_COLUMNS: Final = "tell_columns"
_CLERK: Final = Who(Role.CLERK)
_SECOND: Final = (Who(Role.REVIEWER), Who(Role.HEAD))

ANSWERED_OWN: Final = Title(
    zh="这一批里有您认定归属的行，须由另一人办理。", en="You said whose some of these rows are; another person decides."
)
ROWS_GONE: Final = Title(
    zh="这一批校验过的行已不在平台上（可能恢复过备份），不能发布。请退给报送人重报；已入库的不会重复。",
    en="The checked rows are no longer on the platform (a backup may have been restored). Send the batch back, to be sent again;"
    " nothing is recorded twice.",
)


def _hold(case: Case, step: str) -> None:
    """Batches are locked before their cases, and before either whoever changes judgements waits for the turn."""
    if step in (SEND_BACK, STOP):
        judging_in_turn()
    if step in (RELEASE, SEND_BACK, STOP, TELL_COLUMNS):
        held_with_origin(case.number)


def _answered_own(case: Case, officer: Account | None) -> Title | None:
    batch = Batch.objects.get(number=case.number)
    return ANSWERED_OWN if officer and answered_in(batch).filter(answered_by=officer).exists() else None


def _why_no_release(case: Case, officer: Account | None) -> Title | None:
    if why := _answered_own(case, officer):
        return why
    return None if rows_are_here(Batch.objects.get(number=case.number)) else ROWS_GONE


def _release(taken: Taken) -> dict[str, int | bool | str]:
    """The rows become records in the background."""
    batch = _decided(taken)
    batch.run = jobs.record_batch.enqueue(batch.number, key=batch.number).pk
    batch.save(update_fields=["decided_by", "decided_at", "run"])
    return {"accepted": batch.accepted, "withheld": batch.withheld}


def _send_back(taken: Taken) -> None:
    """Nothing of it becomes a record; what was answered in it is asked again."""
    batch = _decided(taken)
    batch.return_reason, batch.finished_at = taken.reason, taken.at
    batch.save(update_fields=["decided_by", "decided_at", "return_reason", "finished_at"])
    _give_up(batch, taken)


def _stop(taken: Taken) -> None:
    batch = _moved(taken, Action.BATCH_SUBMIT)
    run = run_state(batch.run) if batch.run else None
    if run is not None and not run.is_over:
        run.request_stop()
    batch.stopped_by, batch.finished_at = taken.by, taken.at
    batch.save(update_fields=["stopped_by", "finished_at"])
    _give_up(batch, taken)


def _check_again(taken: Taken) -> None:
    """The columns are told; the file is checked with them."""
    batch = _moved(taken, Action.BATCH_SUBMIT)
    batch.findings, batch.checked_at = [], None
    batch.run = jobs.check_batch.enqueue(batch.number, key=batch.number).pk
    batch.save(update_fields=["findings", "checked_at", "run"])


def _decided(taken: Taken) -> Batch:
    batch = _moved(taken, Action.BATCH_RELEASE)
    batch.decided_by, batch.decided_at = taken.by, taken.at
    return batch


def _moved(taken: Taken, action: Action) -> Batch:
    """The batch in its new state, for whoever may do ``action`` by the matrix; it is locked."""
    batch = Batch.objects.select_related("provider").get(number=taken.case.number)
    if taken.by is not None:
        demand(taken.by, action, batch.provider)
    copy_state(taken)
    batch.state = BatchState(taken.step.target)
    return batch


def _give_up(batch: Batch, taken: Taken) -> None:
    if taken.by is not None:
        given_up(batch, taken.by)
    transaction.on_commit(lambda: files.drop_received(batch.number))


def _by_platform(name: str, zh: str, en: str, source: BatchState, target: BatchState) -> Step:
    return Step(name, Title(zh=zh, en=en), (source,), target, effect=copy_state)


_S = BatchState
BATCH: Final = Procedure(
    name=KIND,
    title=Title(zh="批次发布", en="Release of a batch"),
    prefix="批次",
    first=_S.RECEIVED,
    opens=(
        _CLERK,
        *_SECOND,
        *(Who(role, Party.CREDIT_OFFICE) for role in (Role.COUNTY_OFFICE, Role.CITY_OFFICE)),
    ),
    opening=Title(zh="报送", en="Sent"),
    hold=_hold,
    is_internal=True,
    states=(
        State(_S.RECEIVED, Title(zh="校验中", en="Being checked")),
        State(
            _S.MAPPING,
            Title(zh="待对列", en="Columns to tell"),
            within="intake/columns_days",
            must_be_timed=False,
        ),
        State(
            _S.CHECKED,
            Title(zh="待发布", en="To release"),
            within="intake/release_days",
            must_be_timed=False,
            task=Title(zh="核对后发布，或退回", en="Look and release, or send back"),
        ),
        State(_S.RELEASED, Title(zh="入库中", en="Being recorded")),
        State(_S.RECORDED, Title(zh="已入库", en="Recorded"), is_final=True),
        State(_S.NOTHING_NEW, Title(zh="无新增", en="Nothing new"), is_final=True),
        State(_S.RETURNED, Title(zh="已退回", en="Sent back"), is_final=True),
        State(_S.STOPPED, Title(zh="已停止", en="Stopped"), is_final=True),
        State(_S.UNREADABLE, Title(zh="无法读取", en="Unreadable"), is_final=True),
    ),
    steps=(
        _by_platform("check", "校验完毕", "Checked", _S.RECEIVED, _S.CHECKED),
        _by_platform("ask_columns", "列名认不全，待人工对列", "Columns are asked", _S.RECEIVED, _S.MAPPING),
        _by_platform("record_at_once", "只含移出，即时入库", "Removals recorded at once", _S.RECEIVED, _S.RECORDED),
        _by_platform("find_nothing", "校验完毕，无新增", "Checked, nothing new", _S.RECEIVED, _S.NOTHING_NEW),
        _by_platform("close_unreadable", "无法读取", "Unreadable", _S.RECEIVED, _S.UNREADABLE),
        Step(
            TELL_COLUMNS,
            Title(zh="对列", en="Tell the columns"),
            (_S.MAPPING,),
            _S.RECEIVED,
            who=(_CLERK,),
            effect=_check_again,
        ),
        Step(
            RELEASE,
            Title(zh="发布", en="Release"),
            (_S.CHECKED,),
            _S.RELEASED,
            who=_SECOND,
            four_eyes=(OPENING,),
            guard=_why_no_release,
            effect=_release,
        ),
        Step(
            SEND_BACK,
            Title(zh="退给报送人", en="Send back"),
            (_S.CHECKED,),
            _S.RETURNED,
            who=_SECOND,
            four_eyes=(OPENING,),
            needs_reason=True,
            guard=_answered_own,
            effect=_send_back,
            follows=(
                Title(
                    zh="这一批都不入库，报送人按理由改正后重报",
                    en="Nothing is recorded; the sender mends it and sends again",
                ),
            ),
            notice="batch_sent_back",
        ),
        Step(
            STOP,
            Title(zh="停止报送", en="Stop"),
            (_S.RECEIVED, _S.MAPPING, _S.CHECKED),
            _S.STOPPED,
            who=(_CLERK,),
            effect=_stop,
            is_task=False,
            follows=(
                Title(zh="这一批不入库，收到的文件删除；可以重新报送", en="Nothing is recorded; the file is removed"),
            ),
        ),
        _by_platform("end_empty", "已无可入库的行", "No rows left to record", _S.CHECKED, _S.STOPPED),
        _by_platform(
            "end_recorded", "其余各行另行认定，已入库", "The other rows are asked about", _S.CHECKED, _S.RECORDED
        ),
        _by_platform("end_nothing", "其余各行另行认定，无新增", "All rows are asked about", _S.CHECKED, _S.NOTHING_NEW),
        _by_platform("record", "入库完毕", "Recorded", _S.RELEASED, _S.RECORDED),
        _by_platform("record_nothing", "入库完毕，无新增", "Recorded, nothing new", _S.RELEASED, _S.NOTHING_NEW),
    ),
)
