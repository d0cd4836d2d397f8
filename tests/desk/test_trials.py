"""试算影响 on the desk: beside the case of the draft, for both who decide; with names on its own page, without in downloads."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.classification.models import Failure, Trial
from rongxin.classification.trying import try_draft
from rongxin.governance.rules.actions import draft
from rongxin.governance.rules.lines import changed_files
from rongxin.governance.rules.models import RuleDraft
from rongxin.governance.rules.setting import Setting, setting
from rongxin.jobs.errors import NO_ROOM
from rongxin.jobs.models import Run, State
from rongxin.ledger.models import Pending
from rongxin.rulebook import queries
from rongxin.subjects.models import Subject
from rongxin.workflow.actions import take_step
from tests.desk.test_pages import as_officer
from tests.factories import a_department, a_record, a_subject, an_account, at, the_rules
from tests.strict import assert_strict

pytestmark = pytest.mark.django_db
GENERAL = "risk/points/penalties_general"
HEAVIER = {GENERAL: {"each": "32", "most": "64"}}


@dataclass
class Office:
    """The credit office of a city: ``page`` of who drafts, ``second`` of who releases. Two enterprises with a penalty each, the
    second of another city; a third without.
    """

    drafter: Account
    page: Client
    second: Client
    firms: tuple[Subject, ...]
    drafts: list[RuleDraft] = field(default_factory=list)

    def drafted(self, entries: dict[str, dict[str, str]], first_day: str = "2026-11-30") -> str:
        """The page of the case of a new draft."""
        rules = queries.current()
        made = setting(rules, entries, first_day=first_day, reason="示例", today=at("2026-11-30").date())
        assert isinstance(made, Setting)
        files = changed_files(rules, queries.sources(rules.digest), made)
        self.drafts.append(draft(files, "示例", self.drafter))
        return reverse("desk:case", args=[self.drafts[-1].case.number])

    def asked(self) -> Trial:
        """What comes of the button."""
        answer = self.page.post(reverse("desk:trial_start", args=[self.drafts[-1].case.number]))
        assert answer.status_code == 302
        return Trial.objects.latest("pk")

    def tried(self) -> Trial:
        """A trial that is over."""
        trial = self.asked()
        try_draft.call_now(trial.pk)
        return trial


@pytest.fixture
def office() -> Iterator[Office]:
    with time_machine.travel(at("2026-11-30"), tick=False):
        queries.forget()
        the_rules()
        city = a_department("lead", "福州市示例信用办", region="350100")
        here, elsewhere, good = (
            a_subject(f"示例{name}公司", region=region)
            for name, region in (("甲", "350103"), ("乙", "350203"), ("丙", "350103"))
        )
        for firm in (here, elsewhere):
            a_record(firm, department=city, decided_on=at("2026-06-01").date())
        drafter = an_account(Role.CITY_OFFICE, city, "drafter")
        second = an_account(Role.CITY_OFFICE, city, "second")
        yield Office(drafter, as_officer(drafter), as_officer(second), (here, elsewhere, good))
    queries.forget()


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    assert_strict(answer)
    return answer.content.decode()


def test_the_case_of_a_draft_that_changes_classes_offers_to_try_it(office: Office) -> None:
    text = text_of(office.page, office.drafted(HEAVIER))
    assert "对分类的影响" in text
    assert "试算影响" in text
    assert "两边都按今天计算" in text


def test_a_draft_that_leaves_the_classes_alone_offers_nothing(office: Office) -> None:
    files = queries.sources(queries.current().digest)
    name = "national/values/risk.yaml"
    begins = files[name].index("risk/preview_days:")
    other = files[name][:begins] + files[name][begins:].replace("value: 10\n", "value: 11\n", 1)
    made = draft({name: other}, "示例", office.drafter)
    assert "对分类的影响" not in text_of(office.page, reverse("desk:case", args=[made.case.number]))


def test_lines_that_begin_later_say_as_of_which_day_both_are_reckoned(office: Office) -> None:
    text = text_of(office.page, office.drafted(HEAVIER, "2027-01-01"))
    assert "草案的新数值从 2027-01-01 起，所以两边都按这一天计算" in text


def test_while_it_runs_the_page_asks_again_and_then_shows_the_same_to_both(office: Office) -> None:
    case = office.drafted(HEAVIER)
    trial = office.asked()
    text = text_of(office.page, case)
    assert 'hx-trigger="every 2s"' in text
    assert "排队等候" in text
    try_draft.call_now(trial.pk)
    for client in (office.page, office.second):
        text = text_of(client, case)
        assert "3 户里 2 户变差、0 户变好，其余不变。" in text
        assert "一般的行政处罚" in text
        assert reverse("desk:trial", args=[trial.pk]) in text
        assert "hx-trigger" not in text.split('id="trial"')[1].split(">")[0]
        assert office.firms[0].name not in text


def test_the_page_names_those_of_the_own_region_and_logs_the_look(office: Office) -> None:
    office.drafted(HEAVIER)
    trial = office.tried()
    before = Pending.objects.count()
    text = text_of(office.page, reverse("desk:trial", args=[trial.pk]))
    assert office.firms[0].name in text
    assert office.firms[1].name not in text
    assert "一般的行政处罚 +8 → +32" in text
    for words in ("按地区", "按行业", "按规模"):
        assert words in text
    assert Pending.objects.count() == before + 1


def test_downloads_hold_numbers_and_no_enterprise(office: Office) -> None:
    office.drafted(HEAVIER)
    trial = office.tried()
    told = json.loads(office.page.get(reverse("desk:trial_json", args=[trial.pk])).content)
    assert told["cases"] == []
    assert sum(map(sum, told["moves"]["counts"])) == 3
    rows = list(csv.reader(io.StringIO(office.page.get(reverse("desk:trial_csv", args=[trial.pk])).content.decode())))
    assert rows[1] == ["全部", "", "3", "0", "0", "0", "1", "0", "2", "0", "2", "0"]
    assert {row[0] for row in rows[2:]} == {"按地区", "按行业", "按规模"}


def test_why_it_cannot_be_tried_stands_on_the_case(office: Office) -> None:
    case = office.drafted(HEAVIER)
    trial = office.asked()
    Trial.objects.filter(pk=trial.pk).update(failure=Failure.OTHER_SNAPSHOT, finished_at=at("2026-11-30"))
    text = text_of(office.page, case)
    assert "请先单独发布种类的修改" in text
    assert "再试算一次" in text


def test_work_that_gave_up_can_be_asked_for_again(office: Office) -> None:
    case = office.drafted(HEAVIER)
    trial = office.asked()
    Run.objects.filter(job=try_draft.name).update(state=State.FAILED, finished_at=at("2026-11-30"))
    text = text_of(office.page, case)
    assert "这次试算没有完成" in text
    again = office.asked()
    assert (again.pk, again.run != trial.run) == (trial.pk, True)


def test_no_room_is_told_while_it_waits(office: Office) -> None:
    case = office.drafted(HEAVIER)
    office.asked()
    Run.objects.filter(job=try_draft.name).update(message=NO_ROOM)
    assert "平台存储空间已满，试算暂停" in text_of(office.page, case)


def test_after_the_decision_the_result_stays_and_nothing_is_tried_any_more(office: Office) -> None:
    case = office.drafted(HEAVIER)
    office.tried()
    take_step(office.drafts[-1].case.number, "withdraw", by=office.drafter, reason="示例")
    text = text_of(office.page, case)
    assert "2 户变差" in text
    assert "再试算一次" not in text
    office.page.post(reverse("desk:trial_start", args=[office.drafts[-1].case.number]))
    assert Trial.objects.get().finished_at is not None


def test_the_page_speaks_english(office: Office) -> None:
    office.drafted(HEAVIER)
    trial = office.tried()
    office.page.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    text = text_of(office.page, reverse("desk:trial", args=[trial.pk]))
    assert "Of 3 enterprises 2 would come into a class of higher risk" in text
