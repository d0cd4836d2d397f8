"""Answering questions, taking answers back, and what follows for the batch."""

import hashlib
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.intake import files
from rongxin.intake.models import OPEN_BATCHES, Batch, BatchState, Channel, Question, QuestionState, RowProblem
from rongxin.intake.moving import move, open_for
from rongxin.intake.questions.counting import count_in, count_out
from rongxin.intake.questions.following import NOTHING_FOLLOWED, Followed, follow, judging_in_turn
from rongxin.intake.questions.rows import WaitingAct, asks_whose, waiting_acts
from rongxin.intake.questions.settling import SENT_BACK, SETTLED, give_back, settle
from rongxin.intake.receiving import next_number
from rongxin.policy.words import StepSeverity
from rongxin.records import actions as records
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.judging import FiledParty, judge, take_back
from rongxin.subjects.models import Category, Judgement, Subject, Verdict
from rongxin.subjects.queries import counting_as
from rongxin.workflow.writing import events_last


class AnsweredBefore(ValueError):
    """Somebody was faster: ``question`` as it stands now."""

    def __init__(self, question: Question) -> None:
        super().__init__(f"{question.batch.number} {question.row}")
        self.question = question


class NotNow(ValueError):
    """The batch is in a state in which this cannot be done; ``state`` tells which."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class NotThisSubject(ValueError):
    """A kind about organisations only is not laid on a sole trader."""


@dataclass(frozen=True)
class Answered:
    """What an answer did: the question, the other rows decided with it, the batch that will carry them (None: sent back), and
    what had followed an earlier judgement that the answer ends.
    """

    question: Question
    also: tuple[int, ...] = ()
    carried_by: Batch | None = None
    followed: Followed = NOTHING_FOLLOWED


@dataclass(frozen=True)
class Undone:
    """What taking an answer back did, or saying that a row is not a subject: the question, and what had followed."""

    question: Question
    followed: Followed = NOTHING_FOLLOWED


@transaction.atomic
@events_last()
def choose(pk: int, subject: int, by: Account, *, note: str = "") -> Answered:
    """The row, and those of the batch like it, is this subject's. Remembered for later rows of the same name and code.

    Like it: the same name and the same code, or the very same act. Raises AnsweredBefore, NotNow, NotThisSubject,
    PermissionDenied, Question.DoesNotExist and Subject.DoesNotExist.
    """
    batch, question = _locked(pk, by)
    found = counting_as([subject]).get(subject)
    if found is None:
        raise Subject.DoesNotExist
    only_organisations = rulebook.by_digest(batch.policy_digest).kinds[batch.kind].credit.organisations_only
    if only_organisations and found.category == Category.SOLE_TRADER:
        raise NotThisSubject
    acts = waiting_acts(batch)
    answered = _accept(batch, [question, *_alike(question, acts)], acts, by, subject=found, note=note)
    party = FiledParty(question.name_normalised, question.party_code)
    changed = judge(party, found, Verdict.SAME, provider=batch.provider.code, by=by.username, basis=_place(question))
    return replace(answered, followed=follow(changed, by, basis=_place(question)))


@transaction.atomic
@events_last()
def confirm(pk: int, note: str, by: Account) -> Answered:
    """The row is right as filed, for the reason given; so are the rows of the batch with exactly the same reasons.

    ValueError without a note, and for a row of which it must be said whose it is. Otherwise raises as ``choose``.
    """
    if not note.strip():
        raise ValueError("a row is confirmed with a reason")
    batch, question = _locked(pk, by)
    if asks_whose(question):
        raise ValueError("say whose row it is")
    acts = waiting_acts(batch)
    same = Question.objects.select_for_update().filter(batch=batch, state=QuestionState.OPEN).exclude(pk=pk)
    likes = [other for other in same if other.reasons == question.reasons]
    return _accept(batch, [question, *likes], acts, by, subject=None, note=note)


@transaction.atomic
@events_last()
def send_back(pk: int, note: str, by: Account) -> Answered:
    """The row goes back to the clerk, with the reason. ValueError without a reason. Otherwise raises as ``choose``."""
    if not note.strip():
        raise ValueError("a row is sent back with a reason")
    batch, question = _locked(pk, by)
    give_back(batch, [question], by, note=note)
    return Answered(question)


@transaction.atomic
@events_last()
def differ(pk: int, subject: int, by: Account) -> Undone:
    """Whatever this row is, it is not that subject: remembered for everybody, and proposed no more for this party.

    What waits for release on that subject under the same name and code is asked about again, in every department.
    """
    batch, question = _locked(pk, by)
    party = FiledParty(question.name_normalised, question.party_code)
    contrary = judge(
        party,
        Subject.objects.get(pk=subject),
        Verdict.DIFFERENT,
        provider=batch.provider.code,
        by=by.username,
        basis=_place(question),
    )
    alike = Question.objects.select_for_update().filter(
        name_normalised=party.name, party_code=party.code, state=QuestionState.OPEN
    )
    changed = []
    for other in alike:
        other.candidates = [candidate for candidate in other.candidates if candidate["subject"] != subject]
        changed.append(other)
    Question.objects.bulk_update(changed, ["candidates"])
    followed = follow(contrary, by, basis=_place(question))
    question.refresh_from_db()
    return Undone(question, followed)


@transaction.atomic
@events_last()
def undo(pk: int, by: Account) -> Undone:
    """Take an answer back, with the rows that were decided in the same stroke: they are open again.

    A row that is recorded already is on nobody's page from now on; so are records of later batches that only followed the
    answer, and rows of batches that wait for release ask again (following). Raises NotNow while the batch that carries it is
    being recorded, PermissionDenied and Question.DoesNotExist; an open question stays as it is.
    """
    batch, question = _held(pk, by)
    if question.state == QuestionState.OPEN:
        return Undone(question)
    together = list(
        Question.objects.select_for_update().filter(
            batch=batch, state=question.state, answered_by=question.answered_by, answered_at=question.answered_at
        )
    )
    if question.state == QuestionState.SENT_BACK:
        RowProblem.objects.filter(batch=batch, row=question.row, code=SENT_BACK).delete()
        batch.in_review += 1
        batch.rejected -= 1
        batch.save(update_fields=["in_review", "rejected"])
    else:
        _take_out(batch, together, by)
    followed = _reopen(together, by, batch)
    question.refresh_from_db()
    return Undone(question, followed)


@transaction.atomic
@events_last()
def given_up(batch: Batch, by: Account) -> None:
    """A batch was sent back or stopped: what it carried for others is asked again, what others carried for it ends with it."""
    carried = list(Question.objects.select_for_update().filter(follow_up=batch, state=QuestionState.ANSWERED))
    for origin in Batch.objects.select_for_update().filter(pk__in={question.batch_id for question in carried}):
        origin.in_review += len(carried)
        origin.save(update_fields=["in_review"])
        _reopen(carried, by, origin)
    following = Batch.objects.select_for_update().filter(
        continues=batch, channel=Channel.QUESTION, state=BatchState.CHECKED
    )
    for carrier in following:
        carrier.stopped_by, carrier.finished_at = by, timezone.now()
        carrier.save(update_fields=["stopped_by", "finished_at"])
        move(carrier, BatchState.STOPPED)


def _locked(pk: int, by: Account) -> tuple[Batch, Question]:
    """The open question and its batch, held until the transaction ends."""
    batch, question = _held(pk, by)
    if question.state != QuestionState.OPEN:
        raise AnsweredBefore(question)
    return batch, question


def _held(pk: int, by: Account) -> tuple[Batch, Question]:
    judging_in_turn()
    # Then the batch, always: two answers, or an answer and a release, wait for each other and never in a circle.
    batch_key = Question.objects.values_list("batch", flat=True).get(pk=pk)
    batch = Batch.objects.select_for_update(of=("self",)).select_related("provider").get(pk=batch_key)
    demand(by, Action.QUESTION_ANSWER, batch.provider)
    question = Question.objects.select_for_update(of=("self",)).select_related("answered_by", "batch").get(pk=pk)
    if batch.state not in OPEN_BATCHES:
        raise NotNow(batch.state)
    return batch, question


def _alike(question: Question, acts: dict[int, WaitingAct]) -> list[Question]:
    """Other open questions of the batch that the same answer answers."""
    own = acts[question.row]
    others = Question.objects.select_for_update().filter(batch=question.batch_id, state=QuestionState.OPEN)
    return [
        other
        for other in others.filter(name_normalised=question.name_normalised, party_code=question.party_code).exclude(
            pk=question.pk
        )
        if asks_whose(other)
        and (question.party_code or (own.act_key, own.content_hash) == _identity(acts[other.row]) != (None, None))
    ]


def _identity(act: WaitingAct) -> tuple[str | None, str | None]:
    return act.act_key, act.content_hash


def _accept(
    batch: Batch,
    questions: list[Question],
    acts: dict[int, WaitingAct],
    by: Account,
    *,
    subject: Subject | None,
    note: str,
) -> Answered:
    """Let the rows be recorded with the next release: of this batch while it waits, else of one that follows it."""
    # Who may release this batch cannot do so with an own answer in it, so such answers go into a batch of their own.
    joins = batch.state == BatchState.CHECKED and not by.may(Action.BATCH_RELEASE, batch.provider)
    carrier = batch if joins else _follow_up(batch, by)
    for question in questions:
        known = acts[question.row].subject
        question.subject_id = subject.pk if subject else known
        question.follow_up = None if joins else carrier
    settle(questions, QuestionState.ANSWERED, by, note=note)
    rows = [question.row for question in questions]
    RowProblem.objects.filter(batch=batch, row__in=rows, severity=StepSeverity.REVIEW.value).update(severity=SETTLED)
    batch.in_review -= len(questions)
    batch.save(update_fields=["in_review"])
    count_in(carrier, [acts[row] for row in rows])
    return Answered(questions[0], tuple(sorted(rows[1:])), carrier)


def _take_out(batch: Batch, questions: list[Question], by: Account) -> None:
    """Take answered rows out of the batches that carry them, or the records off their subjects."""
    acts = waiting_acts(batch, [question.row for question in questions])
    carriers = Batch.objects.select_for_update().in_bulk({question.follow_up_id or batch.pk for question in questions})
    for key, carrier in carriers.items():
        carried = [question for question in questions if (question.follow_up_id or batch.pk) == key]
        if carrier.state == BatchState.RELEASED:
            raise NotNow(carrier.state)
        if carrier.state == BatchState.RECORDED:
            for question in carried:
                records.unresolve(carrier.number, question.row, by=by.username, basis=_place(question))
        if carrier.pk == batch.pk or carrier.state == BatchState.CHECKED:
            count_out(carrier, [acts[question.row] for question in carried], by)
    batch.refresh_from_db()
    batch.in_review += len(questions)
    batch.save(update_fields=["in_review"])


def _reopen(questions: list[Question], by: Account, batch: Batch) -> Followed:
    """The questions are asked as before, and what was remembered of their answers ends, with what followed from that."""
    ended: dict[str, tuple[Judgement, ...]] = {}
    for question in questions:
        if question.state == QuestionState.ANSWERED and question.subject is not None and asks_whose(question):
            party = FiledParty(question.name_normalised, question.party_code)
            ended[_place(question)] = take_back(
                party, question.subject, Verdict.SAME, provider=batch.provider.code, by=by.username
            )
        question.state = QuestionState.OPEN
        question.subject, question.answered_by, question.answered_at, question.follow_up = None, None, None, None
        question.note = ""
    fields = ["state", "subject", "answered_by", "answered_at", "follow_up", "note"]
    Question.objects.bulk_update(questions, fields)
    rows = [question.row for question in questions]
    RowProblem.objects.filter(batch=batch, row__in=rows, severity=SETTLED).update(severity=StepSeverity.REVIEW.value)
    return sum((follow(changed, by, basis=place) for place, changed in ended.items()), NOTHING_FOLLOWED)


def _follow_up(batch: Batch, by: Account) -> Batch:
    """The batch that carries what this officer answers about ``batch``, made when there is none that still waits.

    The officer counts as its sender, so that only somebody else can release it.
    """
    earlier = Batch.objects.select_for_update().filter(continues=batch, channel=Channel.QUESTION, submitted_by=by)
    open_one = earlier.filter(state=BatchState.CHECKED).first()
    if open_one:
        return open_one
    now = timezone.now()
    number = next_number()
    files.begin(number)
    carrier = Batch.objects.create(
        case=open_for(number, batch.file_name, batch.provider, by),
        number=number,
        provider=batch.provider,
        kind=batch.kind,
        policy_digest=batch.policy_digest,
        channel=Channel.QUESTION,
        file_name=batch.file_name,
        file_size=0,
        # No file of its own: one carrier at a time for each officer and batch.
        file_sha256=hashlib.sha256(f"{batch.number} {by.username} {earlier.count()}".encode()).hexdigest(),
        submitted_by=by,
        received_at=now,
        checked_at=now,
        continues=batch,
        round=batch.round,
    )
    move(carrier, BatchState.CHECKED)
    return carrier


def _place(question: Question) -> str:
    return f"{question.batch.number} 第 {question.row} 行"
