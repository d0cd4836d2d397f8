"""Templates of documents: read with the pack, extended by packs below, checked where they are written."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.policy.differences import differences
from rongxin.policy.files import PolicyError
from rongxin.policy.pack import Policy
from rongxin.policy.templates import faults, filled
from tests.policy.packs import LAND, TOWN, loaded, mistakes

HEAD, BODY, FORM = "land/documents/letter.yaml", "land/documents/letter.typ", "land/documents/forms/plain.typ"
PAPERS = LAND | {
    HEAD: """\
name: letter
title: {zh: 示例函, en: Letter}
series: 示函
series_of: {"990000-01": 示局函}
heading: subject
basis: {document: law, item: 第一条, reading: C}
fields:
  - {name: subject, title: {zh: 标题, en: Subject}, type: text, longest: 20}
  - {name: words, title: {zh: 正文, en: Words}, type: paragraphs}
  - {name: answer_by, title: {zh: 期限, en: Until}, type: day, required: false}
  - {name: copies, title: {zh: 份数, en: Copies}, type: number, required: false}
  - {name: way, title: {zh: 方式, en: Way}, type: choice, choices: [邮寄, 当面], required: false}
example:
  subject: 给示例公司的函
  words: [第一段, 第二段]
  answer_by: 2026-10-23
