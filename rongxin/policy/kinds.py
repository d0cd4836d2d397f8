"""A record kind: a Frictionless Table Schema plus our block ``x-credit``.

The schema part (``fields``, ``constraints``, ``missingValues``) follows the Frictionless Table Schema, so that its
tools can read a kind; what credit law adds stands under ``x-credit``. One YAML file is one kind; nothing else is
needed to add one.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from rongxin.policy.layouts import Layout
from rongxin.policy.words import Display, FieldClass, Polarity, Reading, Severity, Strict, Title

FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,62}$")]

RESERVED = frozenset(
    {
        *("row", "severity", "polarity", "verdict", "party_name_normalised", "uscc_usable", "subject", "method"),
        *("act_key", "document_key", "content", "content_hash", "display_reason", "display_clause"),
    }
)
"""Names that the engine gives to columns of its own."""


class Constraints(Strict):
    """Table Schema constraints that we check; ``pattern`` must match the whole value."""

    required: bool = False
    max_length: int | None = Field(default=None, alias="maxLength", ge=1)
    enum: tuple[str, ...] | None = None
    pattern: str | None = None


class FieldCredit(Strict):
    """What credit law adds to one field.

    ``code``: the field's code in the standard (e.g. ``CF_WSH``), also accepted as a column head. ``aliases``: other
    heads seen. ``label``: English label. ``unit`` of money columns: a bare number is read in it. ``several``: values
    separated by ``；``. ``values``: spellings accepted for a value of ``enum`` (``{"法人": "法人及非法人组织"}``).
    ``own_words``: what the party itself says, shown as such and unverified.
    """

    code: str = ""
    label: str = ""
    aliases: tuple[str, ...] = ()
    field_class: FieldClass = Field(default=FieldClass.PUBLIC, alias="class")
    may_name_persons: bool = False
    own_words: bool = False
    unit: Literal["yuan", "10k_yuan"] | None = None
    several: bool = False
    values: dict[str, str] = {}
    hint: str = ""


class KindField(Strict):
    """One column. ``type``: string, text, date, amount (money, kept as whole fen), uscc, organisation_code,
    registration_number, party_code (any of the three, told apart by its form; digits may be hidden by asterisks).
    """

    name: FieldName
    title: str
    type: Literal["string", "text", "date", "amount", "uscc", "organisation_code", "registration_number", "party_code"]
    constraints: Constraints = Constraints()
    credit: FieldCredit = Field(default=FieldCredit(), alias="x-credit")


class RequiredWhen(Strict):
    """``field`` must be filled when ``when`` holds one of ``has`` (any part of a several-valued cell)."""

    rule: Literal["required_when"]
    field: FieldName
    when: FieldName
    has: tuple[str, ...]


class OneOfRequired(Strict):
    """At least one of ``fields`` must be filled."""

    rule: Literal["one_of_required"]
    fields: tuple[FieldName, ...]


class NotAfterToday(Strict):
    """A date in the future is refused."""

    rule: Literal["not_after_today"]
    field: FieldName


class NotBefore(Strict):
    """``field`` must not lie before ``other``."""

    rule: Literal["not_before"]
    field: FieldName
    other: FieldName


class UnitConfusion(Strict):
    """An amount that the text names in another unit: 8000 in a 万元 column while the text says 罚款8000元."""

    rule: Literal["unit_confusion"]
    field: FieldName
    text: FieldName


Rule = Annotated[RequiredWhen | OneOfRequired | NotAfterToday | NotBefore | UnitConfusion, Field(discriminator="rule")]


class Basis(Strict):
    """Where a rule stands: a document of the pack chain, its article or item, and how it was read."""

    document: str
    item: str = ""
    reading: Reading


class Party(Strict):
    """Which fields name the party of the act."""

    name: FieldName
    category: FieldName | None = None
    uscc: FieldName | None = None
    registration_number: FieldName | None = None
    organisation_code: FieldName | None = None
    person_words: tuple[str, ...] = ()


class Envelope(Strict):
    """Which fields fill the record envelope (architecture §4)."""

    authority: FieldName
    authority_uscc: FieldName | None = None
    document_number: FieldName | None = None
    decided_on: FieldName
    valid_from: FieldName | None = None
    valid_to: FieldName | None = None
    basis: FieldName | None = None
    amount: tuple[FieldName, ...] = ()


class Listing(Strict):
    """An entry of a list, valid to the earlier of ``until`` and the day before ``removed_on`` (移出日期)."""

    removed_on: FieldName
    until: FieldName | None = None


class Clause(Strict):
    """It holds when ``field`` holds one of ``has`` (or ``has`` is empty: always). ``only``: no other value may stand
    beside. Clauses are tried in order; the first that holds decides.
    """

    field: FieldName | None = None
    has: tuple[str, ...] = ()
    only: bool = False
    basis: Basis
    note: str = ""


class SeverityClause(Clause):
    """``then`` is the severity of an adverse row; no clause gives ``unknown``."""

    then: Severity


class PolarityClause(Clause):
    """``then`` is what a row says of its subject; no clause gives the polarity of the kind."""

    then: Polarity


class WithheldClause(Clause):
    """Rows that are not shown, whatever their severity, and the ``reason`` a reader is told."""

    reason: Title


class DisplayClause(Strict):
    """Whether records of a severity are shown, and the clause that says so."""

    severity: Severity
    display: Display
    basis: Basis
    reason: Title | None = None


class RepairedElsewhere(Strict):
    """Acts of the kind are repaired ``where`` the clause says, not by an application here."""

    where: Title
    basis: Basis


class Summary(Strict):
    """How the displayed records of one party are counted on its page: by the values of each of ``by``, under ``title``, as
    so many ``counted``, with a ``note`` that keeps a reader from taking the number for more than it is.
    """

    title: Title
    counted: Title
    by: tuple[FieldName, ...]
    note: Title


class Inspection(Strict):
    """Records of the kind are results of inspections, by which it is measured whether classes hit (engine.risk.hits). An
    inspection failed if ``result`` holds a word that is not ``clean``. ``random``: whether the enterprises were drawn at random or
    aimed at; without it that is not known.
    """

    result: FieldName
    clean: tuple[str, ...] = Field(min_length=1)
    inspected_on: FieldName
    random: bool | None = None


class KindCredit(Strict):
    """What credit law adds to the whole kind.

    ``several_per_document``: the matter field when one document may carry several acts on one party. ``headline``:
    fields whose values make the title of a record's page, in order. ``identified_by``: fields that tell one act from
    another where no document number is filed. ``happened``: what happened on the day of ``decided_on``.
    ``shown_while_valid``: shown to the last day of validity at most, as a ``listing`` always is.
    ``organisations_only``: rows about sole traders are refused, because no clause names them (architecture §2).
    ``other_party``: an organisation that the act names beside its party, such as the holder of a share. A row where it is a
    natural person, or a sole trader where only organisations are, is refused as if the party was.
    ``retention_years`` is kept with the kind; deletion acts on it later. ``layouts``: earlier layouts that are converted,
    and the present one to tell them from.
    """

    version: str
    polarity: Polarity
    polarity_when: tuple[PolarityClause, ...] = ()
    catalogue_item: str = ""
    party: Party
    other_party: Party | None = None
    envelope: Envelope | None = None
    identified_by: tuple[FieldName, ...] = ()
    several_per_document: FieldName | None = None
    listing: Listing | None = None
    shown_while_valid: bool = False
    organisations_only: bool = False
    headline: tuple[FieldName, ...] = ()
    registers_subjects: bool = False
    provider: Title
    deadline: str | None = None
    severity: tuple[SeverityClause, ...] = ()
    display: tuple[DisplayClause, ...]
    withheld_when: tuple[WithheldClause, ...] = ()
    repaired_elsewhere: RepairedElsewhere | None = None
    summary: Summary | None = None
    inspection: Inspection | None = None
    happened: Title = Title(zh="作出决定", en="Decided")
    rules: tuple[Rule, ...] = ()
    retention_years: int | None = Field(default=None, ge=1)
    layouts: tuple[Layout, ...] = ()
    icon: str = "file-text"

    @property
    def polarities(self) -> frozenset[Polarity]:
        """What rows of the kind may say of their subject."""
        return frozenset({self.polarity, *(clause.then for clause in self.polarity_when)})

    @property
    def severities(self) -> frozenset[Severity]:
        """Severities that rows of the kind may have: ``none`` unless adverse, never ``none`` when adverse."""
        adverse = {*(clause.then for clause in self.severity), Severity.UNKNOWN}
        return frozenset(
            (adverse if Polarity.ADVERSE in self.polarities else set())
            | ({Severity.NONE} if self.polarities - {Polarity.ADVERSE} else set())
        )

    @property
    def ends_with_validity(self) -> bool:
        """Whether display ends with the last day of validity."""
        return self.shown_while_valid or self.listing is not None


class TableSchema(Strict):
    """Table Schema: ``fields`` in the order of the template, ``missingValues`` beside the general ones."""

    fields: tuple[KindField, ...]
    missing_values: tuple[str, ...] = Field(default=("",), alias="missingValues")


class RecordKind(Strict):
    """A kind of record, as one pack file says it. Fields named anywhere in the block must exist in the schema."""

    name: FieldName
    title: Title
    description: str = ""
    table: TableSchema = Field(alias="schema")
    credit: KindCredit = Field(alias="x-credit")

    @property
    def fields(self) -> dict[str, KindField]:
        """The columns by name, in order."""
        return {field.name: field for field in self.table.fields}

    @model_validator(mode="after")
    def _refers_to_own_fields(self) -> "RecordKind":
        names = [field.name for field in self.table.fields]
        doubled = {name for name in names if names.count(name) > 1}
        if doubled:
            raise ValueError(f"field {sorted(doubled)} stands twice")
        named = self._named_fields()
        missing = sorted(named - set(names))
        if missing:
            raise ValueError(f"unknown field {missing}")
        if self.credit.envelope is None and not self.credit.registers_subjects:
            raise ValueError("a kind needs an envelope unless it registers subjects")
        if Polarity.ADVERSE in self.credit.polarities and not self.credit.severity:
            raise ValueError("an adverse kind needs a severity rule")
        if any(clause.then == Severity.NONE for clause in self.credit.severity):
            raise ValueError("severity none is what rows have that are not adverse")
        reserved = sorted(RESERVED & set(names))
        if reserved:
            raise ValueError(f"field {reserved} has the name of a column of the engine")
        self._tells_validity_once()
        return self

    def _tells_validity_once(self) -> None:
        credit = self.credit
        valid_to = credit.envelope.valid_to if credit.envelope else None
        if credit.listing and valid_to:
            raise ValueError("a listing says until when; leave valid_to out of the envelope")
        if credit.shown_while_valid and not (valid_to or credit.listing):
            raise ValueError("shown_while_valid needs the field of valid_to")

    def _named_fields(self) -> set[str]:
        credit = self.credit
        named: set[str | None] = {*credit.headline, credit.several_per_document, *credit.identified_by}
        if credit.summary:
            named |= {*credit.summary.by}
        named |= {credit.inspection.result, credit.inspection.inspected_on} if credit.inspection else set()
        if credit.listing:
            named |= {credit.listing.removed_on, credit.listing.until}
        for party in (credit.party, credit.other_party):
            if party:
                named |= {party.name, party.category, party.uscc, party.registration_number, party.organisation_code}
        if credit.envelope:
            envelope = credit.envelope
            named |= {envelope.authority, envelope.authority_uscc, envelope.document_number, envelope.decided_on}
            named |= {envelope.valid_from, envelope.valid_to, envelope.basis, *envelope.amount}
        named |= {clause.field for clause in (*credit.polarity_when, *credit.severity, *credit.withheld_when)}
        for layout in credit.layouts:
            named |= layout.named_fields()
        for rule in credit.rules:
            match rule:
                case RequiredWhen():
                    named |= {rule.field, rule.when}
                case OneOfRequired():
                    named |= set(rule.fields)
                case NotAfterToday():
                    named.add(rule.field)
                case NotBefore():
                    named |= {rule.field, rule.other}
                case UnitConfusion():
                    named |= {rule.field, rule.text}
        return {name for name in named if name is not None}
