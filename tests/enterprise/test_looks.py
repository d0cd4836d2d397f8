"""谁看过我的档案: what a firm sees of the ledger, its proofs, and asking why."""

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
from datetime import date
from html import unescape
from pathlib import Path
from typing import get_args

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.environment import ROOT
from rongxin.accounts.access import Act, What
from rongxin.accounts.askers import asker_of
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role
from rongxin.departments.models import Department
from rongxin.disclosure import look_words, looks
from rongxin.disclosure.looks import LOOKS, NoSuchEvent, Wanted
from rongxin.ledger import logs
from rongxin.ledger.entries import Kind, Of, Subject
from rongxin.ledger.models import Entry
from rongxin.ledger.reading import books_of
from rongxin.remedies.inquiries.actions import ask_why
from rongxin.remedies.inquiries.models import About, Inquiry
from rongxin.remedies.inquiries.workflow import TERM
from rongxin.storage.askers import asks
from rongxin.subjects.mandates.models import Mandate
from rongxin.subjects.models import Subject as Firm
from rongxin.workflow.actions import take_step
from rongxin.workflow.models import Case
from tests.factories import a_department, an_account, the_rules
from tests.ledger.conftest import published  # noqa: F401 - every log of these tests lies in a folder of its own
from tests.ledger.looks import a_look, changed, entered, looked_at, signed
from tests.ledger.test_tampering import superuser
from tests.subjects.mandates.firms import Hall, a_firm, a_login, a_proxy

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(hall: Hall) -> Firm:
    a_department("own", "福州市示例税务局", region="350100")
    return a_firm()


@pytest.fixture
def login(hall: Hall, firm: Firm) -> Account:
    login = a_login()
    hall.held(login, firm)
    return login


def as_login(login: Account) -> Client:
    client = Client()
    client.force_login(login)
    return client


def seen(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    page = unescape(answer.content.decode())
    return page[page.index("<main") : page.index("</main>")]


def place(firm: Firm, nth: int = 0, *, kind: Kind = Kind.ACCESS) -> str:
    """The part of an address that names the nth event of a kind of the firm, once it was sequenced."""
    (book,) = books_of([Subject(Of.FIRM, firm.uscc)])
    heads = [head for head in book.heads.events if head.kind == kind]
    return f"{book.log.origin.rpartition('/')[2]}/{heads[nth].number}"


def log_name() -> str:
    return logs.current().origin.rpartition("/")[2]


def at(firm: Firm, part: str = "looks") -> str:
    return f"/enterprise/firms/{firm.uscc}/{part}"


def test_a_firm_that_nobody_looked_at_gets_a_page_that_explains(login: Account, firm: Firm) -> None:
    page = seen(as_login(login), at(firm))
    assert "还没有人看过" in page
    signed()
    assert "还没有人看过" in seen(as_login(login), at(firm)), "that somebody acts for the firm is no look"


def test_looks_are_told_by_department_role_purpose_and_case_never_by_name(login: Account, firm: Firm) -> None:
    looked_at(firm.uscc, a_look(count=3), a_look(purpose="own", department="", role="enterprise", case="", by="qy1"))
    signed()
    page = seen(as_login(login), at(firm))
    for words in ("福州市示例税务局", "录入员", "办理案件", "询问-2026-0001", "记录 × 3", "受限内容", "本企业"):
        assert words in page, words
    assert re.search(r"第 0–\d+ 项，连续，没有缺号", page)
    assert "tax-0007" not in page
    assert "qy1" not in page


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"role": "clerk"}, "录入员"),
        ({"role": "clerk", "key": True}, "业务系统（接口）"),
        ({"role": "enterprise", "purpose": "own", "department": ""}, "企业"),
        ({"role": "", "purpose": "own", "department": ""}, "企业"),
        ({"role": ""}, "—"),
        ({"role": "alchemist"}, "—"),
    ],
)
def test_as_whom_somebody_looked(said: dict[str, object], words: str, login: Account, firm: Firm) -> None:
    looked_at(firm.uscc, a_look(**said))
    signed()
    page = seen(as_login(login), at(firm))
    roles = re.findall(r'class="rx-xs rx-sub">([^<]*)</div>\s*</td>', page)
    assert roles[0].strip() == words


