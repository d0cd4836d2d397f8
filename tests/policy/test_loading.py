"""Loading is strict: every mistake stops it, with its file and line, and all mistakes are told at once."""

from pathlib import Path

import pytest

from rongxin.policy.files import PolicyErrors
from rongxin.policy.loader import load_pack, pack_names, pack_sources
from tests.policy.packs import LAND, TOWN, changed, line_of, loaded, mistakes, write

DOCUMENTS, VALUES, DISPLAY, KIND = (
    "land/documents.yaml",
    "land/values/publicity.yaml",
    "land/values/display.yaml",
    "land/kinds/fine.yaml",
)
YEAR, DIVISIONS, UNITS, SECTIONS = (
    "land/calendar/2026.yaml",
    "land/divisions.csv",
    "land/reporting_units.yaml",
    "land/industries.yaml",
)

# file, passage, what stands there instead, where the mistake is told (a passage of the broken text), what is told
BROKEN = {
    "unknown key": (DOCUMENTS, "  issuer: 示例大会", "  isuer: 示例大会", "isuer", 'unknown key "isuer"'),
    "missing key": (DOCUMENTS, "  issuer: 示例大会\n", "", "law:", 'missing key "issuer"'),
    "missing basis": (
        VALUES,
        "      basis: {document: law, item: 第一条, reading: C}\n",
        "",
        "- from: 2020-01-01\n      value: 20",
        'missing key "basis"',
    ),
    "two values from one day": (
        VALUES,
        "from: 2024-01-01",
        "from: 2020-01-01",
        "from: 2020-01-01\n      value: 7",
        "two",
    ),
    "overlapping values": (
        VALUES,
        "      value: 20",
        "      until: 2024-01-01\n      value: 20",
        "from: 2024-01-01",
        "overlaps the value until 2024-01-01; end that on 2023-12-31",
    ),
    "until before from": (
        VALUES,
        "      value: 20",
        "      until: 2019-12-31\n      value: 20",
        "- from: 2020",
        "until lies",
    ),
    "unknown document": (
        VALUES,
        "{document: law, item: 第二条, reading: C}",
        "{document: lore, item: 第二条, reading: C}",
        "{document: lore",
        'document "lore" stands in no documents.yaml',
    ),
    "value older than its document": (
        VALUES,
        "from: 2020-01-01\n      value: 20",
        "from: 2019-12-31\n      value: 20",
        "from: 2019-12-31",
        '"law" is in force from 2020-01-01, after 2019-12-31',
    ),
    "second-hand but binding": (
        VALUES,
        "{document: law, item: 第一条, reading: C}",
        "{document: law, item: 第一条, reading: P}",
        "- from: 2020-01-01\n      value: 20",
        "reading P cannot be binding",
    ),
    "unconfirmed but binding": (
        VALUES,
        "{document: law, item: 第一条, reading: C}",
        "{document: law, item: 第一条, reading: U}",
        "- from: 2020-01-01\n      value: 20",
        "reading U cannot be binding",
    ),
    "clause confirmed of an unconfirmed document": (
        VALUES,
        "{document: law, item: 第一条, reading: C}",
        "{document: hearsay, item: 第一条, reading: C}",
        "{document: hearsay",
        "cannot be read C: the document is U",
    ),
    "local setting without a note": (
        VALUES,
        "      note: {zh: 示例, en: an example}\n",
        "",
        "- from: 2020-01-01\n      value: 请核对",
        "needs a note",
    ),
    "number in quotes": (VALUES, "value: 20", 'value: "20"', 'value: "20"', "'20' is not a whole number of workdays"),
    "negative number": (VALUES, "value: 20", "value: -1", "value: -1", "-1 is not a whole number of workdays"),
    "true is no number": (VALUES, "value: 20", "value: true", "value: true", "True is not a whole number"),
    "unit unknown": (VALUES, "unit: text", "unit: texts", "unit: texts", '"unit": input should be'),
    "value under another file's name": (
        VALUES,
        "publicity/notice:",
        "intake/notice:",
        "intake/notice:",
        "belongs in values/intake.yaml",
    ),
    "key not well formed": (VALUES, "publicity/notice:", "Notice:", "Notice:", "string should match pattern"),
    "longer display on a mere rule": (
        DISPLAY,
        "{document: law, item: 第三条, reading: C}",
        "{document: settings, item: 第三条, reading: U}",
        "- from: 2020-01-01\n      value: 1",
        "reading U cannot be binding",
    ),
    "longer display as a local setting": (
        DISPLAY,
        "      strength: binding\n      basis: {document: law, item: 第三条, reading: C}",
        "      strength: local\n      note: {zh: 本, en: own}\n      basis: {document: law, item: 第三条, reading: C}",
        "strength: local",
        "only binding lines may",
    ),
    "term of display that is no period": (
        DISPLAY,
        "  unit: years\n",
        "  unit: days\n",
        "unit: days",
        "a term of display counts months or years",
    ),
    "term of display not marked": (
        DISPLAY,
        "  unit: years\n  reduces_rights: true\n",
        "  unit: years\n",
        "display/general_longest:",
        "a term of display reduces rights; say reduces_rights: true",
    ),
    "text without quotes": (
        KIND,
        'version: "1.0"',
        "version: 1.0",
        "version: 1.0",
        '"version" is text: put 1.0 in quotes',
    ),
    "code without quotes": (
        UNITS,
        'reports_to: "990100"',
        "reports_to: 0123",
        "reports_to",
        '"reports_to" is text: put 123',
    ),
    "adverse without severity": (
        KIND,
        "    - {then: serious, field: category, has: [重], basis: {document: law, item: 第五条, reading: C}}\n",
        "    - {then: serious, field: sort, has: [重], basis: {document: law, item: 第五条, reading: C}}\n",
        "name: fine",
        "unknown field ['sort']",
    ),
    "unknown deadline": (
        KIND,
        "deadline: publicity/deadline",
        "deadline: publicity/other",
        "deadline: publicity/other",
        'deadline "publicity/other" is no policy value',
    ),
    "deadline that counts no days": (
        KIND,
        "deadline: publicity/deadline",
        "deadline: publicity/notice",
        "deadline: publicity/notice",
        '"publicity/notice" counts text',
    ),
    "two clauses for one severity": (
        KIND,
        "{severity: serious, display: public",
        "{severity: general, display: public",
        "{severity: general, display: public, basis: {document: law, item: 第七条, reading: C}}\n  rules",
        "two display clauses for general",
    ),
    "clause waits for a word that never comes": (
        KIND,
        "has: [重], basis",
        "has: [重大], basis",
        "has: [重大]",
        '"category" never holds 重大',
    ),
    "rule waits for a word that never comes": (
        KIND,
        "when: category, has: [重]",
        "when: category, has: [很重]",
        "when: category",
        '"category" never holds 很重',
    ),
    "spelling of no value": (
        KIND,
        "values: {轻微: 轻}",
        "values: {轻微: 微}",
        "values: {轻微: 微}",
        '"category" has no value 微',
    ),
    "head of two fields": (
        KIND,
        "aliases: [种类]",
        "aliases: [机关]",
        "- {name: authority",
        'the head "机关" leads to',
    ),
    "file name of another kind": (KIND, "name: fine", "name: penalty", "name: penalty", "the two must agree"),
    "field twice": (KIND, "{name: number,", "{name: authority,", "name: fine", "field ['authority'] stands twice"),
    "unknown word": (KIND, "polarity: adverse", "polarity: bad", "polarity: bad", '"polarity": input should be'),
    "day off and worked": (
        YEAR,
        "work: [2026-02-14]",
        "work: [2026-02-16]",
        "work: [2026-02-16]",
        "2026-02-16 is work here and off in land/calendar/2026.yaml",
    ),
    "day of another year": (
        YEAR,
        "work: [2026-02-14]",
        "work: [2025-02-15]",
        "year: 2026",
        "2025-02-15 does not belong",
    ),
    "no such day": (YEAR, "2026-02-14", "2026-02-30", "work:", "'2026-02-30' cannot be read"),
    "columns of the table": (
        DIVISIONS,
        "code,name,name_en",
        "code,name_zh,name_en",
        "code",
        "the columns must be code,name,",
    ),
    "division code of another level": (
        DIVISIONS,
        "990100,示例市,Example,prefecture",
        "990100,示例市,Example,county",
        "990100,示例市",
        "code 990100 is that of a prefecture",
    ),
    "division without its parent": (
        DIVISIONS,
        "990102,示例区,Example,county,990100",
        "990102,示例区,Example,county,990000",
        "990102,示例区",
        "code 990102 is that of a county under 990100",
    ),
    "division code too short": (
        DIVISIONS,
        "990102,示例区",
        "99102,示例区",
        "99102,示例区",
        '"code": string should match',
    ),
    "unknown successor": (
        DIVISIONS,
        "2010,990102",
        "2010,990103",
        "990101,示例旧区",
        "successor 990103 is not in the table",
    ),
    "successor of a standing division": (DIVISIONS, "2010,990102", ",990102", "990101,示例旧区", "needs the year"),
    "division twice": (DIVISIONS, "990102,示例区", "990101,示例区", "990101,示例区", "code 990101 stands twice"),
    "cells missing": (
        DIVISIONS,
        "990100,示例市,Example,prefecture,990000,,,",
        "990100,示例市",
        "990100,示例市",
        "2 cells",
    ),
    "year that is none": (
        DIVISIONS,
        "1990,2010",
        "199x,2010",
        "990101,示例旧区",
        '"valid_from": input should be a valid integer',
    ),
    "unit in no division": (
        UNITS,
        'division: "990102"',
        'division: "990103"',
        "- {code",
        "division 990103 stands in no",
    ),
    "sections overlap": (SECTIONS, 'first: "06"', 'first: "05"', "- {code: B", "section B does not follow section A"),
    "section ends before it begins": (SECTIONS, 'last: "12"', 'last: "05"', "- {code: B", "last lies before first"),
    "syntax": (
        VALUES,
        "title: {zh: 时限, en: Deadline}",
        "title: {zh: 时限, en: Deadline",
        "unit: workdays",
        "not YAML",
    ),
    "key twice": (
        DOCUMENTS,
        "  issuer: 示例大会",
        "  rank: law\n  issuer: 示例大会",
        "rank: law\n  territory",
        'key "rank" stands',
    ),
    "anchor": (DOCUMENTS, "  issuer: 示例大会", "  issuer: &who 示例大会", "  issuer: &who", "anchor &who"),
    "tag": (DOCUMENTS, "  issuer: 示例大会", "  issuer: !!python/name:os.system x", "  issuer: !!", "cannot be read"),
    "number as key": (DOCUMENTS, "hearsay:", "2019:", "2019:", "key '2019' must be a word"),
    "two documents in a file": (DOCUMENTS, "hearsay:", "---\nhearsay:", "---", "not YAML"),
    "empty file": (YEAR, LAND[YEAR], "# nothing yet\n", "#", "the file is empty"),
    "pack in another folder": ("land/pack.yaml", "name: land", "name: sea", "name: sea", 'lies in the folder "land"'),
}


