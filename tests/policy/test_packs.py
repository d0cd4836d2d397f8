"""The packs of this project: what they must say, against the field standard, the tables and the handbook page."""

import csv
import gzip
import re
import shutil
from pathlib import Path

import pytest

from config.environment import ROOT
from rongxin.policy.cases import ANSWERS, Expect, run_cases
from rongxin.policy.indicators import POINTS, Condition, Points, Take
from rongxin.policy.loader import load_pack, pack_names
from rongxin.policy.pack import Policy
from rongxin.policy.words import MAY_REDUCE_RIGHTS, FieldClass, Rank, Reading, Strength
from tests.policy.packs import LAND, POLICIES, loaded
from tests.shared import shared

PACKS = pack_names(POLICIES)
CONDITIONS = [field.alias or name for name, field in Condition.model_fields.items() if name != "field"]
EVERY_KIND = sorted(load_pack(POLICIES, "fuzhou").kinds)


@pytest.mark.parametrize("name", PACKS)
def test_every_pack_loads_and_its_law_cases_hold(name: str) -> None:
    policy = load_pack(POLICIES, name)
    outcomes = run_cases(POLICIES, name, policy)

    assert outcomes
    assert [f"{outcome.file}:{outcome.line}: {told}" for outcome in outcomes for told in outcome.wrong] == []


def test_whatever_a_case_can_expect_is_asked_of_the_policy() -> None:
    assert set(ANSWERS) == set(Expect.model_fields)


def test_a_case_that_does_not_hold_says_what_the_policy_says_instead(tmp_path: Path) -> None:
    case = "- name: too short\n  day: 2026-01-05\n  given: {workdays: 2}\n  expect: {last_day: 2026-01-06, value: 7}\n"
    policy = loaded(tmp_path, LAND | {"land/cases/wrong.yaml": "# one\n" + case})

    (outcome,) = run_cases(tmp_path, "land", policy)

    assert (outcome.file, outcome.line) == ("land/cases/wrong.yaml", 2)
    assert outcome.wrong == ("last_day is 2026-01-07, expected 2026-01-06", 'value: there is no value "None"')


def test_no_second_hand_fact_is_law_and_every_local_setting_has_a_note(fuzhou: Policy) -> None:
    for key, history in fuzhou.values.items():
        for line in history.lines:
            found = fuzhou.value(key, line.first_day)
            assert found.is_law is (line.strength == Strength.BINDING), key
            if line.basis.reading != Reading.CONFIRMED:
                assert line.strength == Strength.LOCAL, key
                assert line.note is not None, key


def test_every_document_is_cited_somewhere(fuzhou: Policy) -> None:
    cited = set(re.findall(r'"document":"([a-z0-9-]+)"', fuzhou.canonical_json()))

    assert cited == set(fuzhou.documents)


def test_what_is_displayed_of_adverse_records_rests_on_sufficient_rank(fuzhou: Policy) -> None:
    for key in fuzhou.values:
        if re.fullmatch(r"display/(minor|general|serious)_(longest|shortest)", key):
            history = fuzhou.history(key)
            assert history.reduces_rights, key
            assert all(fuzhou.documents[line.basis.document].rank in MAY_REDUCE_RIGHTS for line in history.lines)
    assert fuzhou.documents["platform-settings"].rank == Rank.LOCAL_SETTING


def test_every_value_kind_and_word_of_the_packs_stands_in_the_handbook(fuzhou: Policy) -> None:
    page = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `([a-z0-9_]+(?:/[a-z0-9_]+)+)` \|", page, re.MULTILINE))

    assert told == {key for key in fuzhou.values if not key.startswith(POINTS)}
    assert all(f"`{name}`" in page for name in (*CONDITIONS, *Take.model_fields, *Points.model_fields))
    assert all(f"`{name}`" in page for name in fuzhou.kinds)


