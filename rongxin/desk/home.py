"""The first page of the day."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rongxin.accounts.permissions import Action
from rongxin.desk.cases import most_urgent
from rongxin.desk.frame import batch_line, officer_of, officer_only, show
from rongxin.desk.pages import HomePage
from rongxin.intake import queries
from rongxin.rulebook import queries as rulebook
from rongxin.ui.parts import Figure

LATEST = 8


@officer_only
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What waits for this officer."""
    officer, policy = officer_of(request), rulebook.current()
    waiting = list(queries.to_release(officer)[:LATEST])
    back = list(queries.with_returned_rows(officer)[:LATEST])
    mine = list(queries.visible_to(officer).filter(submitted_by=officer)[:LATEST])
    files = bool(mine) or officer.may(Action.BATCH_SUBMIT, officer.works_for)
    told = HomePage(
        files=files,
        figures=_figures(queries.month_sums(officer)) if files else (),
        cases=most_urgent(officer, policy, LATEST),
        to_release=tuple(batch_line(batch, policy) for batch in waiting),
        with_returned_rows=tuple(batch_line(batch, policy) for batch in back),
        mine=tuple(batch_line(batch, policy) for batch in mine),
    )
    return show(request, "desk/home.html", told)


def _figures(sums: queries.MonthSums) -> tuple[Figure, ...]:
    return (
        Figure(label=_("本月报送批次"), value=f"{sums.batches:,}"),
        Figure(label=_("本月已入库"), value=f"{sums.recorded:,}", note=_("条记录")),
        Figure(
            label=_("本月退回"),
            value=f"{sums.rejected:,}",
            note=_("行，改正后可再传"),
            tone="red" if sums.rejected else "",
        ),
        Figure(label=_("待核归属"), value=f"{sums.in_review:,}", note=_("行"), tone="amber" if sums.in_review else ""),
    )
