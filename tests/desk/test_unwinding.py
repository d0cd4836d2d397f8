"""What rests on what on the page of a record, and the checklist on the page of its case."""

from html import unescape

from django.urls import reverse

from rongxin.records.bearing import Sort
from rongxin.records.citing import find_cited
from rongxin.records.models import Candidate, Effect, Support, SupportEnd
from rongxin.records.supports import Ground, Ref, rest
from rongxin.remedies.unwinding.models import Item, ItemSort, Outcome, Redecision
from tests.desk.test_pages import as_officer
from tests.factories import a_record, at, note
from tests.records.test_supports import LIST, ref
from tests.remedies.test_unwinding import DOCUMENT, Affair, a_paper, a_penalty, affair, the_unwinding, work  # noqa: F401


def page(client: object, number: str, name: str = "kept_record") -> str:
    answer = client.get(reverse(f"desk:{name}", args=[number]))  # type: ignore[attr-defined]
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_supports_are_shown_on_both_pages_and_entered_and_ended(affair: Affair) -> None:  # noqa: F811
    client = as_officer(affair.bureau.clerk)
    below, above = page(client, affair.entry.number), page(client, affair.penalty.number)
    assert DOCUMENT in below.split("依据关系")[1]
    assert "列入决定书载明" in above.split("依据这条记录的")[1]
    other = a_penalty(affair.firm, affair.bureau, "榕示市监罚〔2026〕9号")
    address = reverse("desk:support_enter", args=[affair.entry.number])
    given = {"support": "榕示市监罚(2026)9号", "necessity": "contributing", "basis": "列入决定书第二项"}
    told = client.post(address, given, follow=True).content.decode()
    assert "已登记" in told
    support = Support.objects.get(support=other.number)
    assert (support.necessity, support.ends_when_repaired, support.by) == ("contributing", False, "clerk")
    for wrong, words in (
        ({"support": "没有这个文号"}, "名下没有这个文号"),
        ({"basis": " "}, "请写明理由"),
        ({}, "已经登记过"),
        ({"support": affair.entry.number}, "名下没有这个文号"),
    ):
        assert words in client.post(address, given | wrong, follow=True).content.decode()
    clause = {"clause": "migrant-wage-regulation-2019", "basis": "第四十七条"}
    client.post(address, clause | {"ends_when_repaired": "on"})
    assert Support.objects.get(sort=Sort.CLAUSE).ends_when_repaired
    end = reverse("desk:support_end", args=[affair.entry.number])
    assert "已终止" in client.post(end, {"support": support.pk, "basis": "登记错误"}, follow=True).content.decode()
    assert SupportEnd.objects.get().support == support
    affair.falls()
    lost = Support.objects.get(support=affair.penalty.number)
    assert "重新认定" in client.post(end, {"support": lost.pk, "basis": "x"}, follow=True).content.decode()
    assert "依据已失去" in page(client, affair.entry.number)


def test_a_cited_document_is_confirmed_or_declined_by_the_department_of_the_effect(affair: Affair) -> None:  # noqa: F811
    reason = f"依据{DOCUMENT}，情节严重"
    entry = a_record(
        affair.firm,
        kind=LIST,
        department=affair.bureau.department,
        severity="serious",
        reason=reason,
        recorded_at=at("2026-11-11"),
    )
    find_cited.call_now()
    candidate = Candidate.objects.get()
    client = as_officer(affair.bureau.reviewer)
    assert "文字里引用的" in page(client, entry.number)
    assert "由它的信息提供单位核对" in page(client, affair.penalty.number)
    address = reverse("desk:candidate_decide", args=[entry.number])
    answer = client.post(
        address, {"candidate": candidate.pk, "decision": "confirm", "basis": "列入决定书载明"}, follow=True
    )
    assert "已确认为依据" in answer.content.decode()
    assert Support.objects.filter(effect=entry.number, support=affair.penalty.number).exists()
    again = client.post(address, {"candidate": candidate.pk, "decision": "decline"}, follow=True)
    assert "已经有人办过" in again.content.decode()


def test_a_stranger_names_nothing(affair: Affair) -> None:  # noqa: F811
    client = as_officer(affair.bureau.stranger)
    for name in ("support_enter", "support_end", "candidate_decide"):
        answer = client.post(reverse(f"desk:{name}", args=[affair.entry.number]), {"support": "1"})
        assert answer.status_code == 404


def test_the_checklist_stands_on_the_case_with_a_button_for_each_open_item(affair: Affair) -> None:  # noqa: F811
    paper = a_paper(affair)
    affair.look(affair.bureau.stranger)
    affair.falls()
    work()
    unwinding = the_unwinding(affair.penalty)
    client = as_officer(affair.bureau.reviewer)
    shown = page(client, unwinding.case.number, "case")
    for words in (
        "消除影响清单",
        "重认-2026-0001",
        "福州市示例他局",
        "还没有打开",
        paper.number,
        "撤回这份文书",
        "已停止",
    ):
        assert words in shown, words
    address = reverse("desk:item_settle", args=[unwinding.case.number])
    item = Item.objects.get(sort=ItemSort.DOCUMENT)
    assert "请写明理由" in client.post(address, {"item": item.pk, "outcome": "noted"}, follow=True).content.decode()
    given = {"item": item.pk, "outcome": "withdrawn", "reason": "所依据的决定已被撤销"}
    assert "文书已撤回" in client.post(address, given, follow=True).content.decode()
    assert Item.objects.get(pk=item.pk).outcome == Outcome.WITHDRAWN
    assert "这一项已经办过" in client.post(address, given, follow=True).content.decode()
    redecision = page(client, Redecision.objects.get().case.number, "case")
    for words in ("重新认定什么", "依据已失去", "没有别的、无争议的依据"):
        assert words in redecision


def test_a_chain_shows_what_is_lost_on_every_link(affair: Affair) -> None:  # noqa: F811
    other = a_penalty(affair.firm, affair.bureau, "榕示市监罚〔2026〕9号")
    rest(Ref(Sort.RECORD, other.number), Ground(support=ref(affair.entry), basis="示例"), affair.policy, by="clerk")
    note(affair.penalty, Effect.WITHDRAWN)
    client = as_officer(affair.bureau.clerk)
    assert "依据已失去" in page(client, other.number)
