"""The workbench pages about who is who: who may, what is shown before anything happens, what happens, how it is undone."""

import csv
import io
from datetime import date
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from rongxin.accounts.actions import open_account
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.intake.models import Question
from rongxin.policy.pack import Policy
from rongxin.records.models import Record
from rongxin.records.queries import subjects_of
from rongxin.records.splitting import Portion
from rongxin.records.splitting import split as split_now
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.merging import Doubt, merge
from rongxin.subjects.models import Judgement, Merge, Split, Subject, Succession, SuccessionKind, Verdict
from rongxin.subjects.splitting import movable_names
from rongxin.subjects.succession import succeed
from tests.factories import LICENCE, a_code, a_department, a_record, a_sole_trader, a_subject, some_records, the_rules
from tests.intake.conftest import PASSWORD
from tests.intake.coverage.batches import a_batch

pytestmark = pytest.mark.django_db

WHY = "市场监管局函（示例）"
ANSWERS = dict.fromkeys(Doubt, "已核实")


@pytest.fixture
def policy() -> Policy:
    rulebook.forget()
    return the_rules()


@pytest.fixture
def lead_officer(policy: Policy) -> Account:
    lead = a_department("lead", "福州市示例信用办")
    return open_account("lead-officer", PASSWORD, display_name="牵头办丙", department=lead, role=Role.CITY_OFFICE)


@pytest.fixture
def kept(policy: Policy) -> Subject:
    return a_subject("福州示例榕海茶业有限公司", region="990000", status="存续")


@pytest.fixture
def absorbed(policy: Policy) -> Subject:
    return a_subject("福州示例榕海茶叶有限公司", former_name="福州示例老榕茶庄有限公司", status="注销")


