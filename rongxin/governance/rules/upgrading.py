"""Files that come with a new version of the program, beside what officers released on the desk meanwhile."""

from collections.abc import Mapping

from rongxin.governance.rules.models import RuleDraft
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks


@asks(PLATFORM)  # whoever releases files releases them for all
def taken_back_by(files: Mapping[str, str]) -> list[str]:
    """The places of files that drafts changed since files were last released, and that ``files`` do not hold as they are in force:
    to release ``files`` would undo those drafts unseen.
    """
    released = rulebook.releases()
    by_files = released.exclude(digest__in=RuleDraft.objects.values("digest")).first()
    latest = released.first()
    if latest is None or by_files is None:
        return []
    before, now = rulebook.sources(by_files.digest), rulebook.sources(latest.digest)
    return sorted(place for place, text in now.items() if text not in (before.get(place), files.get(place)))
