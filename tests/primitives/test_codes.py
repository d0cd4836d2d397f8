"""The report on a pasted code: kind, validity, problems and warnings in words."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rongxin.primitives import resident_id, uscc
from rongxin.primitives.codes import describe
from rongxin.primitives.divisions import Division, Divisions
from tests.primitives.made_up import identity_number, old_identity_number


@pytest.mark.parametrize(
    ("text", "kind", "valid", "problems"),
    [
        ("91110000600037341L", "unified_code", True, []),
        ("91320100748204660Q", "unified_code", True, []),
        ("91320281142232229Q", "unified_code", True, []),
        ("11320100MB1886843H", "unified_code", True, []),
        ("A1110000600037341K", "unified_code", True, []),
        ("A1110000600037341L", "unified_code", False, ["uscc_check_character"]),
        ("N2350121MF1234567K", "unified_code", True, []),
        ("Y1350100MB7654322Q", "unified_code", True, []),
        ("92350102MA2ABC125P", "unified_code", True, []),
        ("91110000600037341I", "unified_code", False, ["uscc_alphabet"]),
        (" ９１１１００００ 60003734-1l", "unified_code", True, []),
        ("9111000060003734L", "unified_code", False, ["uscc_length"]),
        ("00000000000000000X", "unified_code", False, ["uscc_placeholder"]),
        ("9.1990000E+17", "unified_code", False, ["code_lost_digits"]),
        ("59467239-9", "organisation_code", True, []),
        ("59467239-8", "organisation_code", False, ["organisation_code_check"]),
        ("110000006000374", "registration_number", True, []),
        ("110108000000016", "registration_number", True, []),
        ("110108000000017", "registration_number", False, ["registration_number_check"]),
        ("福州示例有限公司", "unknown", False, ["code_unknown"]),
        ("福州示例有限公司福州示例有限公司", "unknown", False, ["code_unknown"]),
        ("", "unknown", False, ["code_unknown"]),
    ],
)
def test_the_vectors(text: str, kind: str, valid: bool, problems: list[str]) -> None:
    report = describe(text)

    assert (report.kind, report.valid) == (kind, valid)
    assert [problem.code for problem in report.problems] == problems
    assert all("{" not in problem.message for problem in report.problems)
    assert report.warnings == ()
    assert report.input == text


def test_an_identity_number_is_named_and_hidden() -> None:
    report = describe(identity_number())

    assert (report.kind, report.valid, report.problems) == ("resident_id", True, ())
    assert report.input == "350*************" + identity_number()[-2:]


def test_an_old_identity_number_is_hidden_too() -> None:
    number = next(n for n in (old_identity_number(order=o) for o in range(10)) if resident_id.looks_like_old(n))
    report = describe(number)

    assert report.kind == "resident_id"
    assert number not in json.dumps(report.as_json())


def test_a_code_that_passes_as_an_identity_number_stays_a_code_with_a_warning() -> None:
    both = next(
        code
        for serial in range(10_000)
        if resident_id.looks_like(code := uscc.make("9", "1", "110119", f"9001{serial % 12 + 1:02d}{serial // 12:02d}"))
    )
    report = describe(both)

    assert (report.kind, report.valid, report.input) == ("unified_code", True, both)
    assert [warning.code for warning in report.warnings] == ["resident_id_shape"]


def test_divisions_only_warn() -> None:
    table = Divisions([Division("350182", "长乐市", "county", "350100", 1994, 2017, "350112")])
    report = describe(uscc.make("9", "1", "350182", "MA000001"), table)

    assert report.valid
    assert report.as_json()["warnings"] == [
        {"code": "uscc_division_abolished", "message": "行政区划代码350182（长乐市）已撤销，现为350112"}
    ]


def test_the_report_as_json() -> None:
    assert describe("A1110000600037341L").as_json() == {
        "input": "A1110000600037341L",
        "kind": "unified_code",
        "valid": False,
        "problems": [{"code": "uscc_check_character", "message": "第18位校验码不符：应为K，现为L"}],
        "warnings": [],
    }


@given(st.text(max_size=30))
def test_any_text_is_described(text: str) -> None:
    report = describe(text)
    assert report.valid == (report.problems == ())
    json.dumps(report.as_json())


@example("", 771)  # passes as a unified code too, of a division that there is not
@given(st.text(alphabet="示例:", max_size=4), st.integers(0, 999))
def test_no_identity_number_is_repeated(before: str, order: int) -> None:
    number = identity_number(order=order)
    assert number not in json.dumps(describe(before + number).as_json(), ensure_ascii=False)
