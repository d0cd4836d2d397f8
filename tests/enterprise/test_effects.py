"""消除影响 as the firm itself reads it: what became of what rested on its record, and who was told when."""

from html import unescape

from django.test import Client
from django.urls import reverse

from rongxin.records.bearing import Sort
from rongxin.records.models import Effect
from rongxin.records.supports import Ground, Ref, rest
from rongxin.remedies.unwinding.jobs import find_affected, follow_records
from rongxin.remedies.unwinding.queries import waiting
from rongxin.rulebook import queries as rulebook
from tests.factories import a_department, a_record, note
from tests.ledger.looks import a_look, looked_at, signed
from tests.records.test_supports import LIST
from tests.subjects.mandates.firms import Hall, a_firm, a_login


def test_the_firm_reads_what_was_undone_and_finds_it_from_the_record(hall: Hall) -> None:
    firm, holder = a_firm(), a_login()
    hall.held(holder, firm)
    penalty = a_record(firm)
    a_department("tax", "福州市示例税务局", region="350100")
    looked_at(firm.uscc, a_look(department="tax"))
    signed()
    entry = a_record(firm, kind=LIST, severity="serious", reason="示例")
    ground = Ground(support=Ref(Sort.RECORD, penalty.number), basis="列入决定书载明")
    rest(Ref(Sort.RECORD, entry.number), ground, rulebook.current(), by="示例")
    client = Client()
    client.force_login(holder)
    address = reverse("enterprise:effects", args=[firm.uscc, penalty.number])
    empty = unescape(client.get(address).content.decode())
    assert "没有须消除的影响" in empty
    note(penalty, Effect.WITHDRAWN)
    follow_records.call_now()
    for number in waiting():
        find_affected.call_now(number)
    follow_records.call_now()
    shown = unescape(client.get(address).content.decode())
    for words in ("消除-", "重认-", entry.document_number, "待认定", "已停止", "福州市示例税务局", "还没有打开"):
        assert words in shown, words
    record = client.get(reverse("enterprise:record", args=[firm.uscc, penalty.number])).content.decode()
    assert address in record
    assert client.get(reverse("enterprise:effects", args=[firm.uscc, "nothing"])).status_code == 404