def test_the_unbroken_pack_loads(tmp_path: Path) -> None:
    policy = loaded(tmp_path, LAND | TOWN, "town")

    assert (policy.name, list(policy.titles)) == ("town", ["land", "town"])
    assert pack_names(tmp_path) == ["land", "town"]


@pytest.mark.parametrize("case", BROKEN)
def test_a_mistake_stops_loading_and_is_told_with_its_line(case: str, tmp_path: Path) -> None:
    file, passage, instead, place, told = BROKEN[case]
    files = changed(file, passage, instead)

    found = mistakes(tmp_path, files)

    assert [error for error in found if error.file == file and told in error.message], found
    lines = {error.line for error in found if told in error.message}
    assert line_of(files[file], place) in lines


def test_an_adverse_kind_needs_display_clauses(tmp_path: Path) -> None:
    text = LAND[KIND]
    clauses = text[text.index("  display:") : text.index("  rules:")]
    files = LAND | {KIND: text.replace(clauses, "  display: []\n")}

    (found,) = mistakes(tmp_path, files)

    assert str(found) == f"{KIND}:{line_of(files[KIND], 'display: []')}: an adverse kind needs display clauses"


def test_an_adverse_kind_needs_a_severity_rule(tmp_path: Path) -> None:
    text = LAND[KIND]
    clauses = text[text.index("  severity:") : text.index("  display:")]

    (found,) = mistakes(tmp_path, LAND | {KIND: text.replace(clauses, "  severity: []\n")})

    assert found.message == "an adverse kind needs a severity rule"


