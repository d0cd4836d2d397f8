"""Why a subject may be the one that a row means, or may not be: what each reason weighs, and its words.

Weights are evidence, added up: a code one slip off says more than an equal name, an equal name more than a likeness. They
order candidates for a person to look at and decide nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from rongxin.engine.problems import Language


class About(StrEnum):
    """What of the party a reason is about, in the order in which a person compares."""

    JUDGED = "judged"
    CODE = "code"
    NUMBER = "number"
    NAME = "name"
    REGION = "region"
    STATUS = "status"


class Mark(StrEnum):
    """How what was filed agrees with the register."""

    EQUAL = "equal"
    NEAR = "near"
    UNLIKE = "unlike"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Reason:
    """``zh`` and ``en`` name the agreement in a word or two; ``why_zh`` and ``why_en`` say it in a clause.

    The clause is a template over position, filed and registered; empty where it would add nothing.
    """

    about: About
    mark: Mark
    weight: float
    zh: str
    en: str
    why_zh: str = ""
    why_en: str = ""


_EQUAL, _NEAR, _UNLIKE, _NOTHING = Mark.EQUAL, Mark.NEAR, Mark.UNLIKE, Mark.NOTHING

REASONS: Final[Mapping[str, Reason]] = {
    "judged_before": Reason(
        *(About.JUDGED, _EQUAL, 0, "曾如此认定", "decided so before"),
        "本单位 {filed} 对同名的一行认定为该主体（{registered}）",
        "on {filed} this department decided so for a row of the same name ({registered})",
    ),
    # unified code
    "code_equal": Reason(
        *(About.CODE, _EQUAL, 8, "相同", "equal"),
        "统一社会信用代码完全相同",
        "the unified code is the same",
    ),
    "code_one_off": Reason(
        *(About.CODE, _NEAR, 6, "差 1 位", "one character off"),
        "代码只差第 {position} 位：填“{filed}”，登记为“{registered}”",
        "the code differs at position {position} only: “{filed}” filed, “{registered}” registered",
    ),
    "code_swapped": Reason(
        *(About.CODE, _NEAR, 6, "相邻两位颠倒", "two exchanged"),
        "代码从第 {position} 位起两位颠倒：填“{filed}”，登记为“{registered}”",
        "two characters of the code are exchanged from position {position}: “{filed}” filed, “{registered}” registered",
    ),
    "code_organisation": Reason(
        *(About.CODE, _NEAR, 5, "主体标识码相同", "same organisation part"),
        "代码的主体标识码（第 9–17 位）相同",
        "the organisation part of the code (positions 9–17) is the same",
    ),
    "code_former": Reason(
        *(About.CODE, _NEAR, 5, "登记过此代码", "bore this code"),
        "登记库记载该主体用过这个代码",
        "the register says that it bore this code",
    ),
    "code_unlike": Reason(About.CODE, _UNLIKE, -2, "不同", "different", "代码不同", "the code is different"),
    "code_not_filed": Reason(About.CODE, _NOTHING, 0, "未填", "not filed"),
    "check_fits": Reason(
        *(About.CODE, _NEAR, 0.5, "校验码相符", "check fits"),
        "登记的代码校验码相符，填报的不符",
        "the registered code passes the check, the filed one does not",
    ),
    # old numbers
    "number_equal": Reason(
        *(About.NUMBER, _EQUAL, 6, "相同", "equal"),
        "旧代码（注册号或组织机构代码）{registered} 相同",
        "the old number {registered} is the same",
    ),
    "number_one_off": Reason(
        *(About.NUMBER, _NEAR, 3, "差 1 位", "one character off"),
        "旧代码只差一位：填“{filed}”，登记为“{registered}”",
        "one character of the old number differs: “{filed}” filed, “{registered}” registered",
    ),
    "number_unlike": Reason(
        About.NUMBER, _UNLIKE, -1, "不同", "different", "旧代码不同", "the old number is different"
    ),
    "number_not_registered": Reason(About.NUMBER, _NOTHING, 0, "登记库未载", "not registered"),
    "number_not_filed": Reason(About.NUMBER, _NOTHING, 0, "未填", "not filed"),
    # name
    "name_equal": Reason(About.NAME, _EQUAL, 6, "相同", "equal", "名称相同", "the name is the same"),
    "name_one_off": Reason(
        *(About.NAME, _NEAR, 5, "差 1 字", "one character off"),
        "名称只差一个字",
        "one character of the name differs",
    ),
    "name_parts_equal": Reason(
        *(About.NAME, _NEAR, 4.5, "字号、行业相同", "own part and trade equal"),
        "去掉地区和组织形式后名称相同",
        "without region and legal form the names are the same",
    ),
    "name_core_equal": Reason(
        *(About.NAME, _NEAR, 3, "字号相同", "own part equal"),
        "字号“{registered}”相同，行业写法不同",
        "the own part “{registered}” is the same, the trade is not",
    ),
    "name_shortened": Reason(
        *(About.NAME, _NEAR, 3.5, "像是简称", "looks shortened"),
        "填的像是该名称的简称",
        "what was filed looks like a short form of the name",
    ),
    "name_near": Reason(About.NAME, _NEAR, 0, "相近", "alike", "名称相近", "the names are alike"),
    "name_unlike": Reason(About.NAME, _UNLIKE, 0, "不同", "different", "名称不同", "the name is different"),
    "name_place_unlike": Reason(
        *(About.NAME, _UNLIKE, -1.2, "地区不同", "other place"),
        "名称中的地区不同：填“{filed}”，登记为“{registered}”",
        "the places in the names differ: “{filed}” filed, “{registered}” registered",
    ),
    "former_name": Reason(
        *(About.NAME, _NEAR, -0.7, "曾用名", "former name"),
        "“{registered}”是其曾用名",
        "“{registered}” is a former name of it",
    ),
    # region of the code against that of the department
    "region_equal": Reason(About.REGION, _EQUAL, 0.8, "本地区", "same region"),
    "region_near": Reason(About.REGION, _NEAR, 0.4, "同一设区市", "same prefecture"),
    "region_unlike": Reason(
        *(About.REGION, _UNLIKE, -0.4, "外地", "elsewhere"), "登记在外地", "it is registered elsewhere"
    ),
    "region_unknown": Reason(About.REGION, _NOTHING, 0, "未知", "not known"),
    # status on the register
    "status_active": Reason(About.STATUS, _EQUAL, 0.1, "存续", "active"),
    "status_closed": Reason(About.STATUS, _UNLIKE, -0.5, "已注销", "closed", "已注销", "it is closed"),
    "status_revoked": Reason(
        *(About.STATUS, _UNLIKE, -0.3, "已吊销", "revoked"), "营业执照已吊销", "its licence is revoked"
    ),
    "status_moved": Reason(About.STATUS, _UNLIKE, -0.3, "已迁出", "moved away", "已迁出", "it has moved away"),
    "status_unknown": Reason(About.STATUS, _NOTHING, 0, "登记状态未提供", "not known"),
}

NAME_LIKENESS: Final = 4.0
"""What names that are alike weigh, times the square of their likeness (0 to 1)."""


def label(code: str, language: Language) -> str:
    """The agreement in a word or two. KeyError for an unknown code."""
    reason = REASONS[code]
    return reason.zh if language == "zh" else reason.en


def sentence(reasons: list[dict[str, Any]], language: Language) -> str:
    """All reasons of one candidate as one sentence: what speaks for it first, then what speaks against it."""
    order = sorted(reasons, key=lambda reason: REASONS[reason["code"]].mark == Mark.UNLIKE)
    clauses = [clause for reason in order if (clause := _clause(reason, language))]
    if language == "zh":
        return "，".join(clauses) + "。" if clauses else ""
    text = "; ".join(clauses)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _clause(reason: Mapping[str, Any], language: Language) -> str:
    words = REASONS[reason["code"]]
    template = words.why_zh if language == "zh" else words.why_en
    return template.format(**{name: reason.get(name) or "" for name in ("position", "filed", "registered")})