""",
    BODY: '#import "/forms/plain.typ": plain\n',
    FORM: "#let plain = 1\n",
}
OWN = PAPERS | TOWN | {"town/documents/letter.yaml": "name: letter\nextends: letter\nseries: 榕示函\n"}
FITTING = {"subject": "函", "words": ["一"]}


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    return loaded(tmp_path, PAPERS)


def test_a_template_and_its_forms_are_part_of_what_is_released(policy: Policy) -> None:
    again = Policy.from_canonical(policy.canonical_json())
    assert again == policy
    assert again.templates["letter"].body == PAPERS[BODY]
    assert again.forms == {"plain": PAPERS[FORM]}
    assert again.templates["letter"].example == policy.templates["letter"].example


def test_a_pack_without_templates_is_what_it_was(tmp_path: Path) -> None:
    assert '"templates"' not in loaded(tmp_path, LAND).canonical_json()


def test_an_authority_may_have_a_word_of_its_own(policy: Policy) -> None:
    template = policy.templates["letter"]
    assert template.series_for("990000-01") == "示局函"
    assert template.series_for("990000-02") == "示函"


def test_a_city_takes_the_place_of_a_template_by_extending_it(tmp_path: Path) -> None:
    template = loaded(tmp_path, OWN, "town").templates["letter"]
    assert (template.series, template.body) == ("榕示函", PAPERS[BODY])
    assert template.title.zh == "示例函"


def test_a_city_may_add_a_field_and_write_its_own_body(tmp_path: Path) -> None:
    field = "fields:\n  - {name: floor, title: {zh: 楼层, en: Floor}, type: number, required: false}\n"
    files = PAPERS | TOWN
    files |= {
        "town/documents/visit.yaml": f"name: visit\nextends: letter\nseries: 榕示访\n{field}",
        "town/documents/visit.typ": "字\n",
    }
    policy = loaded(tmp_path, files, "town")
    assert [each.name for each in policy.templates["visit"].fields][-1] == "floor"
    assert policy.templates["visit"].body == "字\n"
    assert set(policy.templates) == {"letter", "visit"}


def test_a_form_given_again_takes_the_place_of_the_one_above(tmp_path: Path) -> None:
    files = OWN | {"town/documents/forms/plain.typ": "#let plain = 2\n"}
    assert loaded(tmp_path, files, "town").forms == {"plain": "#let plain = 2\n"}


def test_a_change_of_words_in_a_body_is_a_difference(tmp_path: Path) -> None:
    old, new = loaded(tmp_path / "old", PAPERS), loaded(tmp_path / "new", PAPERS | {BODY: "新\n"})
    assert old.digest != new.digest
    assert [str(each.key) for each in differences(old, new)] == ["letter"]


@pytest.mark.parametrize(
    ("written", "instead", "line", "told"),
    [
        ("series: 示函", "series: SHI", 3, "series"),
        ("heading: subject", "heading: words", 1, 'heading "words" is no required field of type text'),
        ("document: law", "document: nowhere", 6, 'document "nowhere" stands in no documents.yaml'),
        ("type: day, required: false}", "type: day, colour: red}", 10, 'unknown key "colour"'),
        ("choices: [邮寄, 当面], required", "required", 12, "lists its choices"),
        ("name: copies", "name: words", 1, "field words stands twice"),
        ("answer_by: 2026-10-23", "answer_by: 23.10.2026", 16, "a day is written"),
        ("  answer_by: 2026-10-23", "  reply: 示例", 16, 'the template has no field "reply"'),
        ("words: [第一段, 第二段]", "copies: 2", 13, 'example "words" must be given'),
        ("给示例公司的函", "函", 13, "made-up values hold 示例"),
        ("name: letter", "name: other", 1, "lies in letter.yaml"),
    ],
)
def test_a_mistake_in_a_head_is_told_with_its_line(
    tmp_path: Path, written: str, instead: str, line: int, told: str
) -> None:
    found = mistakes(tmp_path, PAPERS | {HEAD: PAPERS[HEAD].replace(written, instead)})
    assert any(each.file == HEAD and each.line == line and told in each.message for each in found), found


def test_a_head_and_a_body_belong_together(tmp_path: Path) -> None:
    without_body = {name: text for name, text in PAPERS.items() if name != BODY}
    without_head = {name: text for name, text in PAPERS.items() if name != HEAD}
    assert mistakes(tmp_path / "a", without_body) == [PolicyError(HEAD, 1, "letter.typ is missing beside it")]
    assert mistakes(tmp_path / "b", without_head) == [PolicyError(BODY, 1, "letter.yaml is missing beside it")]


def test_a_body_uses_no_packages(tmp_path: Path) -> None:
    found = mistakes(tmp_path, PAPERS | {BODY: '\n#import "@preview/cetz:0.1.0"\n'})
    assert [(each.file, each.line) for each in found] == [(BODY, 2)]


def test_a_template_is_not_given_again_without_extending_it(tmp_path: Path) -> None:
    files = OWN | {"town/documents/letter.yaml": PAPERS[HEAD], "town/documents/letter.typ": "字\n"}
    found = mistakes(tmp_path, files, "town")
    assert [each.message for each in found] == ['template "letter" stands in a pack above; extend it to take its place']


def test_a_template_extends_only_what_is_above(tmp_path: Path) -> None:
    files = dict(PAPERS)
    files[HEAD] = PAPERS[HEAD] + "extends: note\n"
    assert 'there is no template "note" in a pack above' in mistakes(tmp_path, files)[0].message


@pytest.mark.parametrize(
    ("values", "field", "told"),
    [
        ({"subject": ""}, "subject", "必须填写"),
        ({"subject": "  "}, "subject", "必须填写"),
        ({"subject": "字" * 21}, "subject", "最多 20 个字，现有 21 个"),
        ({"subject": "一\n二"}, "subject", "U+000A"),
        ({"subject": "\u202e反"}, "subject", "U+202E"),
        ({"subject": "\ue000"}, "subject", "U+E000"),
        ({"subject": 5}, "subject", "应为文字"),
        ({"words": "一段"}, "words", "应为若干段文字"),
        ({"words": ["一", " "]}, "words", "有一段是空的"),
        ({"words": ["字"] * 201}, "words", "最多 200 段"),
        ({"words": ["字" * 10_001]}, "words", "最多 10000 个字"),
        ({"answer_by": "2026-2-3"}, "answer_by", "日期应写作"),
        ({"copies": "2"}, "copies", "应为整数"),
        ({"copies": True}, "copies", "应为整数"),
        ({"way": "飞鸽"}, "way", "只能是：邮寄、当面"),
        ({"colour": "红"}, "colour", "模板没有"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_its_field(
    policy: Policy, values: dict[str, object], field: str, told: str
) -> None:
    found = faults(policy.templates["letter"], FITTING | values)
    assert [fault.field for fault in found] == [field]
    assert told in found[0].told.zh


@given(st.text(max_size=20), st.lists(st.text(max_size=8), max_size=4), st.none() | st.dates().map(str))
def test_what_fits_stays_what_it_is_when_filled_again(subject: str, words: list[str], day: str | None) -> None:
    from tests.factories import the_pack

    template = the_pack()[0].templates["notice"]
    values = {"title": subject, "addressee": "示例", "paragraphs": words, "basis": "示例", "reply_by": day}
    if not faults(template, values):
        once = filled(template, values)
        assert filled(template, once) == once
        assert faults(template, once) == []