GENERAL = "{severity: general, display: public, basis: {document: law, item: 第七条, reading: C}}"


@pytest.mark.parametrize(
    ("basis", "rank", "binds", "territory", "why"),
    [
        ("P", "law", "both", "CN", "the clause has not been read in its own text"),
        ("C", "department_rule", "both", "CN", "the document is not of sufficient rank"),
        ("C", "law", "person", "CN", "the clause binds persons only"),
        ("C", "law", "both", "350000", "the document does not hold here"),
    ],
)
def test_adverse_records_are_displayed_only_on_a_basis_that_may_reduce_rights(
    basis: str, rank: str, binds: str, territory: str, why: str, tmp_path: Path
) -> None:
    files = changed(KIND, GENERAL, GENERAL.replace("law", "other").replace("C}", f"{basis}}}"))
    files[DOCUMENTS] += (
        f"other:\n  title: {{zh: 他, en: Other}}\n  issuer: 他\n  rank: {rank}\n  territory: '{territory}'\n"
        f"  from: 2020-01-01\n  binds: {binds}\n  reading: C\n"
    )

    (found,) = mistakes(tmp_path, files)

    assert found.message == f"no display of adverse records on this basis: {why}"
    assert found.line == line_of(files[KIND], "{document: other")


def test_the_same_basis_may_withhold(tmp_path: Path) -> None:
    files = changed(KIND, GENERAL, GENERAL.replace("public", "withheld").replace("law", "settings").replace("C}", "U}"))

    assert mistakes(tmp_path, files) == []


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    files = changed(DOCUMENTS, "  binds: organisation\n", "  binds: all\n")
    files = changed(YEAR, "year: 2026", "year: 26", files)
    files = changed(KIND, "polarity: adverse", "polarity: bad", files)

    found = mistakes(tmp_path, files)

    assert [error.file for error in found] == [YEAR, DOCUMENTS, KIND]