def as_(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def text(response: HttpResponse, status: int = 200) -> str:
    assert response.status_code == status, response.status_code
    return unescape(response.content.decode())


def compare_url(kept: Subject, absorbed: Subject) -> str:
    return f"/desk/subjects/compare?keep={kept.uscc}&absorb={absorbed.uscc}"


def merged(kept: Subject, absorbed: Subject) -> Merge:
    return merge(kept, absorbed, by="lead-officer", basis=WHY, answers=ANSWERS)


# ── who may ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", [Role.CLERK, Role.REVIEWER])
def test_others_may_look_and_change_nothing(kept: Subject, absorbed: Subject, role: Role) -> None:
    officer = open_account("other", PASSWORD, display_name="某人", department=a_department(), role=role)
    client = as_(officer)
    third, fourth = a_subject("福州示例第三有限公司"), a_subject("福州示例第四有限公司")
    record = a_record(third)
    standing = merged(third, fourth)
    split = split_now(third, kept, Portion(numbers=(record.number,)), by="lead-officer", provider="lead", basis=WHY)
    succession = succeed(
        SuccessionKind.MERGER, absorbed, third, effective_on=date(2026, 3, 1), document="示例", by="lead-officer"
    )

    assert "榕海茶业" in text(client.get(f"/desk/subjects?one={kept.uscc}"))
    assert "合并由信用牵头办办理" in text(client.get(compare_url(kept, absorbed)))
    assert "撤销人" in text(client.get("/desk/subjects.csv"))
    posted = {"basis": WHY, **{doubt.value: "已核实" for doubt in Doubt}}
    assert client.post(compare_url(kept, absorbed), posted).status_code == 403
    judgement = Judgement.objects.filter(ended_at=None)[0]
    for address in (
        f"/desk/subjects/merges/{standing.pk}/end",
        f"/desk/subjects/splits/{split.pk}/end",
        f"/desk/subjects/successions/{succession.pk}/end",
        f"/desk/subjects/judgements/{judgement.pk}/end",
        f"/desk/subjects/split?origin={kept.uscc}",
        "/desk/subjects/succeed",
    ):
        assert client.post(address, {"basis": WHY}).status_code == 403, address
    assert Merge.objects.filter(ended_at=None).get() == standing
    assert Split.objects.get().ended_at is Succession.objects.get().ended_at is None
    judgement.refresh_from_db()
    assert judgement.ended_at is None


# ── finding ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_two_subjects_found_lead_to_their_comparison(lead_officer: Account, kept: Subject, absorbed: Subject) -> None:
    answer = as_(lead_officer).get("/desk/subjects", {"one": kept.uscc, "other": "老榕茶庄"})
    assert answer.headers["Location"] == compare_url(kept, absorbed)


def test_a_question_that_several_answer_asks_which(lead_officer: Account, kept: Subject, absorbed: Subject) -> None:
    page = text(as_(lead_officer).get("/desk/subjects", {"one": "示例榕海", "other": absorbed.uscc}))
    assert "查到不止一个" in page
    assert f"one={kept.uscc}&other={absorbed.uscc}" in page


def test_nobody_searches_for_a_person_here(lead_officer: Account) -> None:
    a_sole_trader("示例陈三小吃店")
    assert "没有查到" in text(as_(lead_officer).get("/desk/subjects", {"one": "陈三"}))
    page = text(as_(lead_officer).get("/desk/subjects", {"one": "990000199003070013"}, follow=True))
    assert "没有查询" in page
    assert "990000199003070013" not in page


def test_an_empty_list_says_what_to_do(lead_officer: Account) -> None:
    for sort in ("merges", "splits", "successions", "nonsense"):
        assert "还没有办过" in text(as_(lead_officer).get("/desk/subjects", {"sort": sort}))


def test_an_unknown_code_is_not_found(lead_officer: Account, kept: Subject) -> None:
    client = as_(lead_officer)
    for address in (f"/desk/subjects/compare?keep={kept.uscc}&absorb={a_code()}", "/desk/subjects/split?origin=x"):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404


# ── merging ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_all_consequences_are_shown_first(lead_officer: Account, kept: Subject, absorbed: Subject) -> None:
    for subject in (kept, absorbed):
        a_record(subject, penalty_document_no="榕示市监罚〔2026〕118号")
    a_record(absorbed, kind=LICENCE)
    ask(lead_officer, absorbed)
    page = text(as_(lead_officer).get(compare_url(kept, absorbed)))

    assert f"2 条记录改在“{kept.name}”名下查看，其中 2 条正在公示" in page
    assert "福州示例老榕茶庄有限公司" in page
    assert f"/s/{absorbed.uscc}" in page
    assert "榕示市监罚〔2026〕118号" in page
    for doubt in ("两边各有一个有效的统一社会信用代码", "两边的登记状态不同"):
        assert doubt in page
    assert not Merge.objects.exists()


def ask(officer: Account, about: Subject) -> None:
    batch = a_batch(officer.department, submitted_by=officer)
    Question.objects.create(
        batch=batch,
        row=2,
        party_name=about.name,
        name_normalised="示例",
        party_code=about.uscc,
        asked_at=timezone.now(),
    )


def test_open_questions_about_the_absorbed_are_counted(lead_officer: Account, kept: Subject, absorbed: Subject) -> None:
    ask(lead_officer, absorbed)
    response = as_(lead_officer).get(compare_url(kept, absorbed))
    assert response.context["page"].consequences.open_questions == 1


def test_a_merge_needs_a_reason_and_an_answer_to_each_doubt(
    lead_officer: Account, kept: Subject, absorbed: Subject
) -> None:
    client = as_(lead_officer)
    assert "还没有提交" in text(client.post(compare_url(kept, absorbed), {"basis": WHY}), 422)
    assert not Merge.objects.exists()

    posted = {"basis": WHY, "two_codes": "旧码换发新码", "status": "旧码已注销"}
    assert client.post(compare_url(kept, absorbed), posted).status_code == 302
    done = Merge.objects.get()
    assert (done.kept, done.absorbed, done.by, done.basis) == (kept, absorbed, "lead-officer", WHY)
    assert done.answers == {"two_codes": "旧码换发新码", "status": "旧码已注销"}
    listed = text(client.get("/desk/subjects"))
    assert "牵头办丙" in listed
    assert WHY in listed


def test_a_reason_that_holds_a_persons_number_is_not_kept(
    lead_officer: Account, kept: Subject, absorbed: Subject
) -> None:
    posted = {"basis": "经办人电话 13900000000", "two_codes": "换发", "status": "已注销"}
    assert "像是写了个人的号码" in text(as_(lead_officer).post(compare_url(kept, absorbed), posted), 422)
    assert not Merge.objects.exists()


def test_a_barred_merge_offers_no_form_and_takes_none(lead_officer: Account, kept: Subject) -> None:
    client, trader = as_(lead_officer), a_sole_trader()
    page = text(client.get(compare_url(kept, trader)))
    assert "一个是个体工商户" in page
    assert 'name="basis"' not in page
    assert "合并以后会怎样" not in page
    assert client.post(compare_url(kept, trader), {"basis": WHY}).status_code == 422
    assert not Merge.objects.exists()


def test_a_judgement_in_the_way_can_be_ended(lead_officer: Account, kept: Subject, absorbed: Subject) -> None:
    judgement = Judgement.objects.create(
        provider="demo",
        name_normalised="示例",
        code=absorbed.uscc,
        subject=kept,
        verdict=Verdict.DIFFERENT,
        by="clerk",
        made_at=timezone.now(),
    )
    client = as_(lead_officer)
    assert "结束这条认定" in text(client.get(compare_url(kept, absorbed)))
    sides = {"keep": kept.uscc, "absorb": absorbed.uscc}
    answer = client.post(f"/desk/subjects/judgements/{judgement.pk}/end", sides)

    assert answer.headers["Location"] == compare_url(kept, absorbed)
    assert 'name="basis"' in text(client.get(answer.headers["Location"]))


def test_a_merge_is_undone_with_a_reason(lead_officer: Account, kept: Subject, absorbed: Subject) -> None:
    a_record(absorbed)
    done, client = merged(kept, absorbed), as_(lead_officer)
    address = reverse("desk:merge_end", args=[done.pk])
    assert "重新有自己的页面" in text(client.get(address))
    assert client.post(address, {"basis": " "}).status_code == 422

    assert client.post(address, {"basis": "登记机关更正"}).status_code == 302
    done.refresh_from_db()
    assert (done.ended_by, done.ended_basis) == ("lead-officer", "登记机关更正")
    assert client.get(address).status_code == 404
    assert "已撤销" in text(client.get("/desk/subjects"))


def test_the_end_of_a_merge_says_what_cannot_be_told_apart(
    lead_officer: Account, kept: Subject, absorbed: Subject
) -> None:
    done = merged(kept, absorbed)
    page = as_(lead_officer).get(reverse("desk:merge_end", args=[done.pk])).context["page"]
    assert page.stays == ()


# ── splitting ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_split_is_chosen_looked_at_and_done(lead_officer: Account, kept: Subject, absorbed: Subject) -> None:
    goes, stays = a_record(absorbed), a_record(absorbed)
    name = movable_names(absorbed)[0]
    client = as_(lead_officer)
    address = f"/desk/subjects/split?origin={absorbed.uscc}&other={kept.uscc}"
    page = text(client.get(address))
    assert goes.document_number in page
    assert f'value="{kept.uscc}"' in page

    posted = {"other": kept.uscc, "act": goes.number, "name_id": name.pk}
    looked = text(client.post(address, {**posted, "step": "look"}))
    assert "拆分以后会怎样" in looked
    assert name.text in looked
    assert not Split.objects.exists()

    assert client.post(address, {**posted, "step": "do"}).status_code == 422
    assert client.post(address, {**posted, "step": "do", "basis": WHY}).status_code == 302
    assert subjects_of([goes, stays]) == {goes.pk: kept, stays.pk: absorbed}
    done = Split.objects.get()
    assert (done.by, done.basis) == ("lead-officer", WHY)

    end = reverse("desk:split_end", args=[done.pk])
    assert f"回到“{absorbed.name}”名下" in text(client.get(end))
    assert client.post(end, {"basis": "拆分有误"}).status_code == 302
    assert subjects_of([goes]) == {goes.pk: absorbed}
    assert client.get(end).status_code == 404


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({}, "还没有提交"),
        ({"other": "91990000MA00000000"}, "18 位"),
        ({"act": "350100-01KAP7X9V1QZJ8M4T2C6D0N5RB"}, "已经不属于这个主体"),
        ({"name_id": "99999999999999999999999", "code_id": "x"}, "没有选择"),
    ],
)
def test_a_split_that_cannot_be_says_why(
    lead_officer: Account, kept: Subject, absorbed: Subject, posted: dict[str, str], words: str
) -> None:
    full = {"other": kept.uscc, **posted} if posted else {}
    answer = as_(lead_officer).post(
        f"/desk/subjects/split?origin={absorbed.uscc}", {**full, "step": "do", "basis": WHY}
    )
    assert words in text(answer, 422)
    assert not Split.objects.exists()


