"""What a table lacks because it is the same in every row: said once for the file, and seen by whoever releases it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from openpyxl import load_workbook

from rongxin.engine.filled import may_be_filled, values_of
from rongxin.intake import files, jobs
from rongxin.intake.mapping import actions
from rongxin.intake.models import Batch, BatchState, HeadMapping
from rongxin.ledger.models import Pending
from rongxin.records.models import RecordContent
from tests.desk.test_pages import as_officer
from tests.factories import the_pack
from tests.intake.conftest import Office, open_office
from tests.intake.tables import DOCUMENT, PENALTY, as_csv, penalty
from tests.intake.test_mapping import chosen

UNIT, UNIT_CODE = "数据来源单位", "数据来源单位统一社会信用代码"
ITS_CODE = PENALTY[UNIT_CODE]
LACKING = (UNIT, UNIT_CODE, "处罚机关统一社会信用代码")


def short(*without: str, number: int = 1, **changes: str) -> dict[str, str]:
    """A penalty without the columns of units, as a department's own book has it."""
    row = penalty(**{DOCUMENT: f"榕示市监罚〔2026〕{number}号"} | changes)
    return {head: value for head, value in row.items() if head not in {*LACKING, *without}}


def units(office: Office) -> dict[str, str]:
    return {"source_unit": office.department.name, "source_unit_uscc": ITS_CODE, "penalty_authority_uscc": ITS_CODE}


def say(office: Office, batch: Batch, values: dict[str, str]) -> Batch:
    actions.say(batch.number, office.clerk, chosen(batch), values)
    jobs.check_batch.call_now(batch.number)
    batch.refresh_from_db()
    return batch


def test_said_once_it_stands_in_every_row_and_the_reviewer_is_told(office: Office) -> None:
    batch = office.send(as_csv([short(number=1), short(number=2)]))
    assert batch.state == BatchState.MAPPING
    say(office, batch, units(office))
    assert (batch.state, batch.accepted, batch.rejected) == (BatchState.CHECKED, 2, 0)
    (told,) = (each["params"]["fields"] for each in batch.findings if each["code"] == "filled_for_all")
    assert f"{UNIT}“{office.department.name}”" in told
    office.release(batch)
    assert [office.department.name in text for text in RecordContent.objects.values_list("text", flat=True)] == [
        True
    ] * 2
    assert not HeadMapping.objects.exists(), "it was said of this file, not of a head"


def test_it_holds_for_this_file_alone(office: Office) -> None:
    say(office, office.send(as_csv([short(number=1)])), units(office))
    assert office.send(as_csv([short(number=2)])).state == BatchState.MAPPING


def test_what_was_decided_about_whom_is_never_said_for_all(office: Office) -> None:
    batch = office.send(as_csv([short("违法事实", DOCUMENT)]))
    values = units(office) | {"violation_facts": "详见决定书", "penalty_document_no": "榕示市监罚〔2026〕1号"}
    with pytest.raises(actions.NotSaid) as refused:
        actions.say(batch.number, office.clerk, chosen(batch), values)
    assert set(refused.value.fields) == {"violation_facts", "penalty_document_no"}


@pytest.mark.parametrize("kind", sorted(the_pack()[0].kinds))
def test_of_no_kind_may_a_party_a_document_a_day_or_an_amount_be_said_for_all(kind: str) -> None:
    its = the_pack()[0].kinds[kind]
    envelope, party = its.credit.envelope, its.credit.party
    named = {party.name, party.uscc, party.registration_number, party.organisation_code, *its.credit.identified_by}
    if envelope:
        named |= {envelope.document_number, envelope.decided_on, envelope.valid_to, envelope.basis, *envelope.amount}
    assert [name for name in named if name in its.fields and may_be_filled(name, its)] == []


def test_nobody_says_for_all_rows_how_grave_an_act_is_or_that_they_are_persons() -> None:
    kind = the_pack()[0].kinds["administrative_penalty"]
    assert not may_be_filled("penalty_category", kind)
    assert may_be_filled("party_category", kind)
    assert values_of("party_category", kind, None) == ("法人及非法人组织", "个体工商户")


def test_a_column_of_the_file_is_not_written_over(office: Office) -> None:
    batch = office.send(as_csv([short(UNIT_CODE) | {UNIT: "福州市示例市场监督管理局"}]))
    say(office, batch, units(office) | {"source_unit": "另一个单位"})
    (told,) = (each["params"]["fields"] for each in batch.findings if each["code"] == "filled_for_all")
    assert "另一个单位" not in told


def test_a_wrong_value_is_told_at_every_row_and_comes_back_in_its_column(office: Office) -> None:
    batch = say(office, office.send(as_csv([short(number=1)])), units(office) | {"source_unit_uscc": "11990000MA00001"})
    assert (batch.state, batch.rejected) == (BatchState.NOTHING_NEW, 1)
    page = load_workbook(files.return_path(batch.number)).worksheets[0]
    heads = [cell.value for cell in page[1]]
    assert page[2][heads.index(UNIT_CODE)].value == "11990000MA00001"
    assert "数据来源单位统一社会信用代码：" in str(page[2][heads.index("退回原因")].value)


def test_sent_as_another_kind_it_is_forgotten(office: Office) -> None:
    batch = office.send(as_csv([short()]))
    files.write_whole(files.filled_path(batch.number), '{"source_unit": "示例"}', batch.number)
    actions.refile(batch.number, office.clerk, "administrative_licence")
    assert not files.filled_path(batch.number).exists()


def test_the_ledger_is_told_that_it_was_said_not_what(office: Office) -> None:
    say(office, office.send(as_csv([short()])), units(office))
    told = [each.payload for each in Pending.objects.all() if "columns.fill" in each.payload]
    assert len(told) == 1
    assert office.department.name not in told[0]


def test_only_who_may_send_says_it(office: Office) -> None:
    batch = office.send(as_csv([short()]))
    with pytest.raises(PermissionDenied):
        actions.say(batch.number, open_office("other").clerk, chosen(batch), units(office))


def test_the_page_proposes_the_own_unit_and_goes_on(office: Office) -> None:
    client, batch = as_officer(office.clerk), office.send(as_csv([short()]))
    address = f"/desk/batches/{batch.number}/columns"
    page = text(client, address)
    assert "整张表都一样的，填一次" in page
    assert f'value="{office.department.name}"' in page
    assert "要在表里补上的必填栏" not in page
    wanting = client.post(address, columns(batch) | {"filled-source_unit": ""})
    assert wanting.status_code == 422
    answer = client.post(address, columns(batch) | {f"filled-{name}": value for name, value in units(office).items()})
    assert answer["Location"] == f"/desk/batches/{batch.number}"
    jobs.check_batch.call_now(batch.number)
    assert "报送人为整张表填了一次" in text(client, f"/desk/batches/{batch.number}")


def columns(batch: Batch) -> dict[str, str]:
    return {f"column-{index}": field for index, field in chosen(batch).items()}


def text(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())
