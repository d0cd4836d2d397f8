"""Weights, thresholds and caps set anew on a page: who may, what is told, what is kept, what becomes of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.governance.rules.lines import changed_files
from rongxin.governance.rules.models import RuleDraft
from rongxin.governance.rules.setting import Setting, in_force, setting
from rongxin.governance.rules.workflow import bring_into_force
from rongxin.policy.pack import Policy
from rongxin.rulebook import actions, queries
from rongxin.workflow.actions import take_step
from tests.desk.test_pages import as_officer
from tests.factories import a_department, at, the_pack, the_rules
from tests.governance.test_setting import read
from tests.intake.coverage.batches import an_officer
from tests.strict import assert_strict

pytestmark = pytest.mark.django_db
ADDRESS = "/desk/rules/weights"
GENERAL, CLASSES = "risk/points/penalties_general", "risk/classes"
FIELD = re.compile(r'<input class="form-control[^"]*"\s+id="[^"]*"\s+name="([^"]+)"\s+value="([^"]*)"\s+inputmode')


@dataclass(frozen=True)
class Lead:
    """The credit office with two officers."""

    drafter: Account
    second: Account
    page: Client

    def sent(self, **changed: Any) -> Any:
        """The form as the browser sends it, with every number that it shows; ``changed`` by the words of their fields."""
        return self.page.post(ADDRESS, {**filled_in(self.page), "reason": "按抽查结果校准", **changed}, follow=True)


@pytest.fixture
def lead() -> Iterator[Lead]:
    with time_machine.travel(at("2026-11-30"), tick=False):
        queries.forget()
        the_rules()
        office = a_department("lead", "福州市示例信用信息牵头办公室")
        drafter = an_officer(office, Role.CITY_OFFICE, "drafter")
        yield Lead(drafter, an_officer(office, Role.CITY_OFFICE, "second"), as_officer(drafter))
    queries.forget()


def filled_in(client: Client, on: str = "") -> dict[str, str]:
    text = client.get(ADDRESS, {"on": on} if on else {}).content.decode()
    hidden = dict(re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', text))
    day = re.findall(r'type="date"\s+value="([^"]*)"', text)[0]
    return {**dict(FIELD.findall(text)), **hidden, "first_day": day}


def released(entries: dict[str, dict[str, str]], first_day: str) -> Policy:
    """Other rules that two people released meanwhile."""
    rules = queries.current()
    sources = queries.sources(rules.digest)
    made = setting(rules, entries, first_day=first_day, reason="示例", today=at("2026-11-30").date())
    assert isinstance(made, Setting)
    sources |= changed_files(rules, sources, made)
    other = read(sources, "fuzhou")
    actions.release(other, sources, asked_by="one", approved_by="other", note="示例")
    queries.forget()
    return other


def test_every_number_that_decides_about_a_class_stands_on_the_page_with_what_it_is_for(lead: Lead) -> None:
    answer = lead.page.get(ADDRESS)
    text = answer.content.decode()
    assert_strict(answer)
    rules, _ = the_pack()
    fields = dict(FIELD.findall(text))
    for key in (CLASSES, "risk/dimensions", *(each.key for each in rules.indicators.values())):
        for name, number in in_force(rules, key, at("2026-11-30").date()).items():
            assert fields.pop(f"{key}.{name}") == str(number)
    assert not fields
    for words in (
        "近12个月受过N次一般的行政处罚，六个月前的减半",
        "监管情况",
        "本维度的上限",
        "满 1,000,000 元",
        "减分",
    ):
        assert words in text


def test_a_weight_and_a_threshold_become_a_draft_that_a_second_person_releases(lead: Lead) -> None:
    answer = lead.sent(**{f"{GENERAL}.each": "10", f"{CLASSES}.b": "12", "first_day": "2026-12-01"})
    made = RuleDraft.objects.get()
    page = answer.content.decode()
    assert answer.redirect_chain == [(reverse("desk:case", args=[made.case.number]), 302)]
    for words in ("已保存为草案", "改了什么", "<del>8</del>", "<b>10</b>", "32 不变", "<b>12</b>", "须由另一人办理"):
        assert words in page
    assert "按抽查结果校准" in made.note
    assert "“一般的行政处罚”每一项 8→10" in made.note

    draft = Policy.from_canonical(made.content)
    assert draft.digest == made.digest == read(made.sources, "fuzhou").digest
    take_step(made.case.number, "approve", by=lead.second, answers={"effective_on": "2026-11-30"})
    assert bring_into_force() == 1
    queries.forget()
    today, from_then = (at(day).date() for day in ("2026-11-30", "2026-12-01"))
    assert [in_force(queries.current(), GENERAL, on)["each"] for on in (today, from_then)] == [8, 10]
    assert [in_force(queries.current(), CLASSES, on)["b"] for on in (today, from_then)] == [10, 12]


def test_what_does_not_do_is_told_at_the_field_and_in_a_summary_and_everything_entered_is_kept(lead: Lead) -> None:
    wrong = {f"{GENERAL}.each": "acht", f"{CLASSES}.c": "10", "first_day": "2026-11-29", "reason": " "}
    answer = lead.sent(**wrong, **{"risk/points/penalties_minor.each": "2"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert RuleDraft.objects.count() == 0
    assert_strict(answer)
    assert "有 4 处要改" in text
    for field in ("risk-points-penalties_general-each", "risk-classes-c", "first_day", "reason"):
        assert f'<a href="#{field}">' in text
        assert f'id="{field}-error"' in text
        assert f'id="{field}"' in text
    kept = dict(FIELD.findall(text))
    assert (kept[f"{GENERAL}.each"], kept[f"{CLASSES}.c"]) == ("acht", "10")
    assert kept["risk/points/penalties_minor.each"] == "2"
    assert 'value="2026-11-29"' in text


def test_what_was_entered_is_shown_as_text(lead: Lead) -> None:
    text = lead.sent(**{f"{GENERAL}.each": '">!', "reason": "</textarea>!"}).content.decode()
    assert '">!' not in text
    assert "</textarea>!" not in text


def test_nothing_changed_is_no_draft(lead: Lead) -> None:
    answer = lead.sent()
    assert (answer.status_code, RuleDraft.objects.count()) == (422, 0)
    assert "没有改动任何数值" in answer.content.decode()


def test_numbers_filled_in_beside_other_rules_are_not_saved_but_kept_beside_the_new_ones(lead: Lead) -> None:
    form = filled_in(lead.page)
    released({"risk/points/penalties_minor": {"each": "3"}}, "2026-11-30")
    answer = lead.page.post(ADDRESS, {**form, f"{GENERAL}.each": "10", "reason": "示例"})
    text = answer.content.decode()
    assert (answer.status_code, RuleDraft.objects.count()) == (422, 0)
    assert "另有规则生效" in text
    kept = dict(FIELD.findall(text))
    # What the officer changed stays; what somebody else changed meanwhile is not taken back unseen.
    assert (kept[f"{GENERAL}.each"], kept["risk/points/penalties_minor.each"]) == ("10", "3")
    again = {**filled_in(lead.page), f"{GENERAL}.each": "10", "reason": "示例"}
    assert lead.page.post(ADDRESS, again).status_code == 302


def test_a_draft_is_outdated_by_rules_that_came_into_force_after_it(lead: Lead) -> None:
    lead.sent(**{f"{GENERAL}.each": "10"})
    released({"risk/points/penalties_minor": {"each": "3"}}, "2026-11-30")
    made = RuleDraft.objects.get()
    page = as_officer(lead.second).get(f"/desk/cases/{made.case.number}").content.decode()
    assert "须按现行规则重新起草" in page


def test_what_is_planned_is_told_and_can_be_changed_from_its_day(lead: Lead) -> None:
    released({GENERAL: {"each": "9"}}, "2027-01-01")
    text = lead.page.get(ADDRESS).content.decode()
    assert "起已定为 每一项 9；最多 32" in text
    assert f'href="{ADDRESS}?on=2027-01-01"' in text
    later = filled_in(lead.page, "2027-01-01")
    assert (later[f"{GENERAL}.each"], later["first_day"]) == ("9", "2027-01-01")
    lead.page.post(ADDRESS, {**later, f"{GENERAL}.each": "8", "reason": "不改了"})
    draft = Policy.from_canonical(RuleDraft.objects.get().content)
    assert in_force(draft, GENERAL, at("2027-01-01").date())["each"] == 8


@pytest.mark.parametrize("given", [{}, {"version": "0" * 64}, {"on": "gestern"}])
def test_a_form_of_no_rules_is_no_draft(lead: Lead, given: dict[str, str]) -> None:
    answer = lead.page.post(ADDRESS, {f"{GENERAL}.each": "10", "reason": "示例", **given})
    assert (answer.status_code, RuleDraft.objects.count()) == (422, 0)


def test_others_neither_see_nor_send_it(lead: Lead) -> None:
    reviewer = as_officer(an_officer(a_department(), Role.REVIEWER, "reviewer"))
    assert reviewer.get(ADDRESS).status_code == 403
    assert reviewer.post(ADDRESS, filled_in(lead.page)).status_code == 403
    assert ADDRESS not in reviewer.get("/desk/cases").content.decode()
    for page in ("/desk/cases", "/desk/rules/draft"):
        assert ADDRESS in lead.page.get(page).content.decode()


def test_the_page_asks_the_database_for_no_single_indicator(lead: Lead) -> None:
    lead.page.get(ADDRESS)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        lead.page.get(ADDRESS)
    with CaptureQueriesContext(connection) as of_another:
        lead.page.get("/desk/rules/draft")
    assert len(asked) <= len(of_another) + 1


def test_it_speaks_english(lead: Lead) -> None:
    lead.page.cookies["django_language"] = "en"
    text = lead.page.get(ADDRESS).content.decode()
    assert "Set risk weights" in text
    assert "N general penalties in the last 12 months" in text
