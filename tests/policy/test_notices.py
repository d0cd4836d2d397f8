"""Templates of notices: every fault is told with its file and line; a pack below takes the place of one above."""

from pathlib import Path

import pytest

from rongxin.policy.notices import filled_in
from rongxin.policy.pack import Policy
from tests.policy.packs import LAND, TOWN, loaded, mistakes

HEAD, MAIL, SMS = "land/notices/late.yaml", "land/notices/outside/email.yaml", "land/notices/outside/sms.yaml"
LATE = """\
name: late
title: {zh: "迟了：{number}", en: "Late: {number}"}
body:
  zh: |-
    {number} 到期 {due_on}。
  en: |-
    {number} was due on {due_on}.
values: [number, due_on]
to: [owner, head]
outside: [email]
"""
OUTSIDE = """\
channel: email
subject: {zh: "消息 {number}", en: "Message {number}"}
body: {zh: "{platform} {number} {address}", en: "{platform} {number} {address}"}
confirming:
  subject: {zh: "确认 {platform}", en: "Confirm {platform}"}
  body: {zh: "{code} {minutes}", en: "{code} {minutes}"}
"""
TEXT = """\
channel: sms
body: {zh: "{number} {address}", en: "{number} {address}"}
confirming:
  body: {zh: "{code} {minutes}", en: "{code} {minutes}"}
"""
TELLING = LAND | {HEAD: LATE, MAIL: OUTSIDE, SMS: TEXT}


def test_templates_are_part_of_what_is_released(tmp_path: Path) -> None:
    policy = loaded(tmp_path, TELLING)
    again = Policy.from_canonical(policy.canonical_json())
    assert again == policy
    assert again.notices["late"].title.zh == "迟了：{number}"
    assert set(again.outside_texts) == {"email", "sms"}


def test_a_pack_without_notices_is_what_it_was(tmp_path: Path) -> None:
    assert "notices" not in loaded(tmp_path, LAND).canonical_json()


def test_a_city_words_a_notice_anew(tmp_path: Path) -> None:
    own = {"town/notices/late.yaml": "name: late\nextends: late\nto: [owner]\noutside: [email, sms]\n"}
    notice = loaded(tmp_path, TELLING | TOWN | own, "town").notices["late"]
    assert (notice.to, notice.outside, notice.title.en) == (("owner",), ("email", "sms"), "Late: {number}")


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "told"),
    [
        (HEAD, "{number} 到期 {due_on}。", "{number} {name}到期 {due_on}", 4, "{name} is not in values"),
        (HEAD, "was due on {due_on}.", "is late", 6, "{due_on} is told in one language only"),
        (HEAD, "[number, due_on]", "[number, due_on, reason]", 8, 'no words name "reason"'),
        (HEAD, "[number, due_on]", "[number, due_on, person]", 8, "should be"),
        (HEAD, "[owner, head]", "[owner, neighbours]", 9, "should be"),
        (HEAD, "[owner, head]", "[owner, owner]", 9, "owner stands twice"),
        (HEAD, "[email]", "[pigeon]", 10, "should be"),
        (HEAD, "迟了：{number}", "迟了：{number", 2, "a brace that belongs to no value"),
        (HEAD, '"迟了：{number}"', '" "', 2, "title.zh is empty"),
        (HEAD, "name: late", "name: early", 1, 'notice "early" lies in late.yaml'),
        (
            MAIL,
            "{platform} {number} {address}",
            "{platform} {number} {address} {title}",
            3,
            "{title} is not in what may",
        ),
        (MAIL, 'body: {zh: "{platform} {number} {address}"', 'body: {zh: "{platform} {number}"', 3, "{address}"),
        (MAIL, "确认 {platform}", "确认 {code}", 5, "{code} is not in what a subject may tell"),
        (MAIL, 'body: {zh: "{code} {minutes}"', 'body: {zh: "{minutes}"', 6, "{code}"),
        (SMS, 'confirming:\n  body: {zh: "{code} {minutes}", en: "{code} {minutes}"}\n', "", 1, "is missing"),
        (SMS, "body:", "subject: {zh: 示例, en: x}\nbody:", 1, "an e-mail, and nothing else, has a subject"),
    ],
)
def test_a_fault_is_told_where_it_stands(tmp_path: Path, file: str, old: str, new: str, line: int, told: str) -> None:
    assert old in TELLING[file]
    found = mistakes(tmp_path, TELLING | {file: TELLING[file].replace(old, new, 1)})
    assert [each for each in found if each.file == file and each.line == line and told in each.message], found


def test_what_goes_outside_needs_its_text(tmp_path: Path) -> None:
    files = {name: text for name, text in TELLING.items() if name != MAIL}
    [found] = mistakes(tmp_path, files)
    assert (found.file, found.line) == (HEAD, 10)
    assert "notices/outside/email.yaml is missing" in found.message


def test_a_pack_below_says_that_it_takes_the_place(tmp_path: Path) -> None:
    [found] = mistakes(tmp_path, TELLING | TOWN | {"town/notices/late.yaml": LATE}, "town")
    assert "extend it to take its place" in found.message


def test_a_value_is_never_read_as_a_place() -> None:
    assert filled_in("{title}：{number}", {"title": "{number}", "number": "1"}) == "{number}：1"
