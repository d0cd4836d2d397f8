"""Two subjects side by side: what a merge would change, the merge, and its end."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.frame import officer_of, officer_only, show
from rongxin.desk.subject_parts import (
    REASON_LENGTH,
    Reason,
    Side,
    TallyLine,
    may_merge,
    no_personal_number,
    side,
    subject_or_404,
    tally_lines,
)
from rongxin.desk.subject_words import said
from rongxin.intake.models import Question, QuestionState
from rongxin.records.consequences import documents_of_both, tallies, tallies_without_code
from rongxin.records.display import Moment
from rongxin.rulebook import queries as rulebook
from rongxin.subjects import merging
from rongxin.subjects import queries as subjects
from rongxin.subjects.merging import Conflicts, Doubt, Ended, NotMergeable, branch
from rongxin.subjects.models import Judgement, Merge, Subject, Succession


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What a merge would change. ``codes`` and ``names`` join the kept one; ``documents`` are borne by acts on both sides.

    ``open_questions`` are rows that wait under a code or name of the absorbed one; ``redirects`` are addresses that will lead on.
    """

    tallies: tuple[TallyLine, ...]
    codes: tuple[str, ...]
    names: tuple[str, ...]
    redirects: tuple[str, ...]
    documents: tuple[str, ...]
    open_questions: int

    @property
    def displayed(self) -> int:
        """How many acts the public will see under the kept one."""
        return sum(line.displayed for line in self.tallies)

    @property
    def known(self) -> int:
        """How many acts there are."""
        return sum(line.known for line in self.tallies)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    """``desk/subject_compare.html``. ``form`` is given to whom may merge these two; ``bars`` say why nobody may,
    ``judgements`` and ``successions`` are behind them.
    """

    kept: Side
    absorbed: Side
    consequences: Consequences
    bars: tuple[str, ...]
    judgements: tuple[Judgement, ...]
    successions: tuple[Succession, ...]
    may_merge: bool
    form: "MergeForm | None"
    swap_url: str
    split_url: str
    succeed_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeEndPage:
    """``desk/merge_end.html``: what goes back when a merge ends. ``stays``: acts resolved since without a code, which do not."""

    merge: Merge
    tallies: tuple[TallyLine, ...]
    stays: tuple[TallyLine, ...]
    form: Reason


