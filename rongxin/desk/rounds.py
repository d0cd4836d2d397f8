"""A batch that was corrected and sent again, told as one story: what the first file held, what is in, what is left."""

from typing import Final

from django.urls import reverse

from rongxin.desk.frame import SHOWN
from rongxin.desk.pages import RoundLine, Story
from rongxin.intake import files, rounds
from rongxin.intake.models import Batch, BatchState

_UNDER_WAY: Final = (BatchState.RECEIVED, BatchState.MAPPING)


def story_of(batch: Batch, *, may_send: bool) -> Story:
    """The rounds that ``batch`` is one of; three queries however many."""
    chain = rounds.chain_of(batch)
    first = chain[0]
    left = rounds.outstanding(first, rounds=chain).count if first.state not in _UNDER_WAY else 0
    latest = next((each for each in reversed(chain) if files.return_path(each.number).exists()), None)
    return Story(
        first_number=first.number,
        rows=first.rows,
        received=first.rows - first.refused_person - left,
        persons=first.refused_person,
        left=left,
        rounds=tuple(_line(each, batch) for each in chain),
        return_file_url=reverse("desk:return_file", args=[latest.number]) if latest and left else "",
        resend_url=f"{reverse('desk:upload')}?continues={first.number}" if may_send and left else "",
    )


def _line(each: Batch, batch: Batch) -> RoundLine:
    return RoundLine(
        number=each.number,
        url=reverse("desk:batch", args=[each.number]),
        round=each.round,
        file_name=each.file_name,
        sent_by=each.submitted_by.display_name,
        sent_at=each.received_at,
        rows=each.rows,
        accepted=each.accepted,
        known=each.duplicates,
        returned=each.rejected + each.in_review,
        state=SHOWN[each.state],
        is_this=each.pk == batch.pk,
    )
