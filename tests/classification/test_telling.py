"""告知: whose class becomes worse hears of it while it may object, once, and comes from the message to every reason."""

import re

import pytest
from django.urls import reverse

from rongxin.classification.models import Use
from rongxin.classification.running import classify_on
from rongxin.classification.telling import NOTICE, tell_of_shown, told_of
from rongxin.notices.models import Notice
from rongxin.workflow.actions import take_step
from tests.classification.city import IN_USE_ON, City, a_city
from tests.classification.test_adjusting import LATER
from tests.desk.test_pages import as_officer
from tests.factories import a_subject
from tests.remedies.town import Town, on
from tests.subjects.mandates.firms import a_login


@pytest.fixture
def city(town: Town) -> City:
    """The firm of the town has a class B; somebody acts for it, and for another with nothing on file."""
    town.penalty("榕市监罚〔2026〕800号", severity="serious")
    town.hall.held(a_login(), a_subject("福州示例无记录有限公司", region="350102"))
    return a_city(town)


def told() -> list[Notice]:
    return list(Notice.objects.filter(name=NOTICE).order_by("pk"))


def case_page(city: City, use: Use) -> str:
    return " ".join(as_officer(city.second).get(f"/desk/cases/{use.case.number}").text.split())


def test_whose_class_becomes_worse_is_told_once_with_the_last_day_to_object(city: City) -> None:
    use = city.shown()
    assert [tell_of_shown.call_now() for _ in range(2)] == [1, 0]
    (notice,) = told()
    assert (notice.uscc, notice.title_zh) == (
        city.town.firm.uscc,
        "风险类别将变为 B 类（一般风险），2026年11月26日以前可以申诉",
    )
    assert "将由 （无）变为 B 类（一般风险）" in notice.body_zh
    use.refresh_from_db()
    assert use.told_at
    assert told_of(use) == 1


def test_a_job_that_was_stopped_half_way_tells_nobody_twice(city: City) -> None:
    use = city.shown()
    tell_of_shown.call_now()
    Use.objects.filter(pk=use.pk).update(told_at=None)
    assert tell_of_shown.call_now() == 0
    assert len(told()) == 1


def test_a_class_that_stays_is_told_to_nobody_and_one_that_grows_worse_by_both_letters(city: City) -> None:
    city.used()
    with on(IN_USE_ON):
        use = city.shown(classify_on(LATER, in_full=True))
        assert tell_of_shown.call_now() == 0
        take_step(use.case.number, "stop", by=city.first, reason="另有记录补报")
        city.burdened()
        city.shown(classify_on(LATER, in_full=True))
        assert tell_of_shown.call_now() == 1
    (notice,) = told()
    assert "由 B 类（一般风险）变为 D 类（高风险）" in notice.body_zh


def test_where_no_run_is_shown_or_the_rules_know_no_such_notice_nobody_is_told(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tell_of_shown.call_now() == 0
    city.proposed()
    assert tell_of_shown.call_now() == 0
    monkeypatch.setattr("rongxin.classification.telling.NOTICE", "unknown_here")
    city.shown()
    assert tell_of_shown.call_now() == 0
    assert not told()


def test_the_message_leads_to_every_reason_and_the_office_sees_how_many_were_told_and_read_it(city: City) -> None:
    use = city.shown()
    tell_of_shown.call_now()
    assert "已告知 1 户，其中 0 户已读" in case_page(city, use)
    its, (notice,) = as_officer(city.town.login), told()
    page = its.get(f"/enterprise/messages/{notice.pk}").text
    (address,) = re.findall(r'class="btn btn-primary" href="(/enterprise/firms/[^"]+)"', page)
    assert address == reverse("enterprise:class", args=[city.town.firm.uscc])
    assert "看类别和全部理由" in page
    its.post(reverse("enterprise:message_read", args=[notice.pk]))
    assert "已告知 1 户，其中 1 户已读" in case_page(city, use)


def test_where_nobody_acted_for_grows_worse_the_office_is_told_that_no_message_was_sent(city: City) -> None:
    city.used()
    with on(IN_USE_ON):
        use = city.shown(classify_on(LATER, in_full=True))
        assert "还没有告知过谁" in case_page(city, use)
        tell_of_shown.call_now()
        assert "没有发出消息" in case_page(city, use)