def test_what_is_sealed_is_counted_and_shown_as_sealed_and_what_was_erased_as_erased(
    login: Account, firm: Firm
) -> None:
    looked_at(firm.uscc, a_look(), a_look())
    looked_at(firm.uscc, a_look(case="密查-1"), is_sealed=True)
    signed()
    number = int(place(firm).rpartition("/")[2])
    (book,) = books_of([Subject(Of.FIRM, firm.uscc)])
    with transaction.atomic():
        Entry.objects.filter(stream=book.stream, number=number).update(salt=None, payload=None, key=None)
    page = seen(as_login(login), at(firm))
    assert "封存至" in page
    assert "榕信封〔2026〕3号" in page
    assert "密查-1" not in page
    assert "内容已依法销毁" in page
    assert "其中 1 项依法封存" in page


@pytest.mark.django_db(transaction=True)
def test_a_removed_event_is_told(login: Account, firm: Firm) -> None:
    looked_at(firm.uscc, a_look(), a_look(), a_look())
    signed()
    number = int(place(firm, 1).rpartition("/")[2])
    (book,) = books_of([Subject(Of.FIRM, firm.uscc)])
    with superuser() as past_every_trigger:
        past_every_trigger.execute(
            "DELETE FROM ledger_entry WHERE stream_id = %s AND number = %s", [book.stream.pk, number]
        )
    assert "编号不连续" in seen(as_login(login), at(firm))


def test_filters_and_the_way_on_to_older_events(login: Account, firm: Firm) -> None:
    a_department("other", "福州市示例海关", region="350100")
    looked_at(firm.uscc, *[a_look(count=n) for n in range(60)], a_look(department="other", purpose="audit"))
    signed()
    client = as_login(login)
    page = seen(client, at(firm))
    assert page.count('scope="row"') == 50
    more = re.search(r"before=\d+", page)
    assert more
    assert seen(client, f"{at(firm)}?{more[0]}").count('scope="row"') == 11
    assert seen(client, f"{at(firm)}?department=other").count('scope="row"') == 1
    assert seen(client, f"{at(firm)}?purpose=audit").count('scope="row"') == 1
    assert "没有符合条件的查阅" in seen(client, f"{at(firm)}?month=2001-01")
    for odd in ("before=x", "month=2026-13", "before=99999999999999999999", "department=%00"):
        assert seen(client, f"{at(firm)}?{odd}"), odd
    assert client.get(f"{at(firm)}?book=1999").status_code == 404


def test_queries_do_not_grow_with_events(login: Account, firm: Firm) -> None:
    client = as_login(login)
    counted = []
    for more in (2, 48):
        looked_at(firm.uscc, *[a_look() for _ in range(more)])
        signed()
        with CaptureQueriesContext(connection) as queries:
            seen(client, at(firm))
        # The release in force is remembered for a while by the process, so either visit may be the one that asks for it.
        counted.append(sum("rulebook_release" not in query["sql"] for query in queries))
    assert counted[0] == counted[1]


def test_the_file_of_looks_holds_what_the_page_shows(login: Account, firm: Firm) -> None:
    looked_at(firm.uscc, a_look(), a_look(purpose="audit", count=7))
    signed()
    answer = as_login(login).get(f"{at(firm, 'looks.csv')}?purpose=audit")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][2:] == [
        "福州市示例税务局",
        "录入员",
        "审计",
        "询问-2026-0001",
        "查看",
        "记录",
        "受限内容",
        "7",
        "",
        "",
    ]
    assert b"tax-0007" not in answer.content


def test_changes_stand_on_their_own_tab(login: Account, firm: Firm) -> None:
    looked_at(firm.uscc, a_look())
    entered(firm, 4, batch="B-2026-0001")
    bureau = Department.objects.get(code="own")
    clerk = an_account(Role.CLERK, bureau, "tax-0007")
    case = ask_why(firm, bureau, About.DECISION, happened_on=date(2026, 11, 10), by=clerk).case
    take_step(case.number, "draft", by=clerk, reason="示例", answers={"outcome": "explained"})
    signed()
    page = seen(as_login(login), at(firm, "changes"))
    for words in ("记入记录", "B-2026-0001", "4 条", "企业询问：拟答复", case.number):
        assert words in page, words
    assert "tax-0007" not in page


