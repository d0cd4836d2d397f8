"""The merged policy: its digest, its canonical JSON, and the tables it gives."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from ruamel.yaml import YAML

from rongxin.policy.documents import Document
from rongxin.policy.files import Findings, YamlFile
from rongxin.policy.kinds import Basis
from rongxin.policy.loader import load_pack
from rongxin.policy.pack import PackHead, Policy
from rongxin.policy.tables import CalendarYear, Holiday
from rongxin.policy.values import History, HistoryLine, Unit
from rongxin.policy.words import Binds, Rank, Reading, Strength, Title
from tests.policy.packs import LAND, POLICIES, TOWN, changed, loaded, write

# Changes only when the meaning of every released version would change: never without a migration of the rulebook.
DIGEST_OF_THE_SMALL_PACK = "91f96033d6b4ab541c810d6dd6e25be2b88c38335e19fa64430637a0ecd35911"


def rewritten(text: str) -> str:
    """The same YAML in another hand: no comments, JSON-like, keys in another order."""
    content = YAML(typ="safe", pure=True).load(text)
    return json.dumps(turned(content), ensure_ascii=True, indent=3, default=str).replace('"@', "").replace('@"', "")


def turned(content: Any) -> Any:
    match content:
        case dict():
            return {key: turned(content[key]) for key in reversed(content)}
        case list():
            return [turned(part) for part in content]
        case date():
            return f"@{content.isoformat()}@"
        case _:
            return content


def test_the_digest_does_not_depend_on_how_files_are_written(tmp_path: Path, fuzhou: Policy) -> None:
    for path in POLICIES.rglob("*.*"):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(POLICIES).as_posix()
        write(tmp_path, {name: rewritten(text) if path.suffix == ".yaml" and "/cases/" not in name else text})

    again = load_pack(tmp_path, "fuzhou")

    assert again.digest == fuzhou.digest
    assert again == fuzhou


def test_saying_a_default_makes_no_difference(tmp_path: Path) -> None:
    said = changed("land/documents.yaml", "  issuer: 示例大会", '  issuer: 示例大会\n  number: ""')

    assert loaded(tmp_path / "said", said).digest == loaded(tmp_path / "unsaid", LAND).digest


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("land/values/publicity.yaml", "value: 7", "value: 8"),
        ("land/documents.yaml", "示例大会", "示例委员会"),
        ("land/kinds/fine.yaml", "aliases: [种类]", "aliases: [品种]"),
        ("land/calendar/2026.yaml", "work: [2026-02-14]", "work: [2026-02-28]"),
        ("land/divisions.csv", "990102,示例区", "990102,示例新区"),
    ],
)
def test_every_change_of_content_changes_the_digest(file: str, old: str, new: str, tmp_path: Path) -> None:
    assert loaded(tmp_path / "new", changed(file, old, new)).digest != loaded(tmp_path / "old", LAND).digest


def test_the_digest_of_a_known_pack_is_for_ever(tmp_path: Path) -> None:
    assert loaded(tmp_path, LAND | TOWN, "town").digest == DIGEST_OF_THE_SMALL_PACK


def test_a_kind_has_a_digest_of_its_own(tmp_path: Path) -> None:
    old = loaded(tmp_path / "old", LAND)
    values = loaded(tmp_path / "values", changed("land/values/publicity.yaml", "value: 7", "value: 8"))
    kind = loaded(tmp_path / "kind", changed("land/kinds/fine.yaml", 'version: "1.0"', 'version: "1.1"'))

    assert values.kind_digest("fine") == old.kind_digest("fine")
    assert kind.kind_digest("fine") != old.kind_digest("fine")
    with pytest.raises(KeyError):
        old.kind_digest("unheard_of")


def test_canonical_json_gives_the_same_policy_back(fuzhou: Policy) -> None:
    text = fuzhou.canonical_json()

    again = Policy.from_canonical(text)

    assert again == fuzhou
    assert hash(again) == hash(fuzhou)
    assert again.canonical_json() == text
    assert again.model_dump() == fuzhou.model_dump()
    assert list(again.kinds) == list(fuzhou.kinds)


def test_a_text_that_is_no_policy_is_refused() -> None:
    with pytest.raises(ValidationError):
        Policy.from_canonical('{"packs": []}')


def test_a_policy_does_not_change(fuzhou: Policy) -> None:
    with pytest.raises(ValidationError):
        fuzhou.packs = ()  # type: ignore[misc]


def is_valid(line: HistoryLine) -> bool:
    try:
        HistoryLine.model_validate_json(line.model_dump_json(by_alias=True))
    except ValidationError:
        return False
    return True


titles = st.builds(Title, zh=st.text(), en=st.text())
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
scalars = st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8)
values = (
    scalars | st.lists(st.integers(), max_size=3).map(tuple) | st.dictionaries(st.text(max_size=4), scalars, max_size=3)
)
bases = st.builds(Basis, document=st.just("law"), item=st.text(max_size=8), reading=st.sampled_from(Reading))
lines = st.builds(
    HistoryLine.model_construct,
    first_day=days,
    last_day=st.none() | days,
    value=values,
    strength=st.sampled_from(Strength),
    basis=bases,
    note=st.none() | titles,
    pack=st.text(max_size=4),
    overrides=st.booleans(),
).filter(is_valid)
histories = st.builds(
    History.model_construct,
    title=titles,
    unit=st.sampled_from(Unit),
    counted_from=st.none() | st.just("decision_date"),
    applies_to=st.lists(st.text(max_size=4), max_size=2).map(tuple),
    reduces_rights=st.booleans(),
    lines=st.lists(lines, max_size=3).map(tuple),
    checked_on=days,
    source=st.text(max_size=8),
)
documents = st.builds(
    Document.model_construct,
    title=titles,
    number=st.text(max_size=8),
    issuer=st.text(max_size=8),
    rank=st.sampled_from(Rank),
    territory=st.sampled_from(["CN", "350000"]),
    first_day=days,
    last_day=st.none(),
    binds=st.sampled_from(Binds),
    reading=st.sampled_from(Reading),
    sources=st.lists(st.text(max_size=4), max_size=2).map(tuple),
    note=st.text(max_size=8),
)
years = st.builds(
    CalendarYear.model_construct,
    year=st.just(2026),
    document=st.text(max_size=8),
    days=st.lists(
        st.builds(
            Holiday, name=st.text(max_size=4), off=st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31))).map(tuple)
        )
    ).map(tuple),
)
policies = st.builds(
    Policy.model_construct,
    packs=st.just(
        (PackHead(name="land", title=Title(zh="示例", en="Example"), territory="CN", checked_on=date(2026, 11, 22)),)
    ),
    documents=st.dictionaries(st.just("law"), documents),
    values=st.dictionaries(st.sampled_from(["a/b", "a/c", "b/c"]), histories, max_size=3),
    kinds=st.just({}),
    calendar_years=st.lists(years, max_size=2).map(tuple),
)


@given(policy=policies)
def test_whatever_a_policy_says_comes_back_from_its_canonical_json(policy: Policy) -> None:
    again = Policy.from_canonical(policy.canonical_json())

    assert again.model_dump() == policy.model_dump()
    assert again.digest == policy.digest


def test_divisions_know_the_old_codes_and_the_rest_of_the_country(fuzhou: Policy) -> None:
    assert fuzhou.divisions.is_current("350112")
    assert not fuzhou.divisions.is_current("350182")
    assert fuzhou.divisions.knows("110101")


def test_industries_span_the_two_digit_divisions_without_a_gap(fuzhou: Policy) -> None:
    numbers = [number for section in fuzhou.industries for number in range(int(section.first), int(section.last) + 1)]

    assert numbers == list(range(1, 98))
    assert "".join(section.code for section in fuzhou.industries) == "ABCDEFGHIJKLMNOPQRST"


def test_pingtan_reports_to_the_province_and_the_zones_to_the_city(fuzhou: Policy) -> None:
    reports_to = {unit.code: unit.reports_to for unit in fuzhou.reporting_units}

    assert reports_to["350128"] == "350000"
    assert {reports_to["FZGXQ"], reports_to["FZZMQ"], reports_to["350102"]} == {"350100"}


def test_loading_the_whole_chain_reads_each_file_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading YAML is what takes the time of loading."""
    files = Counter[str]()
    read = YamlFile.read

    def counted(text: str, name: str, findings: Findings) -> YamlFile | None:
        files[name] += 1
        return read(text, name, findings)

    monkeypatch.setattr(YamlFile, "read", counted)
    load_pack(POLICIES, "fuzhou")

    assert files
    assert set(files.values()) == {1}
