"""Kinds may share what they have in common: outlines, laid under the kind's own keys, told about where they are written."""

from pathlib import Path

import pytest

from rongxin.policy.differences import differences
from rongxin.policy.files import PolicyError
from rongxin.policy.kinds import RecordKind
from rongxin.policy.loader import pack_sources
from tests.policy.packs import LAND, TOWN, changed, line_of, loaded, mistakes

PARTY, ACT, GRANT = "land/outlines/party.yaml", "land/outlines/act.yaml", "land/kinds/grant.yaml"
SHARED = LAND | {
    PARTY: """\
schema:
  missingValues: ["", 无]
  fields:
    - {name: party, title: 名称, type: string, constraints: {required: true, maxLength: 50}}
    - {name: code, title: 代码, type: uscc}
x-credit:
  party: {name: party, uscc: code}
""",
    ACT: """\
extends: party
schema:
  fields:
    - {name: number, title: 文号, type: string, constraints: {required: true}}
    - {name: decided_on, title: 日期, type: date, constraints: {required: true}}
    - {name: authority, title: 机关, type: string, constraints: {required: true}}
x-credit:
  version: "1.0"
  polarity: neutral
  envelope: {authority: authority, document_number: number, decided_on: decided_on}
  display:
    - {severity: none, display: public, basis: {document: law, item: 第七条, reading: C}}
  rules:
    - {rule: not_after_today, field: decided_on}
""",
    GRANT: """\
extends: act
name: grant
title: {zh: 示例给付, en: Example grant}
schema:
  fields:
    - name: party
      title: 受领单位
      constraints: {maxLength: 80}
    - name: number
      x-credit: {aliases: [决定书文号]}
    - {name: amount, title: 金额, type: amount}
    - {name: note, title: 说明, type: text}
    - {name: authority}
    - {name: seal, title: 印章, type: string}
x-credit:
  provider: {zh: 示例机关, en: Example authority}
  envelope: {amount: [amount]}
""",
}


@pytest.fixture
def grant(tmp_path: Path) -> RecordKind:
    return loaded(tmp_path, SHARED).kinds["grant"]


def test_a_kind_has_what_its_outlines_have(grant: RecordKind) -> None:
    assert grant.credit.party.uscc == "code"
    assert grant.table.missing_values == ("", "无")
    assert [rule.rule for rule in grant.credit.rules] == ["not_after_today"]


def test_what_the_kind_says_itself_is_laid_over(grant: RecordKind) -> None:
    party = grant.fields["party"]
    assert (party.title, party.type, party.constraints.max_length) == ("受领单位", "string", 80)
    assert party.constraints.required, "the rest of the field stays"
    assert grant.fields["number"].credit.aliases == ("决定书文号",)
    assert grant.credit.envelope is not None
    assert (grant.credit.envelope.authority, grant.credit.envelope.amount) == ("authority", ("amount",))


def test_a_new_field_stands_after_the_one_written_before_it(grant: RecordKind) -> None:
    assert list(grant.fields) == ["party", "code", "number", "amount", "note", "decided_on", "authority", "seal"]


def test_a_list_that_is_given_again_replaces(tmp_path: Path) -> None:
    files = changed(GRANT, "  envelope: {amount: [amount]}\n", "  rules: []\n", SHARED)
    assert loaded(tmp_path, files).kinds["grant"].credit.rules == ()


def test_how_the_text_is_shared_does_not_matter_to_the_digest(tmp_path: Path) -> None:
    shared = loaded(tmp_path / "shared", SHARED)
    one = SHARED | {ACT: SHARED[ACT].replace("extends: party\n", "")}
    party = SHARED[PARTY].replace("schema:\n", "").replace("x-credit:\n  party", "  #")
    fields = party[party.index("    - {name: party") : party.index("  #")]
    one[ACT] = one[ACT].replace("  fields:\n", f'  missingValues: ["", 无]\n  fields:\n{fields}')
    one[ACT] = one[ACT].replace('  version: "1.0"', '  version: "1.0"\n  party: {name: party, uscc: code}')
    del one[PARTY]
    assert loaded(tmp_path / "one", one).digest == shared.digest


def test_a_change_of_an_outline_is_a_difference_of_every_kind_that_extends_it(tmp_path: Path) -> None:
    old = loaded(tmp_path / "old", SHARED)
    new = loaded(tmp_path / "new", changed(PARTY, "title: 代码", "title: 信用代码", SHARED))
    told = [(found.table, found.key, found.path, found.new) for found in differences(old, new)]
    assert told == [("kinds", "grant", "schema.fields.code.title", "信用代码")]


def test_a_pack_below_may_use_the_outlines_of_the_packs_above(tmp_path: Path) -> None:
    files = {name: text for name, text in (SHARED | TOWN).items() if name != GRANT}
    policy = loaded(tmp_path, files | {"town/kinds/grant.yaml": SHARED[GRANT]}, "town")
    assert "grant" in policy.kinds


def test_outlines_are_given_back_with_the_other_files(tmp_path: Path) -> None:
    loaded(tmp_path, SHARED)
    assert pack_sources(tmp_path, "land") == SHARED


# file, passage, what stands there instead, the file and passage where it is told, what is told
BROKEN = {
    "unknown outline": (GRANT, "extends: act", "extends: axt", GRANT, "extends", 'no outline "axt" in this pack or'),
    "circle": (PARTY, "schema:", "extends: act\nschema:", PARTY, "extends: act", 'outline "act" extends itself'),
    "mistake in an outline": (
        PARTY,
        "type: uscc",
        "type: usc",
        PARTY,
        "- {name: code",
        "\"type\": input should be 'string', 'text'",
    ),
    "mistake in the kind's own part": (GRANT, "maxLength: 80", "maxLengt: 80", GRANT, "constraints", "unknown key"),
    "outline names a document nobody knows": (
        ACT,
        "{document: law, item: 第七条, reading: C}",
        "{document: lore, item: 第七条, reading: C}",
        ACT,
        "- {severity: none",
        'document "lore" stands in no documents.yaml',
    ),
    "key twice in an outline": (
        PARTY,
        "schema:\n",
        "schema: {}\nschema:\n",
        PARTY,
        "schema:\n  missing",
        'key "schema" stands twice',
    ),
    "outline is no YAML": (PARTY, "fields:", "fields: [", PARTY, "- {name: party", "not YAML"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_told_where_it_was_written(tmp_path: Path, name: str) -> None:
    file, old, new, told_in, place, message = BROKEN[name]
    files = changed(file, old, new, SHARED)
    found = [error for error in mistakes(tmp_path, files) if message in error.message]
    assert [(error.file, error.line) for error in found] == [(told_in, line_of(files[told_in], place))]


def test_an_outline_stands_in_one_pack_only(tmp_path: Path) -> None:
    files = SHARED | TOWN | {"town/outlines/party.yaml": SHARED[PARTY]}
    told = 'outline "party" already stands in pack land'
    assert mistakes(tmp_path, files, "town") == [PolicyError("town/outlines/party.yaml", 1, told)]
