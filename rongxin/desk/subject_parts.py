"""Parts that the pages about who is who share: one side of a comparison, numbers of records, the reason, who may."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.desk.frame import kind_title
from rongxin.disclosure.subjects import region_name
from rongxin.policy.pack import Policy
from rongxin.policy.words import Polarity, Title
from rongxin.primitives.resident_id import mask_numbers
from rongxin.records.consequences import KindTally
from rongxin.subjects import queries as subjects
from rongxin.subjects.models import IdentifierKind, Subject

REASON_LENGTH = 300


def no_personal_number(text: str) -> None:
    """Raise ValidationError where a text holds an identity or telephone number, without saying it again."""
    if mask_numbers(text) != text:
        raise forms.ValidationError(_("这里像是写了个人的号码。请删去号码，只写文书和理由。"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One subject of a comparison. ``numbers``: old codes, each with what it is."""

    name: str
    uscc: str
    category: str
    status: str
    region: str
    established_on: str
    former_names: tuple[str, ...]
    numbers: tuple[str, ...]
    also_under: tuple[str, ...]
    source: str
    public_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyLine:
    """Acts of one kind and polarity: how many, and how many of them the public sees."""

    title: Title
    polarity: Polarity
    known: int
    displayed: int


class Reason(forms.Form):
    """Why, by which document: kept with who and when."""

    basis = forms.CharField(
        label=_("理由和依据"),
        help_text=_("写明凭什么这样认定，如登记机关复函的文号。会留存，撤销后也不删。不要写个人信息。"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[no_personal_number],
    )


def may_merge(officer: Account) -> bool:
    """Whether the officer may change who is who; all others may look."""
    return officer.may(Action.SUBJECT_MERGE, officer.works_for)


def subject_or_404(uscc: str) -> Subject:
    """The subject that bears just this code: also one that was merged into another."""
    found = Subject.objects.select_related("merged_into").filter(uscc=uscc.strip().upper()).first()
    if found is None:
        raise Http404
    return found


def side(subject: Subject, policy: Policy) -> Side:
    """A subject as one side of a comparison."""
    identifiers = subjects.identifiers_of(subject)
    return Side(
        name=subject.name,
        uscc=subject.uscc,
        category=subject.get_category_display(),
        status=subject.get_status_display(),
        region=region_name(subject.region, policy),
        established_on=subject.established_on.isoformat() if subject.established_on else "",
        former_names=tuple(name.text for name in subjects.names_of(subject)[1:]),
        numbers=tuple(
            f"{each.get_kind_display()} {each.value}" for each in identifiers if each.kind != IdentifierKind.USCC
        ),
        also_under=tuple(
            each.value for each in identifiers if each.kind == IdentifierKind.USCC and each.value != subject.uscc
        ),
        source=f"{subject.source} {subject.source_on.isoformat()}",
        public_url=reverse("portal:subject", args=[subject.uscc]),
    )


def tally_lines(tallies: Iterable[KindTally], policy: Policy) -> tuple[TallyLine, ...]:
    """Counts with the titles of their kinds."""
    return tuple(
        TallyLine(
            title=kind_title(tally.kind, policy),
            polarity=tally.polarity,
            known=tally.known,
            displayed=tally.displayed,
        )
        for tally in tallies
    )
