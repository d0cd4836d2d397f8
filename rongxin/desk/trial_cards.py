"""What the report of a trial says, as cards: how many move from which class to which, by what, where, and a few of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from rongxin.accounts.access import Access
from rongxin.classification.words import PART_TITLES, title_of
from rongxin.departments.regions import stem
from rongxin.desk.class_matrix import Rows, rows_of
from rongxin.desk.classes import GRADES, group_name
from rongxin.engine.risk.differences import Part
from rongxin.engine.risk.moves import NONE, Moves
from rongxin.engine.risk.simulating import Case, Group, Reach, Simulation
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.subjects.models import Subject
from rongxin.ui.templatetags.rongxin import lang, signed

GROUPS_SHOWN: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """How many have each class before and after, of a region, section or size."""

    name: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    up: int
    down: int

    @property
    def whole(self) -> int:
        """How many enterprises there are."""
        return sum(self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """The lines of all regions, sections or sizes, the largest first."""

    title: Title
    lines: tuple[GroupLine, ...]

    @property
    def first(self) -> tuple[GroupLine, ...]:
        """The largest."""
        return self.lines[:GROUPS_SHOWN]

    @property
    def rest(self) -> tuple[GroupLine, ...]:
        """All others."""
        return self.lines[GROUPS_SHOWN:]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachLine:
    """Whom one change moves."""

    title: Title
    part: Title
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """An enterprise of the sample, with what makes it move."""

    firm: Subject
    before: str
    after: str
    points_before: int | None
    points_after: int | None
    url: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultCard:
    """``desk/_trial_result.html``: the numbers of a report."""

    moves: Moves
    rows: Rows
    before: tuple[int, ...]
    after: tuple[int, ...]
    reach: tuple[ReachLine, ...]
    groupings: tuple[Grouping, ...]

    @property
    def stay(self) -> int:
        """How many keep their class."""
        return self.moves.all - self.moves.up - self.moves.down


def result_of(report: Simulation, rules: Policy, draft: Policy) -> ResultCard:
    """The numbers of a report, named in the words of both rules."""
    return ResultCard(
        moves=report.moves,
        rows=rows_of(report.moves),
        before=_numbers(report.moves.before),
        after=_numbers(report.moves.after),
        reach=tuple(
            ReachLine(title=title_of(each.part, each.name, rules, draft), part=PART_TITLES[each.part], reach=each)
            for each in report.reach
        ),
        groupings=(
            _grouping(Title(zh="按地区", en="By region"), "region", report.regions, draft),
            _grouping(Title(zh="按行业", en="By industry"), "industry", report.sections, draft),
            _grouping(Title(zh="按规模", en="By size"), "scale", report.scales, draft),
        ),
    )


def cases_of(report: Simulation, rules: Policy, draft: Policy, access: Access) -> tuple[CaseLine, ...]:
    """The sample, as far as it is of the regions of whoever looks; the looks are logged. Raises NotLogged."""
    prefix = stem(access.actor.works_for.region)
    firms = Subject.objects.filter(pk__in=[each.subject for each in report.cases], region__startswith=prefix)
    found = {each.pk: each for each in firms}
    access.look([each.uscc for each in found.values()], "class")
    return tuple(
        CaseLine(
            firm=found[each.subject],
            before=_class(each.class_before),
            after=_class(each.class_after),
            points_before=each.points_before,
            points_after=each.points_after,
            url=reverse("desk:class_firm", args=[found[each.subject].uscc]),
            why="；".join(_why(each, rules, draft)),
        )
        for each in report.cases
        if each.subject in found
    )


def _numbers(counts: dict[str, int]) -> tuple[int, ...]:
    return tuple(counts[grade.value] for grade in GRADES)


def _class(standing: str) -> str:
    return "" if standing == NONE else standing


def _grouping(title: Title, name: str, groups: Sequence[Group], policy: Policy) -> Grouping:
    lines = (
        GroupLine(
            name=group_name(name, each.name or "", policy),
            before=_numbers(each.moves.before),
            after=_numbers(each.moves.after),
            up=each.moves.up,
            down=each.moves.down,
        )
        for each in groups
    )
    return Grouping(title=title, lines=tuple(sorted(lines, key=lambda each: -each.whole)))


def _why(case: Case, rules: Policy, draft: Policy) -> Iterator[str]:
    """What is otherwise: factors with their points, the hard rule that begins or ceases to hold; else the thresholds or caps."""

    def title(part: Part, name: str) -> str:
        return lang(title_of(part, name, rules, draft))

    for each in case.factors:
        yield f"{title(Part.INDICATORS, each.indicator)} {signed(each.before)} → {signed(each.after)}"
    if case.floor_before != case.floor_after:
        if case.floor_after:
            yield _("适用硬规则“%(name)s”") % {"name": title(Part.FLOORS, case.floor_after)}
        if case.floor_before:
            yield _("不再适用硬规则“%(name)s”") % {"name": title(Part.FLOORS, case.floor_before)}
    elif not case.factors:
        yield _("分值没变，分界变了") if case.points_before == case.points_after else _("维度上限变了")
