"""How acts stand now: the newest version, whose it is, whether it is displayed, what ended it, whether it is disputed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rongxin.policy.pack import Policy
from rongxin.policy.words import Polarity
from rongxin.records.barred import WITHDRAWAL
from rongxin.records.display import Moment, displayed, disputed, known, standing_ends
from rongxin.records.models import Effect, Record, RecordContent
from rongxin.records.queries import resolved_to, subjects_of
from rongxin.subjects.models import Subject


@dataclass(frozen=True)
class Standing:
    """One act. ``subject`` None: it is nobody's. ``ends``: what ended its display and was not undone."""

    record: Record
    subject: Subject | None
    is_displayed: bool
    is_disputed: bool
    ends: frozenset[Effect]

    @property
    def number(self) -> str:
        """The public number of the act."""
        return self.record.number

    @property
    def decided_on(self) -> date:
        """The day of the decision."""
        return self.record.decided_on

    @property
    def is_adverse(self) -> bool:
        """Whether it speaks against its subject."""
        return self.record.polarity == Polarity.ADVERSE

    @property
    def is_withdrawn(self) -> bool:
        """Withdrawn or annulled: for good."""
        return bool(self.ends & set(WITHDRAWAL))

    @property
    def is_repaired(self) -> bool:
        """Whether a repair stands."""
        return Effect.REPAIRED in self.ends


def standing_of(number: str, policy: Policy) -> Standing | None:
    """How the act with this number stands; None where there is none."""
    return standings([number], policy).get(number)


def standings(numbers: Iterable[str], policy: Policy) -> dict[str, Standing]:
    """How these acts stand, by number; five queries, whatever their number. For the work of the platform and for whoever may
    see the acts.
    """
    present = Moment.now()
    records = list(known(present).filter(number__in=list(numbers)).select_related("provider"))
    if not records:
        return {}
    keys = [record.act_key for record in records]
    on_display = set(displayed(policy, present).filter(act_key__in=keys).values_list("act_key", flat=True))
    ends: dict[str, set[Effect]] = {}
    for key, effect in standing_ends(present).filter(act_key__in=keys).values_list("act_key", "effect"):
        ends.setdefault(key or "", set()).add(Effect(effect))
    in_dispute = disputed(keys, present)
    subjects = subjects_of(records)
    return {
        record.number: Standing(
            record=record,
            subject=subjects.get(record.pk),
            is_displayed=record.act_key in on_display,
            is_disputed=record.act_key in in_dispute,
            ends=frozenset(ends.get(record.act_key, ())),
        )
        for record in records
    }


def is_of(standing: Standing, firm: Subject) -> bool:
    """Whether the act is the firm's, as which it counts today."""
    return standing.subject is not None and standing.subject.pk == firm.pk


def number_of(firm: Subject, document_key: str) -> str | None:
    """The number of the firm's newest act that bears the document number, normalised; None where it has none."""
    of_firm = known(Moment.now()).filter(pk__in=resolved_to([firm.pk]).values("record"), document_key=document_key)
    return of_firm.order_by("-pk").values_list("number", flat=True).first()


def text_of(record: Record) -> str:
    """What the kind adds to the envelope, as canonical JSON; empty once erased. For whoever may see the record."""
    found: str | None = RecordContent.objects.filter(record=record).values_list("text", flat=True).first()
    return found or "{}"
