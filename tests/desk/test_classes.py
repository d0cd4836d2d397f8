"""风险分类 on the desk: how many have which class, why one has its own, who moves; and in the enterprise's own window."""

import csv
import io
import json
from collections import Counter
from datetime import date
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.classification.jobs import classify_in_full
from rongxin.classification.models import Adjustment, Use
from rongxin.classification.reading import reckoned
from rongxin.classification.running import classify_on
from rongxin.jobs.models import Run as JobRun
from rongxin.ledger.entries import Kind
from rongxin.ledger.models import Pending
from rongxin.records.models import Effect, Record
from rongxin.workflow.actions import take_step
from rongxin.workflow.keeping import keep_clocks
from tests.classification.city import IN_USE_ON, TODAY, City, a_city
from tests.factories import a_record, a_sole_trader, a_subject, an_account, note
from tests.remedies.conftest import town  # noqa: F401
from tests.remedies.town import Town, on

LIST_BUDGET = 60


@pytest.fixture
def city(town: Town) -> City:  # noqa: F811
    for number in range(3):
        town.penalty(f"榕市监罚〔2026〕80{number}号", severity="serious")
    return a_city(town)


def as_officer(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def shown(client: Client, path: str, *, status: int = 200) -> Any:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.context["page"] if status == 200 else None


def test_before_any_run_the_page_says_how_one_comes_to_be(city: City) -> None:
    answer = as_officer(city.first).get("/desk/classes")
    assert "还没有计算过" in answer.text


def test_a_run_is_asked_for_once(city: City) -> None:
    client = as_officer(city.first)
    for _ in range(2):
        assert client.post("/desk/classes/start").status_code == 302
    assert JobRun.objects.filter(job=classify_in_full.name).count() == 1


def test_the_newest_full_run_is_proposed_and_leads_to_its_case(city: City) -> None:
    run = classify_on(TODAY, in_full=True)
    client = as_officer(city.first)
    assert shown(client, "/desk/classes").may_propose
    answer = client.post(f"/desk/classes/runs/{run.name}/use")
    use = Use.objects.get(run=run)
    assert unquote(answer["Location"]) == f"/desk/cases/{use.case.number}"
    assert not shown(client, "/desk/classes").may_propose
    assert "这是第一次" in as_officer(city.second).get(f"/desk/cases/{use.case.number}").text


def test_every_reason_is_told_with_its_source_and_the_numbers_add_up(city: City) -> None:
    city.used()
    with on(IN_USE_ON):
        page = shown(as_officer(city.first), f"/desk/classes/firms/{city.town.firm.uscc}")
    card = page.card
    assert sum(each.points for each in card.factors) + card.capped == card.points
    assert {each.document for factor in card.factors for each in factor.sources} >= {
        "榕市监罚〔2026〕800号",
        "榕示市监罚〔2026〕64号",
    }
    assert [band.is_current for band in card.bands].count(True) == 1
    assert card.course[-1].points == 0
    assert card.effects
    assert page.may_adjust


def test_a_record_without_a_document_number_is_called_by_its_kind(city: City) -> None:
    grade = {"evaluation_year": "2025", "grade": "A", "tax_authority": "福州市示例税务局"}
    with on("2026-11-10"):
        a_record(city.town.firm, kind="tax_grade_a", decided_on=date(2026, 2, 25), **grade)
    city.used()
    with on(IN_USE_ON):
        card = shown(as_officer(city.first), f"/desk/classes/firms/{city.town.firm.uscc}").card
    behind = {factor.title.zh: [each.document for each in factor.sources] for factor in card.factors}
    assert behind["纳税信用 A 级"] == ["纳税信用A级"]


def test_who_may_look_at_classes_by_role_and_region(city: City) -> None:
    city.used()
    path = f"/desk/classes/firms/{city.town.firm.uscc}"
    hall = city.town.hall.office
    with on(IN_USE_ON):
        assert shown(as_officer(city.town.reviewer), path)
        for role, status in ((Role.INSPECTOR, 200), (Role.CLERK, 403), (Role.WINDOW, 403)):
            shown(as_officer(an_account(role, hall, f"of-{role}")), path, status=status)
        elsewhere = a_subject(region="330106")
        shown(as_officer(city.first), f"/desk/classes/firms/{elsewhere.uscc}", status=404)


def test_a_sole_trader_is_explained_by_having_no_class(city: City) -> None:
    trader = a_sole_trader(region="350102")
    city.shown()
    page = shown(as_officer(city.first), f"/desk/classes/firms/{trader.uscc}")
    assert page.card is None
    assert "个体工商户从不分类" in page.why


def test_a_list_costs_a_fixed_number_of_queries_and_is_the_file(city: City) -> None:
    for _ in range(5):
        a_subject(region="350102")
    city.shown()
    client = as_officer(city.first)
    with CaptureQueriesContext(connection) as few:
        page = shown(client, "/desk/classes/a")
    assert len(page.lines.object_list) == 5
    for _ in range(15):
        a_subject(region="350102")
    classify_on(TODAY, in_full=True)
    with CaptureQueriesContext(connection) as many:
        page = shown(client, "/desk/classes/a")
    assert len(page.lines.object_list) == 20
    assert len(many) <= len(few) + 1 <= LIST_BUDGET
    rows = list(csv.reader(io.StringIO(client.get("/desk/classes/a.csv").content.decode("utf-8-sig"))))
    assert len(rows) == 21
    shown(client, "/desk/classes/e", status=404)


def looks() -> Counter[str]:
    """How often each enterprise was told of a look at its class."""
    told = map(json.loads, Pending.objects.filter(kind=Kind.ACCESS).values_list("payload", flat=True))
    return Counter(each["act"] for each in told if each.get("what") == "class")


def test_whoever_sees_the_class_of_a_named_enterprise_leaves_a_look(city: City) -> None:
    city.used()
    with on(IN_USE_ON):
        second = city.proposed(classify_on(TODAY, in_full=True))
        client = as_officer(city.first)
        seen = [looks()]
        for path in (
            f"/desk/classes/firms/{city.town.firm.uscc}",
            f"/desk/classes/{reckoned(second.run, [city.town.firm.pk])[city.town.firm.pk].grade.value}",
        ):
            assert client.get(path).status_code == 200
            seen.append(looks())
            assert seen[-1]["read"] == seen[-2]["read"] + 1
        assert client.get(f"{path}.csv").status_code == 200
        assert looks()["export"] == 1


def test_the_second_person_sees_who_moves(city: City) -> None:
    city.used()
    with on(IN_USE_ON):
        for record in Record.objects.all():
            note(record, Effect.REPAIRED)
        use = city.proposed(classify_on(TODAY, in_full=True))
        answer = as_officer(city.second).get(f"/desk/cases/{use.case.number}")
    assert city.town.firm.name in answer.text
    assert "0 户的类别变差，1 户变好" in answer.text


def test_an_office_proposes_another_class_on_its_page(city: City) -> None:
    city.used()
    path = f"/desk/classes/firms/{city.town.firm.uscc}/adjust"
    with on(IN_USE_ON):
        client = as_officer(city.first)
        assert client.post(path, {"statement": "联系 13800000000"}).status_code == 422
        assert client.post(path, {"statement": "整改已经复查合格，建议按 B 类。"}).status_code == 302
    assert Adjustment.objects.get().applied_by is None


# ── the enterprise's own window ──────────────────────────────────────────────────────────────────────────────────────
def test_the_enterprise_sees_its_class_before_it_is_used_and_objects(city: City) -> None:
    client, uscc = as_officer(city.town.login), city.town.firm.uscc
    path = f"/enterprise/firms/{uscc}/class"
    assert shown(client, path).use is None
    use = city.shown()
    page = shown(client, path)
    assert (page.use, page.may_object, str(page.preview_until)) == (use, True, "2026-11-26")
    answer = client.post(f"{path}/{use.run.name}/object", {"statement": "这条处罚已经撤销。"})
    objection = Adjustment.objects.get()
    assert unquote(answer["Location"]) == f"/enterprise/firms/{uscc}/cases/{objection.case.number}"
    assert not shown(client, path).may_object
    with on(IN_USE_ON):
        keep_clocks()
        client = as_officer(city.town.login)
        assert "今天没有对本企业使用的类别" in client.get(path).text


def test_before_its_use_the_enterprise_reads_how_its_objection_stands(city: City) -> None:
    client, path = as_officer(city.town.login), f"/enterprise/firms/{city.town.firm.uscc}/class"
    objection = city.object(city.shown())
    assert "申诉正在办理" in client.get(path).text
    city.answer(objection, "a", 6)
    told = client.get(path).text
    assert "申诉已经答复：调整为 A 类，启用以后用到 2027年5月12日" in " ".join(told.split())
    assert "有不同意见的" not in told


def test_an_answer_that_would_make_it_worse_is_refused_in_the_form(city: City) -> None:
    case = city.object(city.shown()).case
    form = {
        "step": "draft",
        "seen": str(case.position),
        "outcome": "d",
        "months": "3",
        "names_nobody": "yes",
        "reason": "核实",
    }
    answer = as_officer(city.first).post(f"/desk/cases/{case.number}/take", form)
    assert answer.status_code == 422
    assert "答复申诉只能维持，或者调整为较好的类别" in answer.text


def test_the_draft_of_an_answer_is_for_the_office_alone(city: City) -> None:
    use = city.shown()
    objection = city.object(use)
    take_step(objection.case.number, "draft", by=city.first, reason="已经核实", answers={"outcome": "kept"})
    client, path = as_officer(city.town.login), f"/enterprise/firms/{city.town.firm.uscc}/cases/{objection.case.number}"
    assert "维持计算的类别" not in client.get(path).text
    assert "维持计算的类别" in as_officer(city.second).get(f"/desk/cases/{objection.case.number}").text
    take_step(objection.case.number, "decide", by=city.second)
    assert "维持计算的类别" in client.get(path).text
