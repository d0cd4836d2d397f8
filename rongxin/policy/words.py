"""Closed word lists of the rules: what a pack may say and nothing else."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Base of everything read from a pack: unknown keys and wrong types are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Title(Strict):
    """A name in both languages of the interface."""

    zh: str
    en: str


class Reading(StrEnum):
    """How the clause was read: in its own text, second-hand, or not confirmed."""

    CONFIRMED = "C"
    PARTLY = "P"
    UNCONFIRMED = "U"


class Rank(StrEnum):
    """Rank of a document; the first four may reduce rights (architecture §2)."""

    LAW = "law"
    ADMINISTRATIVE_REGULATION = "administrative_regulation"
    CENTRAL_DOCUMENT = "central_document"
    LOCAL_REGULATION = "local_regulation"
    DEPARTMENT_RULE = "department_rule"
    NATIONAL_STANDARD = "national_standard"
    NORMATIVE_DOCUMENT = "normative_document"
    LOCAL_SETTING = "local_setting"


MAY_REDUCE_RIGHTS = frozenset({Rank.LAW, Rank.ADMINISTRATIVE_REGULATION, Rank.CENTRAL_DOCUMENT, Rank.LOCAL_REGULATION})


class Strength(StrEnum):
    """What a value is here: binding, promoted by a document, or a local setting."""

    BINDING = "binding"
    PROMOTED = "promoted"
    LOCAL = "local"


class Binds(StrEnum):
    """Whom the clause binds."""

    ORGANISATION = "organisation"
    PERSON = "person"
    BOTH = "both"


class Polarity(StrEnum):
    """What a record says of its subject."""

    BASIC = "basic"
    POSITIVE = "positive"
    NEUTRAL = "neutral"
    ADVERSE = "adverse"


class Severity(StrEnum):
    """Severity of adverse information (国办发〔2025〕22号 item 2); ``none`` for all other records."""

    NONE = "none"
    MINOR = "minor"
    GENERAL = "general"
    SERIOUS = "serious"
    UNKNOWN = "unknown"


class Display(StrEnum):
    """Whether a record may be shown to the public at all; until when is computed on the day of reading."""

    PUBLIC = "public"
    WITHHELD = "withheld"


class FieldClass(StrEnum):
    """Who may see a field. ``discard`` serves to refuse or to mask at intake and is never stored."""

    PUBLIC = "public"
    RESTRICTED = "restricted"
    PERSONAL = "personal"
    DISCARD = "discard"


class StepSeverity(StrEnum):
    """What a finding of one step of the code ladder does to its row."""

    IGNORE = "ignore"
    WARN = "warn"
    REVIEW = "review"
    REFUSE = "refuse"
