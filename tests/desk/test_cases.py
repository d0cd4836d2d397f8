"""Pages of cases: made from the table of the toy procedure and nothing else."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.policy.words import Title
from rongxin.workflow import registry
from rongxin.workflow.keeping import keep_clocks
from rongxin.workflow.models import Case, CaseEvent
from tests.desk.test_pages import as_officer
from tests.intake.coverage.batches import an_officer
from tests.workflow.conftest import Bureau, on
from tests.workflow.toy import TOY


def text(answer: object) -> str:
    return " ".join(unescape(answer.content.decode()).split())  # type: ignore[attr-defined]


def page_of(case: Case, officer: Account) -> str:
    answer = as_officer(officer).get(f"/desk/cases/{case.number}")
    assert answer.status_code == 200
    return text(answer)


def post(
    case: Case, officer: Account, step: str, *, seen: int | None = None, client: Client | None = None, **given: str
):  # type: ignore[no-untyped-def]
    address = f"/desk/cases/{case.number}/take"
    form = {"step": step, "seen": str(case.position if seen is None else seen), **given}
    return (client or as_officer(officer)).post(address, form, follow=True)


def actions(page: str) -> list[str]:
    offered = page.partition('id="actions"')[2].partition("</section>")[0]
    return re.findall(r"<summary>([^<]+)</summary>", offered)


def test_the_page_says_what_it_is_how_it_stands_what_is_due_and_what_can_be_done(bureau: Bureau) -> None:
    case = bureau.open()
    page = page_of(case, bureau.clerk)
    for words in (
        "示例修复：榕示市监罚〔2026〕64号",
        "示例-2026-0001",
        "待受理",
        "剩 3 个工作日",
        "责任单位：福州市示例市场监督管理局",
    ):
        assert words in page, words
    assert actions(page) == ["受理"]
    assert "由责任单位审核员办理" in page
    assert "确认后，案件转为“审核中”" in page


def test_taking_a_step_moves_the_case_and_tells_it(bureau: Bureau) -> None:
    case = bureau.open()
    page = text(post(case, bureau.clerk, "accept"))
    case.refresh_from_db()
    assert case.state == "checking"
    assert "已办理：受理。" in page
    assert "剩 10 个工作日" in page
    assert actions(page) == ["拟准予", "一次性告知补正"]


def test_what_is_missing_is_told_at_its_form_and_what_was_written_stays(bureau: Bureau) -> None:
    case = bureau.open()
    bureau.take(case, "accept")
    answer = post(case, bureau.clerk, "return_once", ground="", reason="缺现场照片")
    page = text(answer)
    assert answer.status_code == 422
    assert "请填写“缺什么”" in page
    assert "缺现场照片</textarea>" in page
    assert re.search(r'<details class="rx-action" open>\s*<summary>一次性告知补正', page)
    assert CaseEvent.objects.filter(step="return_once").count() == 0


def test_the_second_of_two_is_told_who_was_faster(bureau: Bureau) -> None:
    case = bureau.open()
    bureau.take(case, "accept")
    bureau.take(case, "draft")
    seen = case.position
    post(case, bureau.reviewer, "approve", seen=seen)
    page = text(post(case, bureau.second, "approve", seen=seen))
    assert "没有办理：您打开页面后，审核员 示例经办人已在 2026-11-12 10:00 办理“批准”" in page
    assert "没有重复办理" in text(post(case, bureau.reviewer, "approve", seen=seen))
    assert CaseEvent.objects.filter(step="approve").count() == 1


def test_a_form_without_its_position_is_out_of_date(bureau: Bureau) -> None:
    case = bureau.open()
    as_officer(bureau.clerk).post(f"/desk/cases/{case.number}/take", {"step": "accept"})
    case.refresh_from_db()
    assert case.state == "received"


def test_who_drafted_is_told_that_another_must_approve(bureau: Bureau) -> None:
    case = bureau.open()
    bureau.take(case, "accept")
    bureau.take(case, "draft", bureau.reviewer)
    assert "须由另一人办理" in page_of(case, bureau.reviewer)
    assert "没有办成：须由另一人办理" in text(post(case, bureau.reviewer, "approve"))


def test_a_role_withdrawn_while_the_page_is_open_counts_at_once(bureau: Bureau) -> None:
    case = bureau.open()
    client = as_officer(bureau.clerk)
    client.get(f"/desk/cases/{case.number}")
    Account.objects.filter(pk=bureau.clerk.pk).update(role=Role.REVIEWER)
    assert "没有办成：由责任单位录入员办理" in text(post(case, bureau.clerk, "accept", client=client))
    Account.objects.filter(pk=bureau.clerk.pk).update(is_active=False)
    assert "/login" in post(case, bureau.clerk, "accept", client=client).redirect_chain[0][0]
    case.refresh_from_db()
    assert case.state == "received"


def test_a_forged_form_is_refused(bureau: Bureau) -> None:
    case = bureau.open()
    client = Client(enforce_csrf_checks=True)
    client.force_login(bureau.clerk)
    assert post(case, bureau.clerk, "accept", client=client).status_code == 403
    case.refresh_from_db()
    assert case.state == "received"


@pytest.mark.parametrize("number", ["示例-2026-0001", "示例-2026-0999", "x' OR 1=1", "1"])
def test_a_case_of_others_and_one_that_does_not_exist_look_the_same(bureau: Bureau, number: str) -> None:
    bureau.open()
    client = as_officer(bureau.stranger)
    for address, deed in (("desk:case", client.get), ("desk:case_take", client.post)):
        answer = deed(reverse(address, args=[number]), {"step": "accept", "seen": "9"})
        assert answer.status_code == 404
        assert "示例修复" not in text(answer)


def test_a_step_that_is_not_in_the_table_is_not_found(bureau: Bureau) -> None:
    assert post(bureau.open(), bureau.clerk, "sing").status_code == 404


def test_nothing_is_changed_by_looking(bureau: Bureau) -> None:
    case = bureau.open()
    assert as_officer(bureau.clerk).get(f"/desk/cases/{case.number}/take").status_code == 405
    assert as_officer(bureau.clerk).post(f"/desk/cases/{case.number}").status_code == 405


def test_the_pause_is_visible_and_the_history_says_why(bureau: Bureau) -> None:
    case = bureau.open()
    bureau.take(case, "accept")
    with on("2026-11-16"):
        bureau.take(case, "return_once", reason="缺现场照片", answers={"ground": "incomplete"})
    with on("2026-11-18"):
        page = page_of(case, bureau.clerk)
    assert "暂停计时，恢复后接着算" in page
    assert page.count('class="pause') == 3  # two days, and the legend
    assert "缺什么：材料不全" in page
    assert "缺现场照片" in page


def test_what_was_noted_later_says_for_which_day_it_counts(bureau: Bureau) -> None:
    case = bureau.open()
    with on("2026-11-30"):
        keep_clocks()
        page = page_of(case, bureau.clerk)
    assert "转信用牵头部门督办" in page
    assert '按 <time datetime="2026-11-20">' in page
    assert "逾期 9 个工作日" in page


def test_a_finished_case_offers_nothing(bureau: Bureau) -> None:
    case = bureau.open()
    bureau.take(case, "refuse", bureau.reviewer)
    page = page_of(case, bureau.reviewer)
    assert "案件已经办结" in page
    assert "办结：不予" in page
    assert actions(page) == []


def test_every_state_and_step_is_said_in_both_languages(bureau: Bureau) -> None:
    case = bureau.open()
    client = as_officer(bureau.clerk)
    for cookie, pick in (("zh-hans", lambda t: t.zh), ("en", lambda t: t.en)):
        client.cookies["django_language"] = cookie
        page = text(client.get(f"/desk/cases/{case.number}"))
        for each in (*TOY.states, *TOY.steps):
            assert pick(each.title) in page, each.name


# ── board ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def board(officer: Account, query: str = "") -> str:
    answer = as_officer(officer).get(f"/desk/cases{query}")
    assert answer.status_code == 200
    return text(answer)


def test_the_board_shows_each_what_is_theirs_to_do(bureau: Bureau) -> None:
    case, other = bureau.open(title="示例甲案"), bureau.open(title="示例乙案")
    bureau.take(case, "accept")
    bureau.take(case, "draft", bureau.reviewer)

    assert "示例乙案" in board(bureau.clerk)
    assert "示例甲案" not in board(bureau.clerk)
    assert "示例甲案" in board(bureau.second)
    assert "示例乙案" in board(bureau.second)  # a reviewer may refuse it
    assert "示例甲案" in board(bureau.lead_officer)
    assert "没有等您办理的案件" in board(bureau.stranger)
    assert "示例甲案" in board(bureau.reviewer, "?tab=done")
    assert other.number in board(bureau.clerk, "?tab=done")
    with on("2026-11-19"):
        assert "示例乙案" in board(bureau.reviewer, "?tab=overdue")
        assert "示例甲案" not in board(bureau.reviewer, "?tab=overdue")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=甲案", ["示例甲案"]),
        ("?q=2026-0002", ["示例乙案"]),
        ("?kind=toy", ["示例甲案", "示例乙案"]),
        ("?kind=nonsense&due=never&tab=x&page=99", ["示例甲案", "示例乙案"]),
        ("?due=week", []),
        ("?due=escalated", []),
    ],
)
def test_filters(bureau: Bureau, query: str, expected: list[str]) -> None:
    bureau.open(title="示例甲案"), bureau.open(title="示例乙案")
    page = board(bureau.clerk, query)
    assert [name for name in ("示例甲案", "示例乙案") if name in page] == expected


def test_the_most_urgent_stands_first_and_the_file_says_the_same(bureau: Bureau) -> None:
    relaxed = bureau.open(title="示例甲案")
    bureau.take(relaxed, "accept")
    bureau.open(title="=示例乙案")
    page = board(bureau.clerk)
    assert page.index("示例乙案") < page.index("示例甲案")
    lines = as_officer(bureau.clerk).get("/desk/cases.csv").content.decode("utf-8-sig").splitlines()
    assert lines[1].split(",")[2:] == [
        "'=示例乙案",
        "福州市示例市场监督管理局",
        "待受理",
        "受理",
        "2026-11-17",
        "剩 3 个工作日",
    ]
    assert lines[2].split(",")[5] == "审核并拟定"


@pytest.mark.parametrize("number", [1, 15])
def test_queries_do_not_grow(bureau: Bureau, number: int, django_assert_max_num_queries: object) -> None:
    for _ in range(number):
        case = bureau.open()
    client = as_officer(bureau.clerk)
    client.get("/desk/cases")
    for address, most in (("/desk/cases", 14), (f"/desk/cases/{case.number}", 14), ("/desk/", 14)):
        with django_assert_max_num_queries(most):  # type: ignore[operator]
            assert client.get(address).status_code == 200


def test_the_first_page_of_the_day_lists_them_with_what_is_to_be_done(bureau: Bureau) -> None:
    bureau.open(title="示例甲案")
    page = text(as_officer(bureau.clerk).get("/desk/"))
    assert "1 件等您办理，没有逾期" in page
    assert page.index("示例甲案") < page.index("受理", page.index("示例甲案")) < page.index("2026-11-17")
    assert "示例甲案" not in text(as_officer(an_officer(bureau.clerk.works_for, Role.AUDITOR)).get("/desk/"))


def test_without_any_procedure_the_menu_does_not_speak_of_cases(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "/desk/cases" in text(as_officer(bureau.clerk).get("/desk/"))
    monkeypatch.setattr(registry, "_known", {})
    assert "/desk/cases" not in text(as_officer(bureau.clerk).get("/desk/"))
    assert "没有等您办理的案件" in board(bureau.clerk)


def test_a_procedure_may_add_a_panel(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    from rongxin.desk import case_panels

    monkeypatch.setattr(case_panels, "_makers", {})
    title = Title(zh="示例面板", en="Toy panel")
    case_panels.add_panel(
        "toy", lambda case, officer: case_panels.Panel(title=title, template="desk/_state_chip.html", content=None)
    )
    assert "示例面板" in page_of(bureau.open(), bureau.clerk)
