"""邀请: whom the groups of the rules find, each once; sent as a whole or not at all; and what the enterprise reads."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rongxin.accounts.permissions import Role
from rongxin.classification.running import classify_on
from rongxin.notices.models import Notice
from rongxin.remedies.declarations.actions import declare
from rongxin.remedies.declarations.inviting import (
    NotInvited,
    Problem,
    ask,
    declared_since,
    draft_invitations,
    drop,
    invitation_of,
    lists_of,
    on_list,
    send,
    send_invitations,
    told_of,
)
from rongxin.remedies.declarations.models import InvitationList
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.models import Subject
from tests.classification.city import TODAY, City, a_city
from tests.factories import a_department, a_record, a_sole_trader, a_subject, an_account
from tests.remedies.declared import PRODUCTS
from tests.remedies.town import Town, on
from tests.subjects.mandates.firms import a_login

ALL = ("low_evaluation", "key_supervised", "thin_file")
USED_ON = "2026-11-27"


def a_small_one(name: str = "福州示例新设商贸有限公司", **columns: Any) -> Subject:
    return a_subject(name, **{"region": "350103", "status": "active", "scale": "micro", "industry": "5411", **columns})


@pytest.fixture
def city(town: Town) -> City:
    """The firm of the town has a record, no size, and no trade that is watched: it belongs to no group."""
    return a_city(town)


@pytest.fixture
def run(city: City) -> None:
    classify_on(TODAY, in_full=True)


def drafted(city: City, *groups: str) -> InvitationList:
    made = ask(groups or ALL, by=city.first)
    draft_invitations.call_now(made.pk)
    made.refresh_from_db()
    return made


def found(made: InvitationList) -> dict[str, str]:
    return {each.subject.name: each.group for each in on_list(made)}


def sent(city: City, *groups: str) -> InvitationList:
    made = drafted(city, *groups)
    send(made, by=city.first)
    send_invitations.call_now(made.pk)
    made.refresh_from_db()
    return made


def classified() -> None:
    classify_on(timezone.localdate(), in_full=True)


# ── whom ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_small_ones_of_which_nothing_is_known_are_found_and_nobody_else(city: City) -> None:
    a_small_one()
    a_small_one("福州示例大型集团有限公司", scale="large")
    a_small_one("福州示例已注销有限公司", status="closed")
    a_small_one("厦门示例外地有限公司", region="350203")
    a_record(a_small_one("福州示例有记录有限公司"))
    a_sole_trader(region="350103", status="active", scale="micro")
    classified()
    made = drafted(city, "thin_file")
    assert found(made) == {"福州示例新设商贸有限公司": "thin_file"}
    assert (made.counts, made.as_of) == ({"thin_file": 1}, TODAY)


def test_trades_that_are_watched_are_found_by_their_indicator(city: City) -> None:
    a_small_one("福州示例食品有限公司", industry="1411", scale="large")
    a_small_one("福州示例食品小店有限公司", industry="1411")
    classified()
    assert set(found(drafted(city, "key_supervised"))) == {"福州示例食品有限公司", "福州示例食品小店有限公司"}
    # Whoever belongs to two groups is on the list once, in the first of the rules.
    both = drafted(city, "thin_file", "key_supervised")
    assert found(both)["福州示例食品小店有限公司"] == "key_supervised"
    assert both.counts == {"key_supervised": 2, "thin_file": 0}


def test_a_class_counts_once_it_is_in_use_and_as_it_holds_today(city: City) -> None:
    firm = a_small_one("福州示例两次处罚有限公司", scale="large")
    for day in (date(2026, 6, 1), date(2026, 7, 1)):
        a_record(firm, severity="serious", decided_on=day)
    run = classify_on(TODAY, in_full=True)
    assert run.counts["c"] == 1
    assert found(drafted(city, "low_evaluation")) == {}, "nobody is told of a class that is not in use"
    city.used(run)
    with on(USED_ON):
        made = drafted(city, "low_evaluation")
        assert found(made) == {"福州示例两次处罚有限公司": "low_evaluation"}


def test_who_declares_something_or_was_invited_of_late_is_left_out(city: City) -> None:
    silent, speaking = a_small_one(), a_small_one("福州示例已申报有限公司", address="示例路2号")
    declare(city.town.hall.held(a_login(), speaking), "products", PRODUCTS)
    classified()
    first = sent(city, "thin_file")
    assert list(found(first)) == [silent.name]
    assert found(drafted(city, "thin_file")) == {}
    with on("2027-11-12"):  # twelve months after the first
        classified()
        assert list(found(drafted(city, "thin_file"))) == [silent.name]


@pytest.mark.usefixtures("run")
def test_only_who_may_invites_and_something_must_be_chosen(city: City) -> None:
    clerk = an_account(Role.CLERK, a_department("other"), "clerk-of-another")
    with pytest.raises(PermissionDenied):
        ask(ALL, by=clerk)
    with pytest.raises(NotInvited) as refused:
        ask(["nothing"], by=city.first)
    assert refused.value.problem == Problem.NO_GROUP


def test_without_a_run_there_is_nothing_to_look_in(city: City) -> None:
    with pytest.raises(NotInvited) as refused:
        ask(ALL, by=city.first)
    assert refused.value.problem == Problem.NO_RUN


# ── sent or dropped ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_list_is_sent_once_and_not_dropped_after_that(city: City) -> None:
    a_small_one()
    classified()
    made = ask(["thin_file"], by=city.first)
    with pytest.raises(NotInvited) as early:
        send(made, by=city.first)
    assert early.value.problem == Problem.NOT_DRAFTED
    draft_invitations.call_now(made.pk)
    send(made, by=city.second)
    first = InvitationList.objects.get(pk=made.pk).sent_at
    send(made, by=city.second)
    assert InvitationList.objects.get(pk=made.pk).sent_at == first
    with pytest.raises(NotInvited) as late:
        drop(made, by=city.first)
    assert late.value.problem == Problem.OVER


def test_a_dropped_list_tells_nobody_and_invites_nobody(city: City) -> None:
    firm = a_small_one()
    classified()
    made = drafted(city, "thin_file")
    drop(made, by=city.first)
    with pytest.raises(NotInvited):
        send(made, by=city.first)
    assert not Notice.objects.filter(name="declaration_invited").exists()
    assert invitation_of(firm, rulebook.current(), timezone.now()) is None
    assert firm.name in found(drafted(city, "thin_file")), "who was not invited can be"


def test_a_list_stopped_half_way_begins_anew(city: City) -> None:
    a_small_one()
    classified()
    made = drafted(city, "thin_file")
    InvitationList.objects.filter(pk=made.pk).update(drafted_at=None, as_of=None, counts={})
    draft_invitations.call_now(made.pk)
    made.refresh_from_db()
    assert made.counts == {"thin_file": 1}
    assert len(found(made)) == 1


def test_dropped_while_it_is_drafted_it_stays_dropped(city: City) -> None:
    a_small_one()
    classified()
    made = ask(["thin_file"], by=city.first)
    drop(made, by=city.first)
    assert draft_invitations.call_now(made.pk) == 0
    made.refresh_from_db()
    assert made.drafted_at is None


def test_the_firm_is_told_once_in_its_window_and_answers(city: City) -> None:
    firm, other = a_small_one(address="示例路2号"), a_small_one("福州示例无人认领有限公司")
    mandate = city.town.hall.held(a_login(), firm)
    classified()
    made = sent(city, "thin_file")
    send_invitations.call_now(made.pk)  # a second time tells nobody anew
    (notice,) = Notice.objects.filter(name="declaration_invited")
    assert notice.uscc == firm.uscc
    assert city.first.works_for.name in notice.title_zh
    assert "主要产品与经营范围" in notice.body_zh
    assert "不填没有任何不利" in notice.body_zh
    assert (told_of(made), declared_since(made)) == (1, 0)
    for each in (firm, other):  # whoever claims it later reads it, too
        read = invitation_of(each, rulebook.current(), timezone.now())
        assert read
        assert (read.group.name, read.on) == ("thin_file", TODAY)
        assert [item.name for item in read.items] == ["products", "honour", "certification"]
    declare(mandate, "products", PRODUCTS)
    assert declared_since(made) == 1


def test_an_invitation_is_over_after_the_months_of_the_rules(city: City) -> None:
    firm = a_small_one()
    classified()
    sent(city, "thin_file")
    with on("2027-11-11"):
        assert invitation_of(firm, rulebook.current(), timezone.now())
    with on("2027-11-12"):
        assert invitation_of(firm, rulebook.current(), timezone.now()) is None


def test_an_office_sees_its_lists_and_those_below(city: City) -> None:
    a_small_one()
    classified()
    made = drafted(city, "thin_file")
    province = an_account(Role.PROVINCE_OFFICE, a_department("province", region="350000"), "province-officer")
    elsewhere = an_account(Role.CITY_OFFICE, a_department("xiamen", region="350200"), "xiamen-officer")
    assert list(lists_of(province)) == [made]
    assert list(lists_of(elsewhere)) == []
    with pytest.raises(PermissionDenied):
        send(made, by=elsewhere)


def test_drafting_takes_as_many_queries_for_many_firms_as_for_one(city: City) -> None:
    def queries() -> int:
        classified()
        made = ask(["thin_file"], by=city.first)
        with CaptureQueriesContext(
            connection,
        ) as told:
            draft_invitations.call_now(made.pk)
        return len(told)

    a_small_one()
    one = queries()
    for _ in range(20):
        a_small_one()
    assert queries() == one
