"""Making a draft of changed files: checked as ``rongxin policy check`` does, then compared and given to a second person."""

import re
import tempfile
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from django.db import transaction

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.documents.checking import template_errors
from rongxin.governance.rules.models import RuleDraft
from rongxin.governance.rules.workflow import KIND
from rongxin.policy.cases import run_cases
from rongxin.policy.examples import read_examples
from rongxin.policy.files import PolicyError, PolicyErrors
from rongxin.policy.loader import load_pack
from rongxin.policy.pack import Policy
from rongxin.primitives.recognisers import names_a_number
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.actions import open_case

LONGEST_NOTE: Final = 500
MOST_CHARACTERS: Final = 5_000_000
_PLACE: Final = re.compile(r"([a-z][a-z0-9_]*)(/[\w\-]+)*/[\w\-]+\.(yaml|csv|typ)")


class Problem(StrEnum):
    """Why no draft was made."""

    NO_FILE = "no_file"
    PLACE = "place"
    TOO_LARGE = "too_large"
    NO_NOTE = "no_note"
    UNCHANGED = "unchanged"
    OUTDATED = "outdated"


class NotDrafted(ValueError):
    """Nothing was kept. ``about``: the file that it is about, if it is one."""

    def __init__(self, problem: Problem, about: str = "") -> None:
        super().__init__(f"{problem} {about}".strip())
        self.problem, self.about = problem, about


@transaction.atomic
def draft(changed: Mapping[str, str], note: str, by: Account, *, title: str = "", made_from: str = "") -> RuleDraft:
    """Make a draft of the rules in force with ``changed`` files (by place below the packs, such as ``fuzhou/values/intake.yaml``).
    ``title``: that of the case; without it the note. ``made_from``: digest of the version whose files were changed; it must be in
    force still.

    Raises PermissionDenied, NotDrafted, and PolicyErrors with every mistake by file and line.
    """
    demand(by, Action.RULE_DRAFT, by.works_for)
    note, current = " ".join(note.split())[:LONGEST_NOTE], rulebook.current()
    if not note or names_a_number(note):
        raise NotDrafted(Problem.NO_NOTE)
    if made_from and made_from != current.digest:
        raise NotDrafted(Problem.OUTDATED)
    sources = rulebook.sources(current.digest) | _placed(changed, current)
    made = checked(sources, current.name)
    if made.digest == current.digest:
        raise NotDrafted(Problem.UNCHANGED)
    case = open_case(KIND, title=f"规则修改：{title or note}", owner=by.works_for, by=by)
    return RuleDraft.objects.create(
        case=case,
        base=current.digest,
        digest=made.digest,
        content=made.canonical_json(),
        sources=dict(sources),
        note=note,
    )


def checked(sources: Mapping[str, str], name: str) -> Policy:
    """The policy that the files make; raises PolicyErrors for mistakes, cases that fail and templates that do not print."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for place, text in sources.items():
            (root / place).parent.mkdir(parents=True, exist_ok=True)
            (root / place).write_bytes(text.encode())
        policy = load_pack(root, name)
        read_examples(root, name, policy)
        wrong = [
            PolicyError(outcome.file, outcome.line, f'case "{outcome.case.name}": {told}')
            for outcome in run_cases(root, name, policy)
            for told in outcome.wrong
        ]
        if wrong := wrong + (template_errors(root, policy) if policy.templates else []):
            raise PolicyErrors(wrong)
    return policy


def _placed(changed: Mapping[str, str], current: Policy) -> dict[str, str]:
    if not changed:
        raise NotDrafted(Problem.NO_FILE)
    if sum(map(len, changed.values())) > MOST_CHARACTERS:
        raise NotDrafted(Problem.TOO_LARGE)
    for place in changed:
        found = _PLACE.fullmatch(place)
        if found is None or found[1] not in current.titles:
            raise NotDrafted(Problem.PLACE, place)
    return dict(changed)