class MergeForm(Reason):
    """The reason, and an answer to every doubt."""

    def __init__(self, conflicts: Conflicts, data: QueryDict | None = None) -> None:
        super().__init__(data)
        for doubt in conflicts.doubts:
            self.fields[doubt.value] = forms.CharField(
                label=said(doubt),
                help_text=_("为什么仍是同一主体？"),
                max_length=REASON_LENGTH,
                widget=forms.Textarea(attrs={"rows": 2}),
                validators=[no_personal_number],
            )

    def answers(self) -> dict[Doubt, str]:
        """The answers by doubt."""
        return {doubt: self.cleaned_data[doubt.value] for doubt in Doubt if doubt.value in self.fields}


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest) -> HttpResponse:
    """Two subjects side by side with all that a merge would change; posting merges them."""
    officer = officer_of(request)
    kept, absorbed = (subject_or_404(request.GET.get(field, "")) for field in ("keep", "absorb"))
    found = merging.conflicts(kept, absorbed)
    may = may_merge(officer)
    if request.method != "POST":
        form = MergeForm(found) if may and not found.bars else None
        return show(request, "desk/subject_compare.html", _page(kept, absorbed, found, form, may=may))
    demand(officer, Action.SUBJECT_MERGE, officer.works_for)
    form = MergeForm(found, request.POST)
    if found.bars or not form.is_valid():
        page = _page(kept, absorbed, found, None if found.bars else form, may=may)
        return show(request, "desk/subject_compare.html", page, status=422)
    try:
        merging.merge(kept, absorbed, by=officer.username, basis=form.cleaned_data["basis"], answers=form.answers())
    except NotMergeable as refused:
        # Somebody was faster: the page shows how the two stand now.
        kept, absorbed = subject_or_404(kept.uscc), subject_or_404(absorbed.uscc)
        page = _page(kept, absorbed, refused.conflicts, None, may=may)
        return show(request, "desk/subject_compare.html", page, status=409)
    messages.success(
        request, _("已合并：%(absorbed)s 并入 %(kept)s。") % {"absorbed": absorbed.name, "kept": kept.name}
    )
    return redirect("desk:subjects")


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """What goes back when a merge ends; posting ends it."""
    officer = officer_of(request)
    demand(officer, Action.SUBJECT_MERGE, officer.works_for)
    merge = get_object_or_404(Merge.objects.select_related("kept", "absorbed"), pk=pk, ended_at=None)
    form = Reason(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            merging.unmerge(merge, by=officer.username, basis=form.cleaned_data["basis"])
        except Ended:
            messages.info(request, _("这次合并已经由别人撤销。"))
        else:
            messages.success(request, _("已撤销合并，两个主体恢复到合并以前。"))
        return redirect("desk:subjects")
    policy, now = rulebook.current(), Moment.now()
    page = MergeEndPage(
        merge=merge,
        tallies=tally_lines(tallies(branch(merge.absorbed_id), policy, now), policy),
        stays=tally_lines(tallies_without_code(merge.kept_id, policy, now, since=merge.made_at), policy),
        form=form,
    )
    return show(request, "desk/merge_end.html", page, status=422 if form.is_bound else 200)


@officer_only
@require_POST
def end_judgement(request: HttpRequest, pk: int) -> HttpResponse:
    """End a judgement that two subjects are different, and go back to their comparison."""
    officer = officer_of(request)
    demand(officer, Action.SUBJECT_MERGE, officer.works_for)
    merging.end_judgement(get_object_or_404(Judgement, pk=pk), by=officer.username)
    kept, absorbed = (subject_or_404(request.POST.get(field, "")) for field in ("keep", "absorb"))
    return redirect(_address("desk:subject_compare", keep=kept, absorb=absorbed))


def _page(kept: Subject, absorbed: Subject, found: Conflicts, form: MergeForm | None, *, may: bool) -> ComparePage:
    policy = rulebook.current()
    return ComparePage(
        kept=side(kept, policy),
        absorbed=side(absorbed, policy),
        consequences=_consequences(kept, absorbed),
        bars=tuple(said(bar) for bar in found.bars),
        judgements=found.judgements,
        successions=found.successions,
        may_merge=may,
        form=form,
        swap_url=_address("desk:subject_compare", keep=absorbed, absorb=kept),
        split_url=_address("desk:subject_split", origin=kept, other=absorbed),
        succeed_url=_address("desk:subject_succeed", before=absorbed, after=kept),
    )


def _consequences(kept: Subject, absorbed: Subject) -> Consequences:
    policy, now = rulebook.current(), Moment.now()
    members = branch(absorbed.pk)
    identifiers = subjects.identifiers_of(absorbed)
    names = subjects.names_of(absorbed)
    waiting = Question.objects.filter(state=QuestionState.OPEN)
    waiting = waiting.filter(name_normalised__in=[name.normalised for name in names]) | waiting.filter(
        party_code__in=[each.value for each in identifiers]
    )
    known = {name.normalised for name in subjects.names_of(kept)}
    return Consequences(
        tallies=tally_lines(tallies(members, policy, now), policy),
        codes=tuple(f"{each.get_kind_display()} {each.value}" for each in identifiers),
        names=tuple(name.text for name in names if name.normalised not in known),
        redirects=tuple(
            reverse("portal:subject", args=[uscc])
            for uscc in Subject.objects.filter(pk__in=members).values_list("uscc", flat=True)
        ),
        documents=tuple(documents_of_both(branch(kept.pk), members)),
        open_questions=waiting.distinct().count(),
    )


def _address(name: str, **chosen: Subject) -> str:
    return f"{reverse(name)}?{urlencode({field: subject.uscc for field, subject in chosen.items()})}"
