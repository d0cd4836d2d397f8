"""One subject that proves to be two: choose what belongs to the other, see what would change, do it; and undo it."""

from dataclasses import dataclass
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.frame import kind_title, officer_of, officer_only, show
from rongxin.desk.subject_parts import Reason, Side, TallyLine, side, subject_or_404, tally_lines
from rongxin.desk.subject_words import said
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.primitives.uscc import normalise_code
from rongxin.records import splitting
from rongxin.records.consequences import tallies_of_acts
from rongxin.records.display import Moment
from rongxin.records.splitting import MovedOn, OwnAct, Party, Portion
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.merging import Ended
from rongxin.subjects.models import Identifier, Split, Subject, SubjectName
from rongxin.subjects.registration import category_of
from rongxin.subjects.splitting import NotSplittable, movable_identifiers, movable_names

MOST_ACTS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ActLine:
    """An act that may be chosen."""

    act: OwnAct
    kind_title: Title
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPage:
    """``desk/subject_split.html``: choose. ``has_more``: beyond the acts listed there are others, so ``words`` must narrow them."""

    origin: Side
    form: "OtherForm"
    acts: tuple[ActLine, ...]
    names: tuple[SubjectName, ...]
    identifiers: tuple[Identifier, ...]
    chosen: Portion
    words: str
    has_more: bool
    bars: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitConfirmPage:
    """``desk/split_confirm.html``: what would change. ``clear`` parties mean the other from now on, ``doubtful`` ones cannot."""

    origin: Side
    other_name: str
    other_uscc: str
    is_new: bool
    tallies: tuple[TallyLine, ...]
    names: tuple[SubjectName, ...]
    identifiers: tuple[Identifier, ...]
    chosen: Portion
    clear: tuple[Party, ...]
    doubtful: tuple[Party, ...]
    form: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitEndPage:
    """``desk/split_end.html``: what goes back when a split ends."""

    split: Split
    tallies: tuple[TallyLine, ...]
    names: int
    identifiers: int
    form: Reason
    error: str = ""