def test_a_split_whose_acts_were_given_on_says_so(lead_officer: Account, kept: Subject, absorbed: Subject) -> None:
    record, third = a_record(absorbed), a_subject("福州示例第三有限公司")
    portion = Portion(numbers=(record.number,))
    first = split_now(absorbed, kept, portion, by="lead-officer", provider="lead", basis=WHY)
    split_now(kept, third, portion, by="lead-officer", provider="lead", basis=WHY)
    answer = as_(lead_officer).post(reverse("desk:split_end", args=[first.pk]), {"basis": "拆分有误"})
    assert "请先撤销后来的那次拆分" in text(answer, 422)


# ── succession ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_succession_is_recorded_and_ended(lead_officer: Account, kept: Subject, absorbed: Subject) -> None:
    client = as_(lead_officer)
    address = f"/desk/subjects/succeed?before={absorbed.uscc}&after={kept.uscc}"
    assert "没有记录移动" in text(client.get(address))
    posted = {
        "before": absorbed.uscc,
        "after": kept.uscc,
        "kind": "merger",
        "effective_on": "2026-03-01",
        "document": "示例登记〔2026〕1号",
    }
    assert client.post(address, posted).status_code == 302
    done = Succession.objects.get()
    assert (done.predecessor, done.successor, done.effective_on, done.by) == (
        absorbed,
        kept,
        date(2026, 3, 1),
        "lead-officer",
    )
    assert "已经登记过" in text(client.post(address, posted), 422)

    end = reverse("desk:succession_end", args=[done.pk])
    assert "示例登记〔2026〕1号" in text(client.get(end))
    assert client.post(end, {"basis": "录入有误"}).status_code == 302
    done.refresh_from_db()
    assert (done.ended_by, done.ended_basis) == ("lead-officer", "录入有误")


