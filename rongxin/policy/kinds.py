"""A record kind: a Frictionless Table Schema plus our block ``x-credit``.

The schema part (``fields``, ``constraints``, ``missingValues``) follows the Frictionless Table Schema, so that its
tools can read a kind; what credit law adds stands under ``x-credit``. One YAML file is one kind; nothing else is
needed to add one.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from rongxin.policy.words import Display, FieldClass, Polarity, Reading, Severity, Strict, Title

FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,62}$")]


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
    """

    code: str = ""
    label: str = ""
    aliases: tuple[str, ...] = ()
    field_class: FieldClass = Field(default=FieldClass.PUBLIC, alias="class")
    may_name_persons: bool = False
    unit: Literal["yuan", "10k_yuan"] | None = None
    several: bool = False
    values: dict[str, str] = {}
    hint: str = ""


class KindField(Strict):
    """One column. ``type``: string, text, date, amount (money, kept as whole fen), uscc, organisation_code,
    registration_number.
    """

    name: FieldName
    title: str
    type: Literal["string", "text", "date", "amount", "uscc", "organisation_code", "registration_number"]
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
    document_number: FieldName
    decided_on: FieldName
    valid_from: FieldName | None = None
    valid_to: FieldName | None = None
    basis: FieldName | None = None
    amount: tuple[FieldName, ...] = ()


class SeverityClause(Strict):
    """``then`` is the severity when ``field`` holds one of ``has`` (or ``has`` is empty: always).

    Clauses are tried in order; the first that holds decides; none gives ``unknown``. ``only``: no other value may
    stand beside.
    """

    then: Severity
    field: FieldName | None = None
    has: tuple[str, ...] = ()
    only: bool = False
    basis: Basis
    note: str = ""


class DisplayClause(Strict):
    """Whether records of a severity are shown, and the clause that says so."""

    severity: Severity
    display: Display
    basis: Basis
    reason: Title | None = None


class KindCredit(Strict):
    """What credit law adds to the whole kind.

    ``several_per_document``: the matter field when one document may carry several acts on one party. ``headline``:
    fields whose values make the title of a record's page, in order. ``retention_years`` is kept with the kind;
    deletion acts on it later.
    """

    version: str
    polarity: Polarity
    catalogue_item: str = ""
    party: Party
    envelope: Envelope | None = None
    several_per_document: FieldName | None = None
    headline: tuple[FieldName, ...] = ()
    registers_subjects: bool = False
    provider: Title
    deadline: str | None = None
    severity: tuple[SeverityClause, ...] = ()
    display: tuple[DisplayClause, ...]
    rules: tuple[Rule, ...] = ()
    retention_years: int | None = Field(default=None, ge=1)
    icon: str = "file-text"


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
        if self.credit.polarity == Polarity.ADVERSE and not self.credit.severity:
            raise ValueError("an adverse kind needs a severity rule")
        return self

    def _named_fields(self) -> set[str]:
        credit = self.credit
        named: set[str | None] = {*credit.headline, credit.several_per_document}
        party = credit.party
        named |= {party.name, party.category, party.uscc, party.registration_number, party.organisation_code}
        if credit.envelope:
            envelope = credit.envelope
            named |= {envelope.authority, envelope.authority_uscc, envelope.document_number, envelope.decided_on}
            named |= {envelope.valid_from, envelope.valid_to, envelope.basis, *envelope.amount}
        named |= {clause.field for clause in credit.severity}
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
