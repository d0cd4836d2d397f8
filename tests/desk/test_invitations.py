"""邀请申报 at the desk: a list is asked for, looked at, sent or dropped, and its answers are counted; what the firm then reads."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.classification.running import classify_on
from rongxin.jobs.models import Run, State
from rongxin.remedies.declarations.actions import declare
from rongxin.remedies.declarations.inviting import draft_invitations, send_invitations
from rongxin.remedies.declarations.models import InvitationList
from rongxin.subjects.mandates.models import Mandate
from rongxin.subjects.models import Subject
from tests.desk.test_pages import as_officer
from tests.enterprise.test_routes import as_login
from tests.factories import a_department, a_subject, an_account
from tests.remedies.declared import PRODUCTS
from tests.remedies.town import DAY, on
from tests.strict import assert_strict
from tests.subjects.mandates.firms import Hall, a_hall, a_login

pytestmark = pytest.mark.django_db
OVERVIEW = "/desk/invitations"


@dataclass
class Office:
    hall: Hall
    client: Client
    firm: Subject
    login: Account
    mandate: Mandate

    def read(self, address: str, status: int = 200) -> str:
        answer = self.client.get(address)
        assert answer.status_code == status
        assert_strict(answer)
        return answer.content.decode()

    def asked(self, *groups: str) -> InvitationList:
        answer = self.client.post(OVERVIEW, {"group": groups})
        assert answer.status_code == 302
        return InvitationList.objects.get(pk=int(answer["Location"].rsplit("/", 1)[-1]))

    def drafted(self, *groups: str) -> InvitationList:
        made = self.asked(*(groups or ("thin_file",)))
        draft_invitations.call_now(made.pk)
        return made

    def sent(self) -> InvitationList:
        made = self.drafted()
        assert self.client.post(at(made, "_send")).status_code == 302
        send_invitations.call_now(made.pk)
        return made


def at(made: InvitationList, part: str = "") -> str:
    return reverse(f"desk:invitation{part}", args=[made.pk])


def ticked(page: str) -> set[str]:
    """The groups that are chosen in the form."""
    return set(re.findall(r'name="group"\s+value="(\w+)"\s+checked', page))


@pytest.fixture
def office() -> Iterator[Office]:
    """A firm of which nothing is known, with a login, and another with none."""
    with on(DAY):
        hall, login = a_hall(), a_login()
        firm, _other = (
            a_subject(name, region="350103", status="active", scale="micro", address="示例路1号")
            for name in ("福州示例新设商贸有限公司", "福州示例无人认领有限公司")
        )
        mandate = hall.held(login, firm)
        classify_on(timezone.localdate(), in_full=True)
        lead = an_account(Role.CITY_OFFICE, hall.lead_office, "lead-of-invitations")
        yield Office(hall, as_officer(lead), firm, login, mandate)


def test_it_says_whom_what_they_read_and_that_nothing_follows(office: Office) -> None:
    page = office.read(OVERVIEW)
    for words in (
        "不填没有任何不利",
        "还没有邀请过",
        "信息很少的中小微企业",
        "记录少不是不好",
        "建议填：主要产品与经营范围",
    ):
        assert words in page
    assert ticked(page) == {"low_evaluation", "key_supervised", "thin_file"}
    assert 'href="/desk/invitations"' in office.read("/desk/")


def test_without_a_group_it_says_so_and_keeps_what_was_ticked(office: Office) -> None:
    answer = office.client.post(OVERVIEW, {})
    assert answer.status_code == 422
    assert "请至少选一类对象" in answer.content.decode()
    assert ticked(answer.content.decode()) == set()


def test_before_there_is_a_run_it_says_where_to_make_one() -> None:
    with on(DAY):
        hall = a_hall()
        client = as_officer(an_account(Role.CITY_OFFICE, hall.lead_office, "early"))
        answer = client.post(OVERVIEW, {"group": ["thin_file"]})
        assert answer.status_code == 422
        assert "请先在“风险分类”里计算一次" in answer.content.decode()


def test_while_it_is_drafted_the_page_looks_again_and_then_shows_the_list(office: Office) -> None:
    made = office.asked("thin_file", "key_supervised")
    page = office.read(at(made))
    assert 'hx-trigger="every 2s"' in page
    assert "正在找符合的企业" in page
    draft_invitations.call_now(made.pk)
    page = office.read(at(made))
    assert 'hx-trigger="every 2s"' not in page
    for words in (
        "发出，邀请 2 户",
        "福州示例新设商贸有限公司",
        "待发出",
        "按 2026-11-12 的计算",
        "信息很少的中小微企业 <i>2</i>",
    ):
        assert words in page, words


def test_where_it_could_not_be_drafted_it_says_what_to_do(office: Office) -> None:
    made = office.asked("thin_file")
    Run.objects.filter(pk=made.job).update(state=State.FAILED, finished_at=timezone.now())
    page = office.read(at(made))
    assert "名单没有拟成" in page
    assert 'hx-trigger="every 2s"' not in page
    assert at(made, "_drop") in page


def test_nobody_to_invite_is_said(office: Office) -> None:
    made = office.drafted("key_supervised")
    page = office.read(at(made))
    assert "没有要邀请的企业" in page
    assert at(made, "_send") not in page


def test_sent_it_counts_who_was_told_and_who_declared(office: Office) -> None:
    made = office.sent()
    page = office.read(at(made))
    for words in ("已发出", "还没有认领", "2026-11-12"):
        assert words in page
    assert at(made, "_drop") not in page
    declare(office.mandate, "products", PRODUCTS)
    page = office.read(at(made))
    assert "50.0%" in page or "50%" in page
    lines = office.client.get(at(made, "_csv")).content.decode().splitlines()
    assert lines[0].endswith("统一社会信用代码,名称,地区,对象,已通知")
    assert len(lines) == 3
    assert lines[1].startswith(office.firm.uscc)


def test_dropped_nothing_more_can_be_done_with_it(office: Office) -> None:
    made = office.drafted()
    assert office.client.post(at(made, "_drop"), follow=True).content.decode().count("已取消，没有通知任何企业") == 1
    page = office.read(at(made))
    assert "已经取消" in page
    assert at(made, "_send") not in page
    assert "已经发出或者取消" in office.client.post(at(made, "_send"), follow=True).content.decode()


def test_another_city_sees_nothing_of_it(office: Office) -> None:
    made = office.drafted()
    other = as_officer(an_account(Role.CITY_OFFICE, a_department("xiamen", region="350200"), "xiamen"))
    assert other.get(at(made)).status_code == 404
    assert other.post(at(made, "_send")).status_code == 404


def test_the_firm_reads_why_and_begins_with_a_click_until_it_declares(office: Office) -> None:
    window = as_login(office.login)
    address = reverse("enterprise:declarations", args=[office.firm.uscc])
    assert "邀请贵单位填报" not in window.get(address).content.decode()
    office.sent()
    answer = window.get(address)
    assert_strict(answer)
    page = answer.content.decode()
    for words in ("邀请贵单位填报（自愿）", "记录少不是不好", "可以先填", "主要产品与经营范围"):
        assert words in page, words
    declare(office.mandate, "products", PRODUCTS)
    assert "邀请贵单位填报" not in window.get(address).content.decode()