class OtherForm(forms.Form):
    """Who the other is: a code on the register, or a new one with its name."""

    other = forms.CharField(
        label=gettext_lazy("另一主体的统一社会信用代码"),
        help_text=gettext_lazy("登记库里已有的填代码就行；没有的，同时写登记的全称，会一并登记。"),
        max_length=18,
    )
    name = forms.CharField(label=gettext_lazy("新主体的名称"), max_length=200, required=False)

    def subject(self) -> Subject:
        """The subject meant; one that is not on the register is not kept yet."""
        code = normalise_code(self.cleaned_data["other"])
        known = Subject.objects.select_related("merged_into").filter(uscc=code).first()
        return known or Subject(uscc=code, name=self.cleaned_data["name"].strip(), category=category_of(code))


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: HttpRequest) -> HttpResponse:
    """Choose (GET), see what would change (POST ``step=look``), do it (POST ``step=do``)."""
    officer = officer_of(request)
    demand(officer, Action.SUBJECT_MERGE, officer.works_for)
    origin = subject_or_404(request.GET.get("origin", ""))
    if request.method != "POST":
        form = OtherForm(initial={"other": request.GET.get("other", "")})
        return show(request, "desk/subject_split.html", _choose(request, origin, form, Portion()))
    chosen = _chosen(request)
    form = OtherForm(request.POST)
    if not form.is_valid():
        return show(request, "desk/subject_split.html", _choose(request, origin, form, chosen), status=422)
    other = form.subject()
    if found := splitting.bars(origin, other, chosen):
        page = _choose(request, origin, form, chosen, bars=tuple(said(bar) for bar in found))
        return show(request, "desk/subject_split.html", page, status=422)
    reason = Reason(request.POST if request.POST.get("step") == "do" else None)
    if not reason.is_bound or not reason.is_valid():
        looked = _confirm(origin, other, chosen, reason)
        return show(request, "desk/split_confirm.html", looked, status=422 if reason.is_bound else 200)
    return _do(request, officer, origin, other, chosen, form, reason.cleaned_data["basis"])


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """What goes back when a split ends; posting ends it."""
    officer = officer_of(request)
    demand(officer, Action.SUBJECT_MERGE, officer.works_for)
    done = get_object_or_404(Split.objects.select_related("origin", "other"), pk=pk, ended_at=None)
    form, error = Reason(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            splitting.rejoin(done, by=officer.username, basis=form.cleaned_data["basis"])
        except Ended:
            messages.info(request, _("这次拆分已经由别人撤销。"))
            return redirect("desk:subjects")
        except MovedOn:
            error = _("这次拆分移出的记录后来又拆给了别的主体。请先撤销后来的那次拆分。")
        else:
            messages.success(request, _("已撤销拆分，记录、名称和代码回到原主体。"))
            return redirect("desk:subjects")
    policy = rulebook.current()
    numbers = splitting.given_by(done).values_list("record__number", flat=True)
    page = SplitEndPage(
        split=done,
        tallies=tally_lines(tallies_of_acts(numbers, policy, Moment.now()), policy),
        names=len(done.moved["names"]),
        identifiers=len(done.moved["identifiers"]) + len(done.moved["dropped"]),
        form=form,
        error=error,
    )
    return show(request, "desk/split_end.html", page, status=422 if form.is_bound else 200)


def _do(
    request: HttpRequest,
    officer: Account,
    origin: Subject,
    other: Subject,
    chosen: Portion,
    form: OtherForm,
    basis: str,
) -> HttpResponse:
    try:
        splitting.split(origin, other, chosen, by=officer.username, provider=officer.works_for.code, basis=basis)
    except NotSplittable as refused:  # somebody was faster
        page = _choose(request, origin, form, chosen, bars=tuple(said(bar) for bar in refused.bars))
        return show(request, "desk/subject_split.html", page, status=409)
    messages.success(request, _("已拆分：选中的内容移到 %(other)s。") % {"other": other.name})
    return redirect("desk:subjects")


def _chosen(request: HttpRequest) -> Portion:
    def keys(field: str) -> tuple[int, ...]:
        return tuple(int(value) for value in request.POST.getlist(field) if value.isdecimal() and len(value) < 19)

    return Portion(
        numbers=tuple(dict.fromkeys(request.POST.getlist("act"))), names=keys("name_id"), identifiers=keys("code_id")
    )


def _choose(
    request: HttpRequest, origin: Subject, form: OtherForm, chosen: Portion, *, bars: tuple[str, ...] = ()
) -> SplitPage:
    policy = rulebook.current()
    words = request.GET.get("words", "").strip()
    acts = splitting.acts_to_choose(origin, words, limit=MOST_ACTS + 1)
    return SplitPage(
        origin=side(origin, policy),
        form=form,
        acts=_act_lines(acts[:MOST_ACTS], chosen, policy),
        names=tuple(movable_names(origin)),
        identifiers=tuple(movable_identifiers(origin)),
        chosen=chosen,
        words=words,
        has_more=len(acts) > MOST_ACTS,
        bars=bars,
    )


def _act_lines(acts: list[OwnAct], chosen: Portion, policy: Policy) -> tuple[ActLine, ...]:
    return tuple(
        ActLine(act=act, kind_title=kind_title(act.kind, policy), is_chosen=act.number in chosen.numbers)
        for act in acts
    )


def _confirm(origin: Subject, other: Subject, chosen: Portion, form: Reason) -> SplitConfirmPage:
    policy = rulebook.current()
    clear, doubtful = splitting.parties(origin, chosen)
    return SplitConfirmPage(
        origin=side(origin, policy),
        other_name=other.name,
        other_uscc=other.uscc,
        is_new=other.pk is None,
        tallies=tally_lines(tallies_of_acts(chosen.numbers, policy, Moment.now()), policy),
        names=tuple(movable_names(origin).filter(pk__in=chosen.names)),
        identifiers=tuple(movable_identifiers(origin).filter(pk__in=chosen.identifiers)),
        chosen=chosen,
        clear=tuple(clear),
        doubtful=tuple(doubtful),
        form=form,
    )