def test_the_handbooks_example_of_a_new_kind_loads(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(# policies/fuzhou/kinds/(\w+)\.yaml\n.*?)```", page, re.DOTALL)
    shutil.copytree(POLICIES, tmp_path, dirs_exist_ok=True)
    (tmp_path / "fuzhou" / "kinds").mkdir()
    (tmp_path / "fuzhou" / "kinds" / f"{example[1]}.yaml").write_text(example[0], encoding="utf-8")
    (item,) = re.findall(r"```yaml\n# policies/fuzhou/catalogue\.yaml\n(.*?)```", page, re.DOTALL)
    with (tmp_path / "fuzhou" / "catalogue.yaml").open("a", encoding="utf-8") as catalogue:
        catalogue.write(item)

    assert example[1] in load_pack(tmp_path, "fuzhou").kinds


def test_the_handbooks_example_of_an_indicator_loads(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    shutil.copytree(POLICIES, tmp_path, dirs_exist_ok=True)
    for name in ("indicators.yaml", "values/risk.yaml"):
        (text,) = re.findall(rf"```yaml\n(# policies/fuzhou/{name}\n.*?)```", page, re.DOTALL)
        (tmp_path / "fuzhou" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "fuzhou" / name).write_text(text, encoding="utf-8")

    assert "penalties_in_catering" in load_pack(tmp_path, "fuzhou").indicators


@pytest.mark.parametrize(
    ("kind", "standard"),
    [("administrative_licence", "双公示-行政许可(2018)"), ("administrative_penalty", "双公示-行政处罚(2018)")],
)
def test_the_fields_are_those_of_the_standard_in_its_order(kind: str, standard: str, fuzhou: Policy) -> None:
    with shared("domain/disclosure_fields.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["standard"] == standard]
    fields = list(fuzhou.kinds[kind].fields.values())

    assert [(field.name, field.title) for field in fields] == [(row["field_en"], row["field_zh"]) for row in rows]
    assert [field.constraints.required for field in fields] == [row["required"] == "yes" for row in rows]
    for field, row in zip(fields, rows, strict=True):
        if row["code_list"] and field.credit.field_class != FieldClass.DISCARD:
            assert field.constraints.enum == tuple(word.split("=")[-1] for word in row["code_list"].split(";"))
        if field.constraints.max_length:
            assert str(field.constraints.max_length) == row["max_length"]
        assert row["note"].startswith(field.credit.code) or field.name == "remark"


def test_a_commitment_has_the_fields_of_its_standard_in_order_and_may_be_still_running(fuzhou: Policy) -> None:
    with shared("domain/disclosure_fields.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["standard"] == "信用承诺(2022)"]
    fields = list(fuzhou.kinds["commitment"].fields.values())

    assert [(field.name, field.title) for field in fields] == [(row["field_en"], row["field_zh"]) for row in rows]
    assert [field.constraints.enum or () for field in fields] == [
        tuple(row["code_list"].split(";")) if row["code_list"] else () for row in rows
    ]
    differs = [
        field.name
        for field, row in zip(fields, rows, strict=True)
        if field.constraints.required != (row["required"] == "yes")
    ]
    assert differs == ["fulfilment_status"]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_identity_numbers_are_discarded_and_every_field_has_an_english_label(kind: str, fuzhou: Policy) -> None:
    for field in fuzhou.kinds[kind].fields.values():
        assert field.credit.label, field.name
        if field.name.startswith(("person_id", "legal_rep_id")):
            assert field.credit.field_class == FieldClass.DISCARD
        if field.name == "legal_representative":
            assert field.credit.field_class == FieldClass.PERSONAL


@pytest.mark.parametrize("kind", ["administrative_licence", "administrative_penalty", "registration"])
def test_free_texts_wait_until_a_person_has_cleared_them(kind: str, fuzhou: Policy) -> None:
    persons = {field.name for field in fuzhou.kinds[kind].fields.values() if field.credit.may_name_persons}
    assert persons & {"violation_facts", "penalty_content", "license_content", "remark", "business_scope"}


def test_the_register_kind_knows_the_heads_of_a_real_register(fuzhou: Policy) -> None:
    with gzip.open(shared("data/registry/fuzhou_enterprises_1978_2010.csv.gz"), "rt", encoding="utf-8-sig") as file:
        heads = file.readline().strip().split(",")
    known = {
        head for field in fuzhou.kinds["registration"].fields.values() for head in (field.title, *field.credit.aliases)
    }

    assert set(heads) <= known


def test_the_divisions_are_those_of_the_domain_table(fuzhou: Policy) -> None:
    with shared("domain/fujian_divisions.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}

    assert {row.code for row in fuzhou.division_rows} == set(rows)
    for row in fuzhou.division_rows:
        given = rows[row.code]
        assert (row.name, row.level, row.parent or "") == (given["name_zh"], given["level"], given["parent_code"])
        assert (row.valid_to is not None) is (given["status"] == "abolished")
        assert f"successor {row.successor}" in given["note"] if row.successor else "successor" not in given["note"]


def test_the_spans_of_industries_are_those_of_a_published_code_table(fuzhou: Policy) -> None:
    with shared("data/codes/industry_gbt4754_2017_flat.csv").open(encoding="utf-8", newline="") as file:
        section_of = {row["code"][:2]: row["section"] for row in csv.DictReader(file)}

    for section in fuzhou.industries:
        span = [f"{number:02}" for number in range(int(section.first), int(section.last) + 1)]
        assert {section_of[division] for division in span} == {section.code}


def test_the_calendar_is_that_of_the_shared_copy(fuzhou: Policy) -> None:
    with shared("data/codes/holidays_cn_2007_2026.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["announced_for_year"], row["name"], row["date"], row["kind"]) for row in csv.DictReader(file)}
    said = {
        (str(year.year), holiday.name, day.isoformat(), kind)
        for year in fuzhou.calendar_years
        for holiday in year.days
        for kind in ("off", "work")
        for day in getattr(holiday, kind)
    }

    assert said == rows
