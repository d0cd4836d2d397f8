"""The review queue: one question at a time, answered with one click or one key, and taken back as easily."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.access import Purpose
from rongxin.desk.frame import access_of, kind_title, officer_of, officer_only, show
from rongxin.desk.question_card import CandidateCard, QuestionCard, card_of, found_card
from rongxin.engine.candidate_reasons import sentence
from rongxin.engine.problems import message
from rongxin.engine.sheets import row_label
from rongxin.intake.models import Question, QuestionState
from rongxin.intake.questions import actions, queries
from rongxin.intake.questions.asking import IDENTITY
from rongxin.intake.questions.following import Followed
from rongxin.intake.questions.queries import AS_FILED, Chosen, Place
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.models import Subject
from rongxin.subjects.queries import search
from rongxin.subjects.showing import shown_name
from rongxin.ui.downloads import csv_download
from rongxin.ui.language import spoken
from rongxin.ui.parts import Choice

LINES: Final = 12
LINES_BEFORE: Final = 3
RECENT: Final = 5
FOUND: Final = 8
MOST_IN_FILE: Final = 50_000
FILTERS: Final = ("batch", "kind", "reason", "days")
AGES: Final = (1, 3, 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """A question in the list."""

    url: str
    place: str
    party_name: str
    note: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """Something this officer answered a while ago, and how to take it back."""

    question: Question
    place: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsPage:
    """``desk/questions.html``: the queue filtered by ``batch``, ``kind``, ``reason``, ``days``, at one question (``at``).

    ``back`` is the query that keeps the filters; ``find`` what was looked for, ``found`` what that gave.
    """

    card: QuestionCard | None
    place: Place | None
    lines: tuple[QueueLine, ...]
    recent: tuple[GivenAnswer, ...]
    kinds: tuple[Choice, ...]
    reasons: tuple[Choice, ...]
    ages: tuple[Choice, ...]
    batch: str
    back: str
    before_url: str
    after_url: str
    download_url: str
    find: str = ""
    found: tuple[CandidateCard, ...] = ()

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        """The filters as fields of a form."""
        return tuple((name, str(value)) for name, value in QueryDict(self.back).items())

    @property
    def is_filtered(self) -> bool:
        """Whether something was chosen, so that an empty page does not mean an empty queue."""
        return bool(self.back)


@officer_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The queue of the own department (a credit office: of its region), at one question."""
    officer = officer_of(request)
    chosen, back = _chosen(request.GET), _back(request.GET)
    questions = queries.queue(officer, chosen)
    asked = request.GET.get("at", "")
    question = questions.filter(pk__gte=int(asked)).first() if asked.isdecimal() else None
    question = question or questions.first()
    place = queries.place_in(questions, question.pk) if question else None
    find = request.GET.get("find", "").strip()
    page = QuestionsPage(
        card=card_of(question, access_of(request, Purpose.IDENTITY, question.batch.number)) if question else None,
        place=place,
        lines=_lines(questions, question, back) if question else (),
        recent=tuple(_given(answer) for answer in queries.answered_by(officer, limit=RECENT)),
        kinds=_kinds(chosen),
        reasons=_reasons(chosen),
        ages=_ages(chosen),
        batch=chosen.batch,
        back=back,
        before_url=_at(place.before, back) if place and place.before else "",
        after_url=_at(place.after, back) if place and place.after else "",
        download_url=f"{reverse('desk:questions_csv')}{'?' if back else ''}{back}",
        find=find,
        found=tuple(found_card(hit) for hit in search(find)[:FOUND]) if find else (),
    )
    return show(request, "desk/questions.html", page)


@officer_only
@require_safe
def listing_csv(request: HttpRequest) -> HttpResponse:
    """The filtered queue as CSV, with the likeliest candidate of each row."""
    questions = list(queries.queue(officer_of(request), _chosen(request.GET))[:MOST_IN_FILE])
    likeliest = {question.candidates[0]["subject"] for question in questions if question.candidates}
    subjects = Subject.objects.in_bulk(likeliest)
    heads = (
        *(_("单位"), _("批次"), _("行"), _("报送的名称"), _("报送的代码"), _("原因"), _("提出时间")),
        *(_("最可能的主体"), _("统一社会信用代码"), _("理由")),
    )
    return csv_download("questions.csv", heads, (_csv_row(question, subjects) for question in questions))


