"""Where a Chinese official text may name a person, tell where a person lives, or give a number of a person.

Only suggestions, each with its sign: a person decides what is hidden (architecture §2). Organisations are not marked.
Nothing is kept, compared or searched. The words looked for stand in :mod:`person_words`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rongxin.primitives import resident_id, uscc
from rongxin.primitives.characters import compact, fold_each
from rongxin.primitives.organisation_words import COMMON_SURNAMES, COMPOUND_SURNAMES
from rongxin.primitives.person_words import (
    BUSINESS_PLACES,
    FREQUENT_SURNAMES,
    NO_NAMES,
    NO_PERSONS_BEHIND_A_POINT,
    NOT_FIRST,
    NOT_IN_NAMES,
    ORGANISATIONS,
    ROLES,
    STATEMENTS,
    TITLES,
)
from rongxin.primitives.resident_id import HIDDEN


class Sign(StrEnum):
    """Why something is suspected."""

    ROLE = "role"
    LISTED = "listed"
    STATEMENT = "statement"
    PARTICULARS = "particulars"
    TITLE = "title"
    UNNAMED = "unnamed"
    MASKED = "masked"
    INTERPUNCT = "interpunct"
    IDENTITY_NUMBER = "identity_number"
    PASSPORT = "passport"
    TELEPHONE = "telephone"
    ACCOUNT = "account"
    BANK_CARD = "bank_card"
    PLATE = "plate"
    EMAIL = "email"
    ADDRESS = "address"


LONGEST_NAME: Final = 20
# What identifies a person by itself: never a matter of opinion.
NUMBERS: Final = frozenset(
    {Sign.IDENTITY_NUMBER, Sign.PASSPORT, Sign.TELEPHONE, Sign.ACCOUNT, Sign.BANK_CARD, Sign.EMAIL}
)


@dataclass(frozen=True, slots=True)
class Suspect:
    """``text[start:end]`` may tell of a person; ``clue`` is the word beside it that gave it away, if any."""

    start: int
    end: int
    sign: Sign
    clue: str = ""


def suspects(text: str) -> tuple[Suspect, ...]:
    """What in ``text`` may tell of a person, in order, not overlapping; positions count characters of ``text``."""
    folded = fold_each(text)
    return tuple(_apart(each for find in _FINDERS for each in find(folded)))


def words_of_persons(text: str) -> str:
    """What in ``text`` may tell of a person, each once, as an officer reads it; empty where nothing does."""
    return "、".join(dict.fromkeys(text[each.start : each.end] for each in suspects(text)))


def names_a_number(text: str) -> bool:
    """Whether ``text`` may give a number that identifies a person by itself."""
    return any(each.sign in NUMBERS for each in suspects(text))


def hide(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """``text`` with every (start, end) replaced by 〔已隐去〕; spans that touch or overlap become one."""
    pieces, position = [], 0
    for start, end in _joined(spans):
        pieces += [text[position:start], HIDDEN]
        position = end
    return "".join([*pieces, text[position:]])


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _apart(found: Iterable[Suspect]) -> Iterator[Suspect]:
    """Overlapping suspects become one, under the sign found first."""
    kept: list[Suspect] = []
    for each in found:
        touching = [other for other in kept if other.start < each.end and each.start < other.end]
        if not touching:
            kept.append(each)
            continue
        first = touching[0]
        kept = [other for other in kept if other not in touching]
        start, end = min(each.start, *(o.start for o in touching)), max(each.end, *(o.end for o in touching))
        kept.append(Suspect(start, end, first.sign, first.clue))
    return iter(sorted(kept, key=lambda suspect: suspect.start))


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_COMPOUND: Final = _any_of(COMPOUND_SURNAMES)
_SURNAME: Final = f"(?:{_COMPOUND}|[{''.join(sorted(COMMON_SURNAMES))}])"
_FREQUENT: Final = f"(?:{_COMPOUND}|[{''.join(sorted(FREQUENT_SURNAMES))}])"
_NO_NAME: Final = f"(?!{_any_of(NO_NAMES)})"
_GIVEN: Final = f"(?![{NOT_FIRST}])[\\u4e00-\\u9fff](?:(?![{NOT_IN_NAMES}])[\\u4e00-\\u9fff])?"
# The word behind a given name of one character would be taken for its second.
_BEHIND: Final = (
    "(?:陈述|供述|自述|辩称|签字|签名|签收|签署|表示|确认|反映|指认|作证|证实|举报|投诉|拒绝|受伤|死亡|先生|女士)"
)
_ONE_GIVEN: Final = f"(?![{NOT_FIRST}])[\\u4e00-\\u9fff](?={_BEHIND})"
_NAME: Final = f"{_NO_NAME}{_SURNAME}(?:{_ONE_GIVEN}|{_GIVEN})"
_LIKELY_NAME: Final = f"{_NO_NAME}{_FREQUENT}(?:{_ONE_GIVEN}|{_GIVEN})"
_GENERAL: Final = "[项类种批次款件条例法规制度]"
_POINTED: Final = r"[\u4e00-\u9fff]{1,30}(?:[·•・‧][\u4e00-\u9fff]{1,8}){1,3}"
_ORGANISATION: Final = re.compile(
    rf"[^\W\d_的在是为与和及以因向被把对从由将于系之]{{2,24}}?(?:{_any_of(ORGANISATIONS)})(?![主长员])"
)
_DEED: Final = re.compile(
    "投诉|举报|拒绝|要求|冒充|经营|开设|开办|销售|实际|未|签|称|述|驾|负责|购|提供|使用|进行|组织|擅自|存在|持|雇|出具|承"
)

_AFTER_ROLE: Final = re.compile(
    rf"({_any_of(ROLES)})(?:[:：]|[（(]姓名[）)]|叫|名叫|为|是|系|即|“|\"|[（(])?(?:{_SURNAME}某|({_NAME}))"
)
# Roles are more than any list: whoever is a 某某员 or 某某人 and bears a frequent surname.
_AFTER_ANY_ROLE: Final = re.compile(rf"([\u4e00-\u9fff]{{1,2}}[员人师])({_LIKELY_NAME})(?!{_GENERAL})")
_IN_A_GROUP: Final = re.compile(
    rf"((?:{_LIKELY_NAME}、){{0,9}}{_LIKELY_NAME})"
    "(?=(?:等(?:[0-9]{1,6}|[一二两三四五六七八九十多数]{1,3})?|[0-9]{1,6}|[二两三四五六七八九十]{1,3})(?:名|人|户)"
    "|夫妇|夫妻|父子|母子|父女|母女)"
)
_NEXT_IN_LIST: Final = re.compile(rf"(?:、|和|与|及|以及)({_NAME})")
_BEFORE_STATEMENT: Final = re.compile(
    rf"(?:^|(?<=[^\u4e00-\u9fff])|(?<=[经由对向与和及将被请令据让给在之]))({_LIKELY_NAME})"
    rf"(?={_any_of(STATEMENTS)}|[(（系之]|[在将于以](?![0-9上下内外])|$)"
)
_PARTICULARS: Final = re.compile(
    rf"({_LIKELY_NAME})(?=[（(,，、]\s?(?:男|女|汉族|身份证|公民身份|居民身份|证件号|联系电话|电话|手机|住址|家住|现住"
    r"|[0-9]{4}年[0-9]{1,2}月[0-9]{0,2}日?出?生|[0-9]{2}岁|系))"
)
_TITLED: Final = re.compile(
    rf"{_SURNAME}(?:(?![{NOT_FIRST}])[\u4e00-\u9fff]{{1,2}})??(?:{_any_of(TITLES)})|{_SURNAME}总(?=[,，。、说称的])"
)
_WEAK: Final = "于向应时都别来全安单成关连方明计"
_UNNAMED: Final = re.compile(
    rf"(?:(?![{_WEAK}]){_SURNAME}|[{_WEAK}](?=某(?:某|[甲乙丙丁,，。、]|{_BEHIND})))某(?:某|[甲乙丙丁戊己]|[A-Za-z0-9](?![A-Za-z0-9]))?"
)
_MASKED: Final = re.compile(
    rf"(?<![*×○〇]){_SURNAME}[*×○〇]{{1,3}}(?:(?![{NOT_IN_NAMES}])[\u4e00-\u9fff](?=$|[^\u4e00-\u9fff]))?"
)
_INTERPUNCT: Final = re.compile(rf"(?<![《“\"「\u4e00-\u9fff])({_POINTED})")
_POINT: Final = re.compile(r"[·•・‧]")


def _names(text: str) -> Iterator[Suspect]:
    for match in _AFTER_ROLE.finditer(text):
        if match[2] is None or _is_of_an_organisation(text, match.start(2)):
            continue
        yield Suspect(*match.span(2), Sign.ROLE, match[1])
        yield from _listed(text, match.end(2), match[1])
    for match in _AFTER_ANY_ROLE.finditer(text):
        if not _is_of_an_organisation(text, match.start(2)):
            yield Suspect(*match.span(2), Sign.ROLE, match[1])
            yield from _listed(text, match.end(2), match[1])
    for match in _IN_A_GROUP.finditer(text):
        position = match.start(1)
        for name in match[1].split("、"):
            yield Suspect(position, position + len(name), Sign.LISTED)
            position += len(name) + 1
    for pattern, sign in ((_BEFORE_STATEMENT, Sign.STATEMENT), (_PARTICULARS, Sign.PARTICULARS)):
        for match in pattern.finditer(text):
            if not _is_of_an_organisation(text, match.start(1)):
                yield Suspect(*match.span(1), sign)


def _listed(text: str, position: int, clue: str) -> Iterator[Suspect]:
    """The other names of a list that began with a name."""
    while match := _NEXT_IN_LIST.match(text, position):
        if _is_of_an_organisation(text, match.start(1)):
            return
        yield Suspect(*match.span(1), Sign.LISTED, clue)
        position = match.end(1)


def _is_of_an_organisation(text: str, start: int) -> bool:
    found = _ORGANISATION.match(text, start)
    return found is not None and not _DEED.search(found[0])


def _forms(text: str) -> Iterator[Suspect]:
    for match in _UNNAMED.finditer(text):
        yield Suspect(*match.span(), Sign.UNNAMED)
    if any(sign in text for sign in "*×○〇"):
        for match in _MASKED.finditer(text):
            yield Suspect(*match.span(), Sign.MASKED)
    for match in _TITLED.finditer(text):
        yield Suspect(*match.span(), Sign.TITLE)
    if _POINT.search(text):
        yield from _pointed(text)


_ROLE_IN_FRONT: Final = re.compile(rf".*(?:{_any_of(ROLES)}|[的对与和及由经据])")
_STATEMENT_INSIDE: Final = re.compile(rf"{_any_of(STATEMENTS)}|[的在于与和及未]|要求|申请")


def _pointed(text: str) -> Iterator[Suspect]:
    """Names like 阿卜杜拉·示例: without the role in front of them and what they say or do."""
    for match in _INTERPUNCT.finditer(text):
        start, end = match.span(1)
        head = _ROLE_IN_FRONT.match(_POINT.split(match[1])[0])
        start += head.end() if head else 0
        tail = _STATEMENT_INSIDE.search(text, start, end)
        end = tail.start() if tail else end
        body = text[start:end]
        is_other = body.endswith(NO_PERSONS_BEHIND_A_POINT) or text.startswith(NO_PERSONS_BEHIND_A_POINT, end)
        if _POINT.search(body[1:-1]) and not is_other and len(body) <= LONGEST_NAME:
            yield Suspect(start, end, Sign.INTERPUNCT)


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────
_GAP: Final = r"[ \-]?"
_LANDLINE: Final = re.compile(r"(?<![0-9A-Za-z\-])(?:\(0[0-9]{2,3}\)|0[0-9]{2,3}-)[0-9]{7,8}(?![0-9])")
_LANDLINE_NAMED: Final = re.compile(r"(?:电话|座机|致电|来电)(?:号码)?[:：为]?([0-9]{7,8})(?![0-9])")
_ACCOUNT: Final = re.compile(
    r"(?:微信号?|QQ号?|支付宝(?:账号|账户)?)[:：为是]?\s?([A-Za-z0-9_\-@.]{5,30})", re.IGNORECASE
)
_CARD: Final = re.compile(rf"(?<![0-9A-Za-z])[3-6](?:{_GAP}[0-9]){{14,18}}(?![0-9A-Za-z])")
_CARD_WORDS: Final = re.compile(r"卡|账|帐|银行|尾号|收款|转账")
_BEFORE: Final = 16
_PASSPORT: Final = re.compile(
    r"(?:护照|通行证|居留身份证)(?:号码?)?[:：为]?\s?([A-Z]{1,3}[0-9]{7,10}|[0-9]{8}(?![0-9]))"
)
_PLATE: Final = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·•. ]?"
    r"(?=[A-HJ-NP-Z]{0,5}[0-9])[A-HJ-NP-Z0-9]{4,6}[学警挂港澳]?(?![0-9A-Za-z\-])"
)
_EMAIL: Final = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}"
)


def _numbers(text: str) -> Iterator[Suspect]:
    for start, end in resident_id.find_all(text):
        yield Suspect(start, end, Sign.IDENTITY_NUMBER)
    for start, end in resident_id.find_phones(text):
        yield Suspect(start, end, Sign.TELEPHONE)
    for pattern, sign in (
        (_EMAIL, Sign.EMAIL),
        (_LANDLINE, Sign.TELEPHONE),
        (_PLATE, Sign.PLATE),
    ):
        for match in pattern.finditer(text):
            yield Suspect(*match.span(), sign)
    for pattern, sign in ((_LANDLINE_NAMED, Sign.TELEPHONE), (_ACCOUNT, Sign.ACCOUNT), (_PASSPORT, Sign.PASSPORT)):
        for match in pattern.finditer(text):
            yield Suspect(*match.span(1), sign)
    for match in _CARD.finditer(text):
        if _is_card(match[0], text[max(0, match.start() - _BEFORE) : match.start()]):
            yield Suspect(*match.span(), Sign.BANK_CARD)


def _is_card(written: str, before: str) -> bool:
    """Whether a run of digits is the number of a bank card: the check digit is right, and its beginning or what stands
    before says so (ISO/IEC 7812; 62 is UnionPay).
    """
    number = compact(written).replace("-", "")
    if not _luhn(number) or uscc.is_valid(number):
        return False
    return number.startswith("62") or _CARD_WORDS.search(before) is not None


def _luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────
_COUNT: Final = r"(?:[0-9]{1,6}[A-Za-z]?|[A-Za-z][0-9]{0,6}|[一二三四五六七八九十]+)"
_PART: Final = rf"{_COUNT}#?(?:号楼|幢|栋|座|梯|单元|层|楼|室|房|户)"
_INSIDE: Final = r"[^,，。；;、：:“”\s]"
_HOUSE: Final = re.compile(
    rf"(?:(?<![0-9]){_COUNT}(?:号院|号|弄)(?:之[一二三四五0-9]+)?|(?:小区|花园|苑|公寓|新村|家园|社区|庭|城|府|里|坊|湾))"
    rf"[^,，。；;：:“”\s]{{0,14}}?{_PART}(?:{_INSIDE}{{0,4}}?{_PART}){{0,4}}"
)
_HOME: Final = re.compile(
    r"(?:家住|住址(?:[:：为是]|在)?|现住(?:址[:：为]?)?|居住(?:于|在|地[:：为]?)|住在|户籍地(?:址)?[:：为]?)"
    r"([^,，。；;\s]{5,40})"
)
_STREET: Final = re.compile(
    r"(?:[^,，。；;、：:“”\s的在于至到为是对从向与]*?(?:省|市|区|县|镇|乡|街道|路|街|巷|弄|村|道))?"
    r"[^,，。；;、：:“”\s的在于至到为是对从向与]{0,16}$"
)
_PLACE_WORDS: Final = ("位于", "住所", "地址", "住址", "场所", "家住", "租住")
_BUSINESS: Final = re.compile(rf"(?:{_any_of(BUSINESS_PLACES)})(?:位于|为|是|在|设在|:|：)?[（(]?$")


def _addresses(text: str) -> Iterator[Suspect]:
    for match in _HOME.finditer(text):
        yield Suspect(*match.span(1), Sign.ADDRESS)
    for match in _HOUSE.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()]
        street = _STREET.search(before)
        start = match.start() - (len(street[0]) if street else 0)
        for word in _PLACE_WORDS:
            place = text.rfind(word, start, match.start())
            start = place + len(word) if place >= 0 else start
        if not _BUSINESS.search(text[max(0, start - 20) : start]):
            yield Suspect(start, match.end(), Sign.ADDRESS)


_FINDERS: Final = (_numbers, _addresses, _names, _forms)