def test_a_firm_recomputes_which_records_an_event_commits_to(login: Account, firm: Firm) -> None:
    other = a_firm("福州示例闽江茶业有限公司")
    entered(firm, 3, batch="B-2026-0001")
    made = entered(firm, 2, batch="B-2026-0002")
    entered(other, 1, batch="B-2026-0003")
    signed()
    client = as_login(login)
    address = f"{at(firm)}/{place(firm, 1, kind=Kind.RECORD)}"
    page = seen(client, address)
    answer = client.get(f"{address}.records.txt")
    lines = answer.content.decode().splitlines()
    assert lines == sorted(f"{each.number} {each.content_hash}" for each in made)
    digest = hashlib.sha256(answer.content).hexdigest()
    assert digest in page
    proof = json.loads(client.get(f"{address}.ledger-proof.json").content)
    assert json.loads(proof["payload"])["records"] == digest


def test_records_that_give_another_digest_are_told(login: Account, firm: Firm) -> None:
    said = {"act": "subject.split", "origin": firm.uscc, "other": firm.uscc, "count": 1, "records": "0" * 64}
    changed(firm.uscc, said)
    signed()
    client = as_login(login)
    address = f"{at(firm)}/{place(firm, kind=Kind.RECORD)}"
    answer = client.get(f"{address}.records.txt", follow=True)
    assert "算不出这一项记下的指纹" in answer.content.decode()


def test_a_look_commits_to_no_records(login: Account, firm: Firm) -> None:
    looked_at(firm.uscc, a_look())
    signed()
    assert as_login(login).get(f"{at(firm)}/{place(firm)}.records.txt").status_code == 404


