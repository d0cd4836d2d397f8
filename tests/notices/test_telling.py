"""From a step or from time to a notice: to whom, in which words, once."""

import random

import pytest
from django.db import DatabaseError, connection, transaction

from rongxin.accounts.permissions import Role
from rongxin.jobs.models import Run
from rongxin.notices.models import Notice
from rongxin.notices.recipients import Recipient, credit_offices, name_subject
from rongxin.notices.telling import NoTemplate, tell
from rongxin.policy.notices import NoticeValue
from rongxin.policy.pack import Policy
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.keeping import keep_clocks
from rongxin.workflow.models import Case, CaseEvent
from tests.factories import a_department
from tests.intake.coverage.batches import an_officer
from tests.notices.conftest import ACCEPTED, a_head, tell_all, telling_rules
from tests.workflow.conftest import Bureau, changed, in_force, on, rules, with_year


def told() -> list[tuple[str, str]]:
    return [(notice.name, who(notice)) for notice in Notice.objects.order_by("pk").select_related("department")]


def who(notice: Notice) -> str:
    if notice.uscc:
        return notice.uscc
    return notice.account.username if notice.account else notice.department.code if notice.department else ""


def test_a_step_is_told_in_the_words_of_the_pack(bureau: Bureau, accepted: Case) -> None:
    tell_all()
    [notice] = Notice.objects.all()
    assert notice.title.zh == f"已受理：{accepted.number}"
    assert notice.body.zh == "示例修复：榕示市监罚〔2026〕64号：受理。理由：示例理由。到期 2026年11月26日。"
    assert notice.body.en.endswith("Accept. 示例理由. Due 2026-11-26.")
    assert (notice.case, notice.by, notice.policy_digest) == (accepted, bureau.clerk, rulebook.current().digest)


def test_the_head_is_told_by_name_and_the_department_where_there_is_none(bureau: Bureau, accepted: Case) -> None:
    head = a_head(bureau)
    tell_all()
    assert told() == [("accepted", "demo"), ("accepted", "head")]
    assert Notice.objects.get(account=head).department is None


def test_what_time_does_is_told(bureau: Bureau) -> None:
    case = bureau.open()
    a_head(bureau)
    for day in ("2026-11-12", "2026-11-16", "2026-11-18", "2026-11-20"):
        with on(day):
            keep_clocks()
            tell_all()
    names = [name for name, _ in told()]
    assert names.count("case_warned") == 2
    assert [to for name, to in told() if name == "case_overdue"] == ["demo", "head"]
    assert [to for name, to in told() if name == "case_escalated"] == ["lead", "head", "demo"]
    body = Notice.objects.filter(name="case_escalated").first().body.zh  # type: ignore[union-attr]
    assert f"示例事项案件 {case.number}" in body
    assert "已逾期 3 个工作日" in body


def test_a_moved_last_day_is_told(bureau: Bureau) -> None:
    with on("2026-12-30"):
        in_force(telling_rules_until(2026))
        case = bureau.open()
        assert case.is_provisional
        in_force(with_year(telling_rules_until(2026), 2027, off=["2027-01-01"], work=["2027-01-02"]))
        keep_clocks()
        tell_all()
    assert [name for name, _ in told()] == ["case_due_moved", "case_warned"]


def telling_rules_until(year: int) -> Policy:
    return changed(telling_rules(), calendar_years=rules(calendar_until=year).calendar_years)


def test_the_nearest_credit_office_oversees(bureau: Bureau) -> None:
    city = a_department("city", "福州市示例办", region="350100")
    county = a_department("county", "鼓楼区示例办", region="350102")
    elsewhere = a_department("elsewhere", "厦门市示例办", region="350200")
    for office in (city, elsewhere):
        an_officer(office, Role.CITY_OFFICE)
    in_county = a_department("in-county", "鼓楼区示例局", region="350102")
    assert credit_offices(in_county) == [city]
    an_officer(county, Role.COUNTY_OFFICE)
    assert credit_offices(in_county) == [county]
    assert credit_offices(a_department("in-city", "福州市示例局", region="350100")) == [city]


def test_the_opener_hears_of_the_end_and_an_enterprise_by_its_code(bureau: Bureau) -> None:
    name_subject("toy", lambda case: "91990000MA0000015Q")
    in_force(telling_rules(ACCEPTED | {"to": ["subject", "opener", "handler"]}))
    bureau.take(bureau.open(), "accept")
    tell_all()
    assert told() == [("accepted", "91990000MA0000015Q"), ("accepted", "clerk")]


def test_without_a_template_everything_waits_and_nothing_is_lost(bureau: Bureau) -> None:
    in_force(rules())
    bureau.take(bureau.open(), "accept")
    with pytest.raises(NoTemplate, match="accepted"):
        tell_all()
    assert told() == []
    in_force(telling_rules())
    assert tell_all() == 1
    assert [name for name, _ in told()] == ["accepted"]


def test_a_step_asks_for_the_job_at_once(bureau: Bureau) -> None:
    bureau.open()
    bureau.open()
    assert Run.objects.filter(job="notices.make_notices").count() == 1


def test_the_same_thing_is_told_once(bureau: Bureau) -> None:
    policy, to = rulebook.current(), [Recipient(department=bureau.department), Recipient(account=bureau.clerk)]
    values = dict.fromkeys(NoticeValue, "示例")
    first = tell(policy, policy.notices["accepted"], key="示例", to=to, values=values)
    again = tell(policy, policy.notices["accepted"], key="示例", to=[*to, Recipient(uscc="示例")], values=values)
    assert (len(first), len(again)) == (2, 1)


@pytest.mark.parametrize("table", ["notice", "receipt", "serving", "attempt", "contactchange", "servingnote"])
def test_the_database_changes_no_proof(bureau: Bureau, accepted: Case, table: str) -> None:
    tell_all()
    triggers = connection.cursor()
    if connection.vendor == "sqlite":
        triggers.execute(
            "SELECT count(*) FROM sqlite_master WHERE type='trigger' AND tbl_name=%s", [f"notices_{table}"]
        )
    else:
        triggers.execute("SELECT count(*) FROM pg_trigger WHERE tgname = %s", [f"notices_{table}_only_grows"])
    assert triggers.fetchone()[0] >= 1
    if table == "notice":
        for change in (lambda: Notice.objects.update(title_zh="改"), lambda: Notice.objects.all().delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("seed", range(12))
def test_whatever_crashes_every_notice_is_there_once(
    bureau: Bureau, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps and a worker that dies at random statements: the same notices as without a crash."""
    chance = random.Random(seed)
    a_head(bureau)
    cases = [bureau.open() for _ in range(3)]

    def dies(execute: object, sql: str, params: object, many: bool, context: object) -> object:
        if chance.random() < 0.04:
            raise Killed
        return execute(sql, params, many, context)  # type: ignore[operator]

    for case in cases:
        bureau.take(case, "accept")
        for _ in range(3):
            try:
                with connection.execute_wrapper(dies), transaction.atomic():
                    # In a test all is one transaction; the savepoint stands for what each event is in service.
                    tell_all()
            except Killed:
                continue
    tell_all()
    expected = [(f"case-event:{event.position}", to) for event in accepted_events() for to in ("demo", "head")]
    assert sorted((notice.key, who(notice)) for notice in Notice.objects.all()) == sorted(expected)


def accepted_events() -> list[CaseEvent]:
    return list(CaseEvent.objects.filter(step="accept"))