def test_a_succession_in_the_way_of_a_merge_leads_to_its_end(
    lead_officer: Account, kept: Subject, absorbed: Subject
) -> None:
    done = succeed(
        SuccessionKind.MERGER, absorbed, kept, effective_on=date(2026, 3, 1), document="示例", by="lead-officer"
    )
    page = text(as_(lead_officer).get(compare_url(kept, absorbed)))
    assert f'href="{reverse("desk:succession_end", args=[done.pk])}"' in page


def test_a_succession_of_unknown_codes_is_told_at_the_field(lead_officer: Account, kept: Subject) -> None:
    posted = {"before": a_code(), "after": kept.uscc, "kind": "merger", "effective_on": "x", "document": ""}
    page = text(as_(lead_officer).post("/desk/subjects/succeed", posted), 422)
    assert "登记库里没有这个代码" in page
    assert not Succession.objects.exists()


# ── the whole ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_download_holds_everything_that_was_done(lead_officer: Account, kept: Subject, absorbed: Subject) -> None:
    client = as_(lead_officer)
    done = merged(kept, absorbed)
    client.post(reverse("desk:merge_end", args=[done.pk]), {"basis": "登记机关更正"})
    succeed(SuccessionKind.MERGER, absorbed, kept, effective_on=date(2026, 3, 1), document="示例", by="lead-officer")
    file = client.get("/desk/subjects.csv").content.decode("utf-8-sig")
    heads, first, second = csv.reader(io.StringIO(file))

    assert len(heads) == len(first) == len(second) == 13
    assert (first[0], first[3], first[5], first[7], first[8]) == ("合并", absorbed.uscc, kept.uscc, WHY, "牵头办丙")
    assert (first[10], first[12]) == ("牵头办丙", "登记机关更正")
    assert (second[0], second[6]) == ("承继", "2026-03-01")


@pytest.mark.parametrize("number", [1, 30])
def test_queries_do_not_grow(
    lead_officer: Account,
    kept: Subject,
    absorbed: Subject,
    number: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    record: Record = some_records(number, absorbed)[0]
    for n in range(number):
        merged(kept, a_subject(f"福州示例第{n}有限公司"))
    done = Merge.objects.order_by("pk")[0]
    split = split_now(absorbed, kept, Portion(numbers=(record.number,)), by="lead-officer", provider="lead", basis=WHY)
    client = as_(lead_officer)
    for address, most in (
        ("/desk/subjects", 17),
        ("/desk/subjects?one=示例&other=榕海", 21),
        ("/desk/subjects.csv", 7),
        (compare_url(a_subject(), absorbed), 39),
        (f"/desk/subjects/merges/{done.pk}/end", 20),
        (f"/desk/subjects/splits/{split.pk}/end", 16),
        (f"/desk/subjects/split?origin={absorbed.uscc}", 21),
    ):
        rulebook.current()  # looked up here, not among what is counted
        with django_assert_max_num_queries(most, info=address):
            assert client.get(address).status_code == 200
