"""Numbers without gaps, none twice; what is issued stays as it is, and can be made again."""

import json
import subprocess
import sys
import threading
from hashlib import sha256

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from rongxin.departments.models import Department
from rongxin.documents.glyphs import NoGlyph
from rongxin.documents.issuing import NotWithdrawn, ValuesUnfit, issue, made_again, withdraw
from rongxin.documents.models import Document, DocumentFile, Series, Withdrawal
from rongxin.documents.sheets import NoSuchTemplate
from rongxin.documents.typesetting import typeset
from rongxin.rulebook import actions as rulebook
from tests.documents.papers import content, values, written
from tests.factories import a_department, the_pack, the_rules

AT = "2026-10-09T10:00:00+08:00"


def a_notice(bureau: Department, **changed: object) -> Document:
    return issue("notice", values(**changed), authority=bureau, by="审核员乙")


def numbers() -> list[str]:
    return list(Document.objects.order_by("id").values_list("number", flat=True))


@time_machine.travel(AT)
def test_numbers_run_by_authority_word_and_year(bureau: Department) -> None:
    other = a_department("demo-2", "福州市示例交通运输局")
    assert a_notice(bureau).number == "榕信通〔2026〕1号"
    assert a_notice(bureau).number == "榕信通〔2026〕2号"
    assert a_notice(other).number == "榕信通〔2026〕1号"
    assert issue("repair_acceptance", values(), authority=bureau, by="乙").number == "榕信修复〔2026〕1号"
    with time_machine.travel("2026-12-31T16:30:00+00:00"):  # half past midnight in Fuzhou
        first = a_notice(bureau)
    assert (first.number, first.issued_on.isoformat()) == ("榕信通〔2027〕1号", "2027-01-01")


@time_machine.travel(AT)
def test_a_number_goes_back_with_the_transaction(bureau: Department) -> None:
    a_notice(bureau)
    with pytest.raises(RuntimeError), transaction.atomic():
        a_notice(bureau)
        raise RuntimeError("the step failed")
    assert a_notice(bureau).number == "榕信通〔2026〕2号"
    assert numbers() == ["榕信通〔2026〕1号", "榕信通〔2026〕2号"]


@time_machine.travel(AT)
@pytest.mark.parametrize(
    ("changed", "error"),
    [({"addressee": "示例😀公司"}, NoGlyph), ({"addressee": ""}, ValuesUnfit), ({"colour": "红"}, ValuesUnfit)],
)
def test_what_cannot_be_set_takes_no_number(
    bureau: Department, changed: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        a_notice(bureau, **changed)
    assert not Series.objects.exists()
    assert a_notice(bureau).ordinal == 1


def test_an_unknown_template_is_refused(bureau: Department) -> None:
    with pytest.raises(NoSuchTemplate):
        issue("nothing", {}, authority=bureau, by="乙")


@time_machine.travel(AT)
def test_the_document_is_kept_and_can_be_made_again_byte_for_byte(bureau: Department) -> None:
    document = a_notice(bureau, title="给㛃𠅤公司的通知书", reply_by="2026-10-23")
    kept = content(document)
    assert document.sha256 == sha256(kept).hexdigest()
    assert typeset(made_again(document)) == kept
    assert document.title == "给㛃𠅤公司的通知书"
    page = written(kept)
    for said in (document.number, document.grouped_code.replace(" ", ""), "2026年10月9日", "2026年10月23日"):
        assert said in page


@time_machine.travel(AT, tick=True)
def test_it_is_made_again_under_the_rules_of_its_day(bureau: Department) -> None:
    document = a_notice(bureau)
    policy, sources = the_pack()
    notice = policy.templates["notice"].model_copy(update={"body": "今后的样子", "series": "榕新通"})
    newer = policy.model_copy(update={"templates": policy.templates | {"notice": notice}})
    newer.__dict__.pop("_canonical_json", None)
    newer.__dict__.pop("digest", None)
    rulebook.release(newer, sources, asked_by="甲", approved_by="乙", note="新的版式")
    bureau.name = "福州市示例市场监督管理局（新）"
    bureau.save()

    assert a_notice(bureau).number == "榕新通〔2026〕1号"
    assert typeset(made_again(document)) == content(document)


@time_machine.travel(AT)
def test_a_withdrawn_document_keeps_its_number_and_says_why(bureau: Department) -> None:
    document = a_notice(bureau)
    assert document.withdrawal is None
    withdraw(document, by="审核员乙", reason=" 主送单位 写错 ")
    again = Document.objects.get(pk=document.pk)
    assert again.withdrawal is not None
    assert again.withdrawal.reason == "主送单位 写错"
    assert content(again) == content(document)
    assert a_notice(bureau).number == "榕信通〔2026〕2号"
    with pytest.raises(NotWithdrawn):
        withdraw(document, by="审核员乙", reason="再来一次")


def test_a_withdrawal_needs_a_reason(bureau: Department) -> None:
    with pytest.raises(NotWithdrawn):
        withdraw(a_notice(bureau), by="审核员乙", reason="  ")


def test_the_database_refuses_to_change_what_was_issued(bureau: Department) -> None:
    document = a_notice(bureau)
    withdraw(document, by="审核员乙", reason="示例")
    attempts = (
        lambda: Document.objects.filter(pk=document.pk).update(title="别的"),
        lambda: DocumentFile.objects.filter(pk=document.pk).update(content=b""),
        lambda: Withdrawal.objects.update(reason="别的"),
        lambda: Withdrawal.objects.all().delete(),
        lambda: Series.objects.update(last=0),
        lambda: Series.objects.update(last=3),
        lambda: Series.objects.update(year=2000),
        lambda: Series.objects.all().delete(),
        lambda: Series.objects.create(authority=bureau, word="榕跳", year=2026, last=5),
        lambda: delete_raw("documents_document"),
        lambda: delete_raw("documents_documentfile"),
    )
    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert Document.objects.get(pk=document.pk).title == document.title


def delete_raw(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


def test_values_are_kept_as_canonical_json(bureau: Department) -> None:
    document = a_notice(bureau, contact=" 电话 ")
    kept = json.loads(document.values)
    assert kept["contact"] == "电话"
    assert kept["reply_by"] is None
    assert document.values == json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# ── several at once ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
def test_threads_that_issue_at_once_share_no_number_and_lose_none() -> None:
    the_rules()
    bureau = a_department()
    threads = [threading.Thread(target=issue_some, args=(bureau, number, 6)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Of six tries of each thread every third fails after the number was taken.
    assert sorted(Document.objects.values_list("ordinal", flat=True)) == list(range(1, 17))
    assert Series.objects.get().last == 16


def issue_some(bureau: Department, thread: int, tries: int) -> None:
    for number in range(tries):
        try:
            with transaction.atomic():
                a_notice(bureau, addressee=f"福州示例{thread}{number}有限公司")
                if number % 3 == 2:
                    raise LookupError
        except LookupError:
            pass
    connection.close()


def test_processes_that_issue_at_once_share_no_number_and_lose_none(process_environment: dict[str, str]) -> None:
    the_rules()
    bureau = a_department()
    script = (
        "import sys\nfrom rongxin.cli.django import start\nstart()\n"
        "from rongxin.departments.queries import department\nfrom tests.documents.test_issuing import issue_some\n"
        "issue_some(department('demo'), int(sys.argv[1]), 6)\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(number)], env=process_environment) for number in range(2)
    ]
    assert [process.wait(timeout=120) for process in running] == [0, 0]
    assert sorted(Document.objects.filter(authority=bureau).values_list("ordinal", flat=True)) == list(range(1, 9))