@officer_only
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """An answer to one question; then the next one."""
    officer, decision, note = officer_of(request), request.POST.get("decision", ""), request.POST.get("note", "")
    try:
        _may_see(request, pk)
        match decision:
            case "subject":
                answered = actions.choose(pk, _subject(request), officer, note=note)
            case "confirm":
                answered = actions.confirm(pk, note, officer)
            case "none" | "unknown" | "back":
                answered = actions.send_back(pk, note.strip() or _preset(decision), officer)
            case _:
                raise Http404
    except actions.AnsweredBefore as faster:
        return _told(request, _faster(faster.question), pk)
    except actions.NotNow:
        return _told(request, _("这个批次已退回或停止，这一行不用再认定。"), pk)
    except actions.NotThisSubject:
        return _told(request, _("本类信息只归集企业和其他组织，不能归到个体工商户。"), pk)
    except Subject.DoesNotExist:
        return _told(request, _("没有这个主体。"), pk)
    except ValueError:
        return _told(request, _("请写明说明，经办和发布的人都要看。"), pk)
    messages.success(request, _done(answered))
    return redirect(_at(pk, request.POST.get("back", "")))


@officer_only
@require_POST
def differ(request: HttpRequest, pk: int) -> HttpResponse:
    """The row is not this candidate's; the question stays."""
    _may_see(request, pk)
    try:
        done = actions.differ(pk, _subject(request), officer_of(request))
    except actions.AnsweredBefore as faster:
        return _told(request, _faster(faster.question), pk)
    except (actions.NotNow, Subject.DoesNotExist):
        return _told(request, _("这个批次已退回或停止，这一行不用再认定。"), pk)
    messages.success(request, _("已记住：不是同一主体，以后不再推荐。") + _followed(done.followed))
    return redirect(_at(pk, request.POST.get("back", "")))


@officer_only
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an answer back; the question is shown again."""
    _may_see(request, pk)
    try:
        undone = actions.undo(pk, officer_of(request))
    except actions.NotNow:
        return _told(request, _("正在入库或批次已退回，现在不能撤销；入库完成后可以。"), pk)
    text = _("已撤销，%(place)s 回到队列。") % {"place": _place(undone.question)}
    messages.success(request, text + _followed(undone.followed))
    return redirect(_at(pk, request.POST.get("back", "")))


def _followed(followed: Followed) -> str:
    """What became of rows that had followed the judgement."""
    text = ""
    if followed.asked:
        text += _("待发布的批次中按此认定的 %(n)s 行改为待核归属。") % {"n": followed.asked}
    if followed.taken_off:
        text += _("以后各批中按此认定入库的 %(n)s 条也不再公示，请更正代码后重报。") % {"n": followed.taken_off}
    return text


def _may_see(request: HttpRequest, pk: int) -> None:
    """Another department's question is as if there were none."""
    if not queries.visible_to(officer_of(request)).filter(pk=pk).exists():
        raise Http404


def _subject(request: HttpRequest) -> int:
    key = request.POST.get("subject", "")
    if not key.isdecimal():
        raise Http404
    return int(key)


def _told(request: HttpRequest, text: str, pk: int) -> HttpResponse:
    messages.error(request, text)
    return redirect(_at(pk, request.POST.get("back", "")))


def _at(pk: int, back: str) -> str:
    """The queue at a question, or the next one when that is answered; the filters stay."""
    query = QueryDict(_back(QueryDict(back)), mutable=True)
    query["at"] = str(pk)
    return f"{reverse('desk:questions')}?{query.urlencode()}"


def _back(query: QueryDict) -> str:
    kept = QueryDict(mutable=True)
    for name in FILTERS:
        if value := query.get(name, "").strip():
            kept[name] = value
    return kept.urlencode()


def _chosen(query: QueryDict) -> Chosen:
    values = {name: query.get(name, "").strip() for name in FILTERS}
    days = int(values["days"]) if values["days"].isdecimal() else 0
    return Chosen(batch=values["batch"], kind=values["kind"], reason=values["reason"], days=days)


def _preset(decision: str) -> str:
    return {
        "none": _("候选的主体都不是，请核对名称和代码后重报"),
        "unknown": _("登记库查无此主体，请核对后填写统一社会信用代码重报"),
        "back": _("请核对后更正重报"),
    }[decision]


def _faster(question: Question) -> str:
    who = question.answered_by.display_name if question.answered_by else ""
    return _("%(who)s 已在 %(at)s 办理了这一行（%(state)s），您的操作没有生效。") % {
        "who": who,
        "at": f"{timezone.localtime(question.answered_at):%H:%M}" if question.answered_at else "",
        "state": QuestionState(question.state).label,
    }


