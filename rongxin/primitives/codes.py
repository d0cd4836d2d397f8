"""What a code is and what is wrong with it, in words: for the command line and for a person who pastes one in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from rongxin.primitives import organisation_code, registration_number, resident_id, uscc
from rongxin.primitives.characters import compact
from rongxin.primitives.divisions import Divisions

Kind = Literal["unified_code", "organisation_code", "registration_number", "resident_id", "unknown"]

_MESSAGES = {
    "uscc_length": "统一社会信用代码应为18位，现为{length}位",
    "uscc_placeholder": "占位代码，不是真实的统一社会信用代码",
    "code_lost_digits": "代码被电子表格转成了数值，末几位已丢失；请将该列设为文本格式后重新填写",
    "uscc_alphabet": "含有不允许的字符“{characters}”（第{positions}位）",
    "uscc_category": "登记管理部门“{department}”与机构类别“{category}”的组合不存在",
    "uscc_check_character": "第18位校验码不符：应为{expected}，现为{found}",
    "uscc_organisation_code": "第17位主体标识码的校验码不符：应为{expected}，现为{found}",
    "uscc_division_unknown": "行政区划代码{division}不在区划表中",
    "uscc_division_abolished": "行政区划代码{division}（{name}）已撤销",
    "organisation_code_check": "组织机构代码的校验码不符：应为{expected}，现为{found}",
    "registration_number_check": "注册号的校验码不符：应为{expected}，现为{found}",
    "resident_id_shape": "该代码同时符合公民身份号码的规则，请核对登记信息",
    "code_unknown": "无法识别：不是统一社会信用代码、组织机构代码或注册号",
}


@dataclass(frozen=True, slots=True)
class Message:
    """A stable code and a sentence in Chinese."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class CodeReport:
    """What a text is as a code. ``valid`` is about the code alone: warnings (divisions, likeness) leave it true."""

    input: str
    kind: Kind
    valid: bool
    problems: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The report with plain values: input, kind, valid, problems and warnings as lists of {code, message}."""
        return {
            "input": self.input,
            "kind": self.kind,
            "valid": self.valid,
            "problems": [{"code": problem.code, "message": problem.message} for problem in self.problems],
            "warnings": [{"code": warning.code, "message": warning.message} for warning in self.warnings],
        }


def describe(text: str, divisions: Divisions | None = None) -> CodeReport:
    """Which kind of code ``text`` is, whether it is right, and what is wrong with it.

    A resident identity number is named as such and its digits are hidden in the answer. A number that passes both as a
    unified code and as an identity number stays a unified code, with a warning, when its division is in the table:
    almost no identity number reads as a known division at that place.
    """
    code = compact(text)
    if (resident_id.looks_like(code) or resident_id.looks_like_old(code)) and not _has_no_fault(code, divisions):
        return CodeReport(_masked(code), "resident_id", True)
    if re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code) and not uscc.lost_digits(code):
        return _checked(text, "organisation_code", code[-1], organisation_code.check_character(code[:8]))
    if re.fullmatch(r"[0-9]{15}", code):
        return _checked(text, "registration_number", code[-1], registration_number.check_digit(code[:14]))
    if re.fullmatch(r"[0-9A-Z]{16,20}", code) or uscc.lost_digits(code):
        return _unified(text, code, divisions)
    return CodeReport(resident_id.mask_numbers(text), "unknown", False, (_message("code_unknown"),))


def _has_no_fault(code: str, divisions: Divisions | None) -> bool:
    findings = uscc.inspect(code, divisions=divisions)
    return all(finding.code == "uscc_division_abolished" for finding in findings)


def _unified(text: str, code: str, divisions: Divisions | None) -> CodeReport:
    findings = uscc.inspect(code, divisions=divisions)
    problems = _messages(finding for finding in findings if finding.step != "division")
    warnings = _messages(finding for finding in findings if finding.step == "division")
    if resident_id.looks_like(code):
        warnings = (*warnings, _message("resident_id_shape"))
    shown = resident_id.mask_numbers(text) if problems else text
    return CodeReport(shown, "unified_code", not problems, problems, warnings)


def _checked(text: str, kind: Kind, found: str, expected: str) -> CodeReport:
    if found == expected:
        return CodeReport(text, kind, True)
    return CodeReport(text, kind, False, (_message(f"{kind}_check", expected=expected, found=found),))


def _messages(findings: Iterable[uscc.CodeFinding]) -> tuple[Message, ...]:
    return tuple(_message(finding.code, **finding.params) for finding in findings)


def _message(code: str, **params: str) -> Message:
    message = _MESSAGES[code].format(**params)
    if params.get("successor"):
        message += f"，现为{params['successor']}"
    return Message(code, message)


def _masked(number: str) -> str:
    return number[:3] + "*" * (len(number) - 5) + number[-2:]
