"""Which kinds hold results of inspections, and which of their words mean that nothing was found."""

from pathlib import Path

import pytest

from rongxin.policy.pack import Policy
from tests.policy.packs import LAND, changed, line_of, loaded, mistakes

KIND = "land/kinds/fine.yaml"
ENVELOPE = "envelope: {authority: authority, document_number: number, decided_on: decided_on}"


def told(block: str) -> dict[str, str]:
    return changed(KIND, ENVELOPE, f"{ENVELOPE}\n  inspection: {block}")


def test_a_kind_says_which_of_its_words_are_clean(tmp_path: Path) -> None:
    kind = loaded(tmp_path, told("{result: category, clean: [轻], inspected_on: decided_on}")).kinds["fine"]

    assert kind.credit.inspection.clean == ("轻",)
    assert kind.credit.inspection.random is None
    assert loaded(tmp_path / "plain", LAND).kinds["fine"].credit.inspection is None


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("{result: nothing, clean: [轻], inspected_on: decided_on}", "unknown field ['nothing']"),
        ("{result: number, clean: [轻], inspected_on: decided_on}", '"number" holds not a word that can be looked at'),
        ("{result: category, clean: [轻], inspected_on: number}", '"number" holds not a day that can be looked at'),
        ("{result: category, clean: [好], inspected_on: decided_on}", '"category" never holds 好'),
        ("{result: category, clean: [轻, 一般, 重], inspected_on: decided_on}", "no inspection would ever fail"),
        ("{result: category, clean: [], inspected_on: decided_on}", "at least 1"),
        ("{result: category, clean: [轻], inspected_on: decided_on, random: yes!}", "boolean"),
        ("{result: category, clean: [轻], inspected_on: decided_on, drawn: true}", "drawn"),
    ],
)
def test_a_kind_that_no_inspection_could_be_told_from_does_not_load(tmp_path: Path, block: str, message: str) -> None:
    files = told(block)
    found = [mistake for mistake in mistakes(tmp_path, files) if message in mistake.message]

    assert found
    assert found[0].file == KIND
    if "unknown field" not in message:  # told of the whole kind
        assert found[0].line == line_of(files[KIND], "inspection: {")


def test_random_inspections_measure_and_aimed_ones_are_told_apart(fuzhou: Policy) -> None:
    drawn = {name: kind.credit.inspection.random for name, kind in fuzhou.kinds.items() if kind.credit.inspection}

    assert drawn == {"inspection_result": True, "administrative_supervision": False}


def test_what_is_clean_is_what_does_not_speak_against_the_enterprise(fuzhou: Policy) -> None:
    for kind in fuzhou.kinds.values():
        if kind.credit.inspection:
            words = {*kind.fields[kind.credit.inspection.result].constraints.enum}
            adverse = {word for clause in kind.credit.polarity_when for word in clause.has}
            assert words - {*kind.credit.inspection.clean} == adverse