def _done(answered: actions.Answered) -> str:
    question = answered.question
    place = _place(question)
    if question.state == QuestionState.SENT_BACK:
        return _("%(place)s 已退回更正。") % {"place": place}
    if question.subject is not None and answered.carried_by is not None:
        text = _("%(place)s 已归入 %(name)s。") % {"place": place, "name": shown_name(question.subject)}
    else:
        text = _("%(place)s 已核实。") % {"place": place}
    if answered.also:
        text += _("同样的另 %(n)s 行一并办理。") % {"n": len(answered.also)}
    if answered.carried_by is not None and answered.carried_by.pk != question.batch_id:
        text += _("原批次已发布，认定的行在批次 %(number)s 中等另一人发布。") % {"number": answered.carried_by.number}
    return text + _followed(answered.followed)


def _place(question: Question) -> str:
    return row_label(question.row, question.batch.sheets, spoken())


def _given(question: Question) -> GivenAnswer:
    if question.state == QuestionState.SENT_BACK:
        words = _("退回更正")
    elif question.subject is not None:
        words = _("归入 %(name)s") % {"name": shown_name(question.subject)}
    else:
        words = _("核实无误")
    at = question.answered_at or question.asked_at
    return GivenAnswer(question=question, place=_place(question), words=words, at=at)


def _lines(questions: QuerySet[Question], current: Question, back: str) -> tuple[QueueLine, ...]:
    """The question with a few before and after it."""
    before = list(questions.filter(pk__lt=current.pk).order_by("-pk")[:LINES_BEFORE])[::-1]
    after = list(questions.filter(pk__gt=current.pk)[: LINES - 1 - len(before)])
    return tuple(
        QueueLine(
            url=_at(question.pk, back),
            place=_place(question),
            party_name=question.party_name,
            note=_note(question),
            is_current=question.pk == current.pk,
        )
        for question in (*before, current, *after)
    )


def _note(question: Question) -> str:
    if not any(reason["code"] in IDENTITY for reason in question.reasons):
        return _("核实即可")
    count = len(question.candidates)
    return _("%(n)s 个候选") % {"n": count} if count else _("没有候选")


def _kinds(chosen: Chosen) -> tuple[Choice, ...]:
    policy = rulebook.current()
    named = [
        Choice(value=kind.name, label=kind.title, is_chosen=kind.name == chosen.kind) for kind in policy.kinds.values()
    ]
    if chosen.kind and chosen.kind not in policy.kinds:
        named.append(Choice(value=chosen.kind, label=kind_title(chosen.kind, policy), is_chosen=True))
    return (Choice(value="", label=_("全部种类")), *named)


def _reasons(chosen: Chosen) -> tuple[Choice, ...]:
    words = {
        "": _("全部原因"),
        "code_unknown_to_register": _("登记库没有这个代码"),
        "name_disagrees": _("代码与名称不符"),
        "code_and_name_point_elsewhere": _("代码和名称各是一家"),
        "code_missing_name_known": _("没有代码，名称相同"),
        "name_ambiguous": _("没有代码，同名多家"),
        "subject_unknown": _("没有代码，查无此名"),
        "code_hidden": _("代码有隐去的字符"),
        "judged_different": _("此前认定不是同一主体"),
        "judgement_ended": _("此前的认定已撤销或改判"),
        AS_FILED: _("只需核实（校验码等）"),
    }
    return tuple(Choice(value=code, label=text, is_chosen=code == chosen.reason) for code, text in words.items())


def _ages(chosen: Chosen) -> tuple[Choice, ...]:
    words = {0: _("不限")} | {days: _("%(n)s 天以上") % {"n": days} for days in AGES}
    return tuple(
        Choice(value=str(days) if days else "", label=text, is_chosen=days == chosen.days)
        for days, text in words.items()
    )


def _csv_row(question: Question, subjects: dict[int, Subject]) -> tuple[object, ...]:
    first = question.candidates[0] if question.candidates else None
    subject = subjects.get(first["subject"]) if first else None
    reasons = "；".join(message(reason["code"], reason["params"], spoken()) for reason in question.reasons)
    return (
        question.batch.provider.name,
        question.batch.number,
        _place(question),
        question.party_name,
        question.party_code,
        reasons,
        f"{timezone.localtime(question.asked_at):%Y-%m-%d %H:%M}",
        shown_name(subject) if subject else "",
        subject.uscc if subject else "",
        sentence(first["reasons"], spoken()) if first else "",
    )