def test_why_is_asked_also_where_no_term_is_in_force(
    login: Account, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at(firm.uscc, a_look())
    signed()
    without = the_rules().model_copy(update={"values": {k: v for k, v in the_rules().values.items() if k != TERM}})
    monkeypatch.setattr("rongxin.rulebook.queries.current", lambda: without)
    client, address = as_login(login), f"{at(firm)}/{place(firm)}"
    assert "现行规则没有答复期限" in seen(client, address)
    answer = client.post(address, follow=True)
    assert "所以不计期限" in answer.content.decode()
    assert Inquiry.objects.get().case.due_on is None
    page = seen(client, address)
    assert "不计期限" in page
    assert "最迟" not in page


def test_why_is_asked_once_and_its_state_stands_beside_the_event(login: Account, firm: Firm) -> None:
    looked_at(firm.uscc, a_look())
    signed()
    client = as_login(login)
    address = f"{at(firm)}/{place(firm)}"
    assert "问一问" in seen(client, at(firm))
    assert "个工作日内书面答复" in seen(client, address)
    for _ in range(2):
        assert client.post(address)["Location"] == address
    inquiry = Inquiry.objects.get()
    assert (inquiry.reference, inquiry.case.owner.code) == ("询问-2026-0001", "own")
    assert inquiry.case.due_on is not None
    page = seen(client, at(firm))
    assert "待答复" in page
    assert "问一问" not in page
    # A draft is not the department's word yet.
    Inquiry.objects.update(outcome="explained", answer="草稿里的话")
    assert "草稿里的话" not in seen(client, address)
    Case.objects.filter(pk=inquiry.case_id).update(state="answered", is_open=False)
    assert "草稿里的话" in seen(client, address)
    client.post(address)
    assert Inquiry.objects.count() == 1


def test_what_nobody_can_answer_is_not_asked(login: Account, firm: Firm) -> None:
    looked_at(firm.uscc, a_look(purpose="own", department="", role="enterprise"), is_sealed=False)
    looked_at(firm.uscc, a_look(), is_sealed=True)
    entered(firm)
    signed()
    client = as_login(login)
    places = [place(firm), place(firm, 1), place(firm, -1, kind=Kind.RECORD), f"{log_name()}/9999"]
    assert {client.post(f"{at(firm)}/{each}").status_code for each in places} == {404}
    assert not Inquiry.objects.exists()


def verified(path: Path) -> int:
    return subprocess.run(
        [sys.executable, ROOT / "tools" / "verify_ledger.py", "proof", path], capture_output=True, check=False
    ).returncode


def test_the_proofs_are_those_that_the_independent_verifier_reads(login: Account, firm: Firm, tmp_path: Path) -> None:
    other = a_firm("福州示例闽江茶业有限公司")
    looked_at(other.uscc, a_look())
    looked_at(firm.uscc, a_look(), a_look(purpose="audit"))
    looked_at(firm.uscc, a_look(), is_sealed=True)
    client = as_login(login)
    signed()
    for address in (f"{at(firm)}/{place(firm, 1)}.ledger-proof.json", f"{at(firm)}/{log_name()}.ledger-stream.json"):
        content = client.get(address).content
        file = tmp_path / "proof.json"
        file.write_bytes(content)
        assert verified(file) == 0, address
        told = content.decode()
        file.write_text(told.replace("audit", "audiT"))
        assert verified(file) == 1, address
    assert sum(each["salt"] == "sealed" for each in json.loads(content)["events"]) == 1


def test_what_is_not_signed_yet_has_no_proof_and_the_page_says_when(login: Account, firm: Firm) -> None:
    from rongxin.ledger.sequencing import sequence_all

    looked_at(firm.uscc, a_look())
    sequence_all()
    client = as_login(login)
    assert "待签署" in seen(client, at(firm))
    answer = client.get(f"{at(firm)}/{place(firm)}.ledger-proof.json", follow=True)
    assert "每分钟签署一次" in answer.content.decode()


def test_the_stream_of_another_firm_is_never_shown(hall: Hall, login: Account, firm: Firm) -> None:
    other = a_firm("福州示例闽江茶业有限公司")
    looked_at(other.uscc, a_look(case="别家-1"), a_look(case="别家-2"))
    looked_at(firm.uscc, a_look(case="自家-1"))
    signed()
    mandate = Mandate.objects.get(account=login)
    name = log_name()
    (foreign,) = books_of([Subject(Of.FIRM, other.uscc)])
    foreign_heads = foreign.heads.events
    with asks(asker_of(login)):
        if connection.vendor == "postgresql":
            assert not Entry.objects.exists(), "the login itself reads no row of the log"
        view = looks.view(mandate, "", LOOKS, Wanted())
        assert view is not None
        assert [line.case for line in view.lines] == ["自家-1"]
        _, line = looks.line_of(mandate, name, int(view.lines[0].head.number))
        assert line.head.index not in {head.index for head in foreign_heads}
        with pytest.raises(NoSuchEvent):
            looks.proof_of_all(mandate, f"{name}-{other.uscc}")
        if connection.vendor == "postgresql":
            assert not Entry.objects.exists(), "and reads none afterwards"
    client = as_login(login)
    for part in ("looks", "changes", "looks.csv", f"looks/{name}/0", f"looks/{name}.ledger-stream.json"):
        assert client.get(at(other, part)).status_code == 404, part


def test_a_proxy_sees_looks_only_if_that_was_given(hall: Hall, login: Account, firm: Firm) -> None:
    looked_at(firm.uscc, a_look())
    signed()
    without, with_it = a_login(), a_login()
    a_proxy(login, firm, without, Action.FILE_READ)
    a_proxy(login, firm, with_it, Action.LOOK_READ)
    assert as_login(without).get(at(firm)).status_code == 403
    page = seen(as_login(with_it), at(firm))
    assert "福州市示例税务局" in page
    assert "问一问" not in page
    assert as_login(with_it).post(f"{at(firm)}/{place(firm)}").status_code == 403
    with pytest.raises(PermissionDenied), asks(asker_of(without)):
        looks.view(Mandate.objects.get(account=without), "", LOOKS, Wanted())


def test_what_was_merged_into_the_firm_is_its_own(login: Account, firm: Firm) -> None:
    absorbed = a_firm("福州示例闽江茶业有限公司")
    looked_at(absorbed.uscc, a_look(case="旧码-1"))
    looked_at(firm.uscc, a_look())
    signed()
    absorbed.merged_into = firm
    absorbed.save()
    client, name = as_login(login), log_name()
    assert f"{name}-{absorbed.uscc}" in seen(client, at(firm))
    assert "旧码-1" in seen(client, f"{at(firm)}?book={name}-{absorbed.uscc}")


def test_every_word_of_a_look_is_told_in_both_languages() -> None:
    for named, titles in ((What, look_words.WHATS), (Act, look_words.ACTS)):
        assert set(get_args(named)) == set(titles)