def test_unreadable_documents_are_not_also_told_as_missing(tmp_path: Path) -> None:
    found = mistakes(tmp_path, changed(DOCUMENTS, "  rank: law", "  rank: laws"))

    assert [error.file for error in found] == [DOCUMENTS]


def test_a_file_that_is_not_utf8_is_told_with_the_line(tmp_path: Path) -> None:
    write(tmp_path, LAND)
    (tmp_path / YEAR).write_bytes("year: 2026\ndocument: 示例通知\n".encode("gb18030"))

    with pytest.raises(PolicyErrors) as stopped:
        load_pack(tmp_path, "land")

    assert str(stopped.value) == f"{YEAR}:2: the file is not UTF-8; save it as UTF-8"


def test_a_year_lies_in_the_file_of_its_name(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, LAND | {"land/calendar/2027.yaml": "year: 2028\ndocument: 示例通知\ndays: []\n"})

    assert str(found) == "land/calendar/2027.yaml:1: year 2028 lies in 2027.yaml; the two must agree"


def test_a_file_that_belongs_to_no_pack_is_told(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, LAND | {"land/value/display.yaml": "x: 1\n"})

    assert str(found) == "land/value/display.yaml:1: no file of this name belongs to a pack"


def test_a_missing_pack_is_told(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, LAND, "sea")

    assert (found.file, found.line) == ("sea/pack.yaml", 1)
    assert 'there is no pack "sea"' in found.message


def test_a_missing_pack_above_is_told_where_it_is_named(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, TOWN, "town")

    assert (found.file, found.line) == ("town/pack.yaml", 4)
    assert 'there is no pack "land"' in found.message


def test_packs_that_extend_each_other_are_told(tmp_path: Path) -> None:
    files = LAND | TOWN | {"land/pack.yaml": LAND["land/pack.yaml"] + "extends: town\n"}

    (found,) = [error for error in mistakes(tmp_path, files, "town") if "extends itself" in error.message]

    assert str(found) == 'land/pack.yaml:6: "town" extends itself'


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "town/documents.yaml",
            "law:" + LAND[DOCUMENTS].split("law:")[1].split("hearsay:")[0],
            "already stands in pack land",
        ),
        ("town/kinds/fine.yaml", LAND[KIND], 'kind "fine" already stands in pack land'),
        ("town/calendar/2026.yaml", LAND[YEAR], "the year 2026 stands twice"),
        ("town/divisions.csv", LAND[DIVISIONS], "code 990000 stands twice"),
        ("town/reporting_units.yaml", LAND[UNITS], 'reporting unit "990102" stands twice'),
        ("town/industries.yaml", LAND[SECTIONS], "a pack above already has industries"),
    ],
)
def test_what_a_pack_above_says_is_not_said_again(name: str, text: str, told: str, tmp_path: Path) -> None:
    found = mistakes(tmp_path, LAND | TOWN | {name: text}, "town")

    assert [error for error in found if error.file == name and told in error.message], found


def test_a_pack_lies_in_the_territory_of_the_one_it_extends(tmp_path: Path) -> None:
    files = changed("land/pack.yaml", "territory: CN", "territory: '350000'", LAND | TOWN)

    found = mistakes(tmp_path, files, "town")

    assert "town/pack.yaml:3: 990100 does not lie in 350000, the territory of land" in map(str, found)


def test_another_places_law_is_a_local_setting_at_most(tmp_path: Path) -> None:
    files = changed("town/documents.yaml", 'territory: "990100"', 'territory: "440300"', LAND | TOWN)
    files = changed("town/values/publicity.yaml", "strength: local", "strength: promoted", files)

    (found,) = mistakes(tmp_path, files, "town")

    assert "another place's law is a local setting at most" in found.message


def test_sources_are_the_files_of_the_whole_chain_as_they_stand(tmp_path: Path) -> None:
    files = LAND | TOWN | {"town/cases/example.yaml": "[]\r\n"}
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())

    assert pack_sources(tmp_path, "town") == files
