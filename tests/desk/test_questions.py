import csv
import io

import pytest
from django.test import Client

from rongxin.intake.models import Question, QuestionState
from rongxin.subjects.models import Judgement
from tests.desk.test_pages import as_officer
from tests.intake.conftest import open_office
from tests.intake.questions.conftest import (  # noqa: F401
    FAR,
    FAR_NAME,
    SHOP,
    SHOP_NAME,
    TRADE,
    TRADE_NAME,
    Desk,
    desk,
    one_off,
    subject,
    unclear,
)
from tests.intake.tables import CODE, DOCUMENT, NAME, as_csv, penalty

QUEUE = "/desk/questions"


def post(client: Client, question: Question, **values: object) -> str:
    answer = client.post(f"{QUEUE}/{question.pk}/answer", values, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_queue_says_what_that_means(desk: Desk) -> None:  # noqa: F811
    text = as_officer(desk.office.clerk).get(QUEUE).content.decode()
    assert "没有待核的行" in text
    assert "都认得出是哪家企业" in text


def test_the_page_shows_row_candidates_and_why(desk: Desk) -> None:  # noqa: F811
    desk.question(**{NAME: TRADE_NAME, CODE: one_off()})
    text = as_officer(desk.office.clerk).get(QUEUE).content.decode()

    for shown in (TRADE_NAME, "就是这家", "代码只差第 13 位", "登记库中没有这个代码", "第 1 条，共 1 条", "公示期限"):
        assert shown in text
    assert "<mark>7</mark>" in text
    assert SHOP_NAME not in text
    assert 'aria-current="page"' in text


def test_one_click_answers_and_shows_the_next_question(desk: Desk) -> None:  # noqa: F811
    desk.send(unclear(2), unclear(3, **{NAME: "厦门示例榕海贸易公司"}))
    first, second = Question.objects.order_by("row")
    text = post(as_officer(desk.office.clerk), first, decision="subject", subject=subject(TRADE).pk)

    assert f"第 2 行 已归入 {TRADE_NAME}" in text
    assert second.party_name in text
    assert f"{QUEUE}/{first.pk}/undo" in text


def test_an_answer_is_taken_back_from_the_page(desk: Desk) -> None:  # noqa: F811
    question = desk.question()
    client = as_officer(desk.office.clerk)
    post(client, question, decision="subject", subject=subject(TRADE).pk)
    text = client.post(f"{QUEUE}/{question.pk}/undo", follow=True).content.decode()
    assert "已撤销" in text
    question.refresh_from_db()
    assert question.state == QuestionState.OPEN


def test_none_of_them_sends_the_row_back_with_a_reason(desk: Desk) -> None:  # noqa: F811
    question = desk.question()
    client = as_officer(desk.office.clerk)
    post(client, question, decision="none", note="")
    batch = client.get(f"/desk/batches/{question.batch.number}").content.decode()
    assert "候选的主体都不是" in batch


def test_the_second_officer_reads_who_was_faster(desk: Desk) -> None:  # noqa: F811
    question = desk.question()
    post(as_officer(desk.office.clerk), question, decision="subject", subject=subject(TRADE).pk)
    text = post(as_officer(desk.lead_officer), question, decision="subject", subject=subject(FAR).pk)
    assert "录入员甲 已在" in text
    question.refresh_from_db()
    assert question.subject == subject(TRADE)


def test_not_the_same_takes_the_candidate_away(desk: Desk) -> None:  # noqa: F811
    question = desk.question()
    client = as_officer(desk.office.clerk)
    form = {"subject": subject(TRADE).pk}
    text = client.post(f"{QUEUE}/{question.pk}/differ", form, follow=True).content.decode()
    assert "已记住" in text
    assert Judgement.objects.get().subject == subject(TRADE)
    assert f'value="{subject(TRADE).pk}"' not in text


def test_another_subject_is_looked_for_and_chosen(desk: Desk) -> None:  # noqa: F811
    question = desk.question()
    client = as_officer(desk.office.clerk)
    assert FAR_NAME in client.get(QUEUE, {"at": question.pk, "find": "厦门示例"}).content.decode()
    assert SHOP_NAME not in client.get(QUEUE, {"at": question.pk, "find": "榕海贸易商店"}).content.decode()
    assert SHOP_NAME in client.get(QUEUE, {"at": question.pk, "find": SHOP}).content.decode()


def test_a_row_right_as_filed_is_confirmed_with_words(desk: Desk) -> None:  # noqa: F811
    desk.send(penalty(**{"处罚机关统一社会信用代码": "11320100MB1886843J"}))
    question = Question.objects.get()
    client = as_officer(desk.office.clerk)
    assert "核实无误，照此入库" in client.get(QUEUE).content.decode()
    assert "请写明说明" in post(client, question, decision="confirm", note="  ")
    post(client, question, decision="confirm", note="与证书一致")
    question.refresh_from_db()
    assert (question.state, question.note) == (QuestionState.ANSWERED, "与证书一致")


def test_another_department_sees_no_question_and_answers_none(desk: Desk) -> None:  # noqa: F811
    question = desk.question()
    other = as_officer(open_office("other").clerk)
    assert question.party_name not in other.get(QUEUE).content.decode()
    for verb in ("answer", "differ", "undo"):
        form = {"decision": "subject", "subject": subject(TRADE).pk}
        assert other.post(f"{QUEUE}/{question.pk}/{verb}", form).status_code == 404
    assert question.party_name in as_officer(desk.lead_officer).get(QUEUE).content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("reason=code_unknown_to_register", {TRADE_NAME}),
        ("reason=subject_unknown", {"福州市示例榕海贸易公司"}),
        ("reason=as_filed", {"福州示例榕海茶业有限公司"}),
        ("kind=administrative_licence", set()),
        ("batch=B-0", set()),
        ("days=3", set()),
        ("", {TRADE_NAME, "福州市示例榕海贸易公司", "福州示例榕海茶业有限公司"}),
    ],
)
def test_the_queue_is_filtered_and_downloaded(desk: Desk, query: str, names: set[str]) -> None:  # noqa: F811
    desk.send(
        unclear(2),
        unclear(3, **{NAME: TRADE_NAME, CODE: one_off()}),
        penalty(**{DOCUMENT: "榕示〔2026〕9号", "处罚机关统一社会信用代码": "11320100MB1886843J"}),
    )
    client = as_officer(desk.office.clerk)
    table = client.get(f"{QUEUE}.csv?{query}").content.decode("utf-8-sig")
    assert {row["报送的名称"] for row in csv.DictReader(io.StringIO(table))} == names
    page = client.get(f"{QUEUE}?{query}").content.decode()
    assert all(name in page for name in names)
    if query and not names:
        assert "没有符合条件的行" in page


def test_the_filter_stays_while_one_answers(desk: Desk) -> None:  # noqa: F811
    desk.send(unclear(2), unclear(3, **{NAME: TRADE_NAME, CODE: one_off()}))
    named = Question.objects.get(party_name=TRADE_NAME)
    form = {"decision": "subject", "subject": subject(TRADE).pk, "back": "reason=code_unknown_to_register&x=1"}
    answer = as_officer(desk.office.clerk).post(f"{QUEUE}/{named.pk}/answer", form)
    assert answer["Location"] == f"{QUEUE}?reason=code_unknown_to_register&at={named.pk}"


def test_the_page_costs_the_same_for_one_question_and_for_many(
    desk: Desk,  # noqa: F811
    django_assert_max_num_queries: object,
) -> None:
    client = as_officer(desk.office.clerk)
    for count in (1, 30):
        desk.office.send(as_csv([unclear(1000 * count + number) for number in range(count)]), name=f"{count}.csv")
        with django_assert_max_num_queries(25):  # type: ignore[operator]
            assert client.get(QUEUE).status_code == 200
