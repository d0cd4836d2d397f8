"""Files that come with a new version of the program, beside what officers released on the desk meanwhile."""

from collections.abc import Mapping

from rongxin.governance.rules.models import RuleDraft
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks


@asks(PLATFORM)  # whoever releases files releases them for all
def taken_back_by(files: Mapping[str, str]) -> list[str]:
    """The places of files that are in force as a draft changed them and that ``files`` hold otherwise: to release ``files`` would
    undo that draft unseen.
    """
    latest = rulebook.releases().first()
    now = rulebook.sources(latest.digest) if latest else {}
    other = {place: text for place, text in now.items() if files.get(place) != text}
    found: set[str] = set()
    for draft in RuleDraft.objects.filter(digest__in=rulebook.releases().values("digest")).iterator():
        before = rulebook.sources(draft.base)
        found |= {place for place, text in other.items() if before.get(place) != text == draft.sources.get(place)}
    return sorted(found)
