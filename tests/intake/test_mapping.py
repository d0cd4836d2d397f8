"""Columns that nobody knows: asked once, remembered per department and kind, and taken back."""

import pytest
from django.core.exceptions import PermissionDenied

from rongxin.engine.heads import head_keys
from rongxin.intake import files, jobs, releasing
from rongxin.intake.mapping import actions
from rongxin.intake.mapping.known import NotWaiting, columns_of
from rongxin.intake.models import Batch, BatchState, HeadMapping
from tests.intake.conftest import Office, open_office
from tests.intake.tables import CODE, DOCUMENT, NAME, PENALTY, TEA, as_csv, as_xlsx, penalties, penalty

KIND = "administrative_penalty"
OWN_HEAD = "案卷标识"
OWN = {OWN_HEAD if head == DOCUMENT else head: value for head, value in PENALTY.items()} | {"内勤": "王示例"}


def own(number: int = 1) -> dict[str, str]:
    """A penalty under a head that only this department uses, and a column that is no field."""
    return OWN | {OWN_HEAD: f"榕示市监罚〔2026〕{number}号"}


def chosen(batch: Batch, **by_head: str) -> dict[int, str]:
    return {column.index: by_head.get(column.head, column.field) for column in columns_of(batch)}


def say(office: Office, batch: Batch, **by_head: str) -> Batch:
    actions.say(batch.number, office.clerk, chosen(batch, **by_head))
    jobs.check_batch.call_now(batch.number)
    batch.refresh_from_db()
    return batch


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("行政许可决定文书号,许可类别,许可内容\n1,普通,示例\n".encode(), "wrong_kind"),
        (f"{NAME},{NAME},{CODE}\nA,B,C\n".encode(), "heads_duplicate"),
        (f"{NAME},{CODE}\nA,{TEA}\n".encode(), "heads_missing"),
        ("甲,乙\n1,2\n".encode(), "no_head_known"),
    ],
)
def test_a_table_whose_columns_are_not_clear_waits_with_its_file(office: Office, table: bytes, code: str) -> None:
    batch = office.send(table)

    assert (batch.state, batch.findings[0]["code"], batch.is_finished) == (BatchState.MAPPING, code, False)
    assert files.received_path(batch.number).exists()
    assert office.send(table).number == batch.number


def test_what_a_department_says_once_is_not_asked_again(office: Office) -> None:
    batch = office.send(as_csv([own()]))
    assert batch.state == BatchState.MAPPING
    column = next(column for column in columns_of(batch) if column.head == OWN_HEAD)
    assert column.field == ""

    assert say(office, batch, **{OWN_HEAD: "penalty_document_no"}).accepted == 1
    again = office.send(as_csv([own(2)]))

    assert (again.state, again.accepted) == (BatchState.CHECKED, 1)
    assert not any(finding["code"] == "heads_unknown" for finding in again.findings)
    assert set(HeadMapping.objects.values_list("written", "field")) == {
        (OWN_HEAD, "penalty_document_no"),
        ("内勤", ""),
    }


def test_it_is_remembered_for_this_department_and_kind_only(office: Office) -> None:
    say(office, office.send(as_csv([own()])), **{OWN_HEAD: "penalty_document_no"})

    assert open_office("other").send(as_csv([own()])).state == BatchState.MAPPING


def test_saying_it_anew_replaces_what_was_said(office: Office) -> None:
    row = own() | {"第二列": "罚款"}
    del row["处罚类别"]
    first = office.send(as_csv([row]))
    say(office, first, **{OWN_HEAD: "penalty_document_no", "第二列": "penalty_category"})
    line = HeadMapping.objects.get(written="第二列")
    assert line.field == "penalty_category"

    actions.forget(line.pk, office.clerk)

    assert office.send(as_csv([row | {OWN_HEAD: "榕示市监罚〔2026〕9号"}])).state == BatchState.MAPPING


def test_two_columns_for_one_field_are_told_apart_and_remembered(office: Office) -> None:
    batch = office.send(as_csv([penalty(处罚机关名称="别的")]))
    assert batch.findings[0]["code"] == "heads_duplicate"

    assert say(office, batch, 处罚机关="penalty_authority", 处罚机关名称="").accepted == 1
    assert office.send(as_csv([penalty(处罚机关名称="又一个")])).accepted == 1


def test_the_same_head_twice_is_remembered_by_its_place() -> None:
    assert head_keys(["文号", " 文 号", "名称"]) == ("文号", "文号#2", "名称")


def test_a_required_field_must_have_a_column_and_each_field_one(office: Office) -> None:
    batch = office.send(as_csv([own()]))

    with pytest.raises(actions.NotSaid) as caught:
        actions.say(batch.number, office.clerk, chosen(batch))
    assert caught.value.fields == ("penalty_document_no",)
    with pytest.raises(actions.NotSaid) as doubled:
        actions.say(batch.number, office.clerk, chosen(batch, **{OWN_HEAD: "party_name"}))
    assert doubled.value.doubled == ("party_name",)
    assert HeadMapping.objects.count() == 0


def test_the_likeliest_field_is_proposed_first_by_head_and_by_content(office: Office) -> None:
    row = {("处罚决定书编号" if head == DOCUMENT else head): value for head, value in PENALTY.items()}
    batch = office.send(as_csv([row]))

    column = next(column for column in columns_of(batch) if column.head == "处罚决定书编号")
    assert column.likely[0] == "penalty_document_no"


def test_the_cells_that_are_shown_hold_nobody(office: Office) -> None:
    row = own() | {"身份证": "350102199001011238", "手机": "13800138000", "经办": "欧阳示例"}
    kept = files.columns_path(office.send(as_csv([row])).number).read_text(encoding="utf-8")

    for secret in ("350102199001011238", "13800138000", "王示例", "林示例", "欧阳示例"):
        assert secret not in kept
    assert TEA in kept


def test_a_table_of_another_kind_is_sent_as_that_kind_without_the_file_again(office: Office) -> None:
    table = as_csv([{"企业名称": "福州示例新设有限公司", "统一社会信用代码": "91990000MA0000023K", "注册号": ""}])
    batch = office.send(table)
    assert (batch.state, batch.findings[0]["params"]["name"]) == (BatchState.MAPPING, "registration")

    actions.refile(batch.number, office.clerk, "registration")
    jobs.check_batch.call_now(batch.number)
    batch.refresh_from_db()

    assert (batch.kind, batch.state, batch.accepted) == ("registration", BatchState.CHECKED, 1)
    with pytest.raises(LookupError):
        actions.refile(office.send("甲,乙\n1,2\n".encode()).number, office.clerk, "nonsense")


def test_a_file_under_way_as_that_kind_is_that_batch(office: Office) -> None:
    table = as_csv([{"企业名称": "福州示例新设有限公司", "统一社会信用代码": "91990000MA0000023K", "注册号": ""}])
    there = office.send(table, kind="registration")

    assert actions.refile(office.send(table).number, office.clerk, "registration").number == there.number


def test_only_who_may_send_says_what_columns_mean_and_only_while_the_batch_asks(office: Office) -> None:
    batch = office.send(as_csv([own()]))
    answer = chosen(batch, **{OWN_HEAD: "penalty_document_no"})
    for stranger in (office.reviewer, open_office("other").clerk):
        with pytest.raises(PermissionDenied):
            actions.say(batch.number, stranger, answer)
        with pytest.raises(PermissionDenied):
            actions.refile(batch.number, stranger, "registration")
    releasing.stop(batch.number, office.clerk)
    with pytest.raises(NotWaiting):
        actions.say(batch.number, office.clerk, answer)


def test_swapped_codes_and_a_remembered_head_go_together(office: Office) -> None:
    """What a department says of a head stands before everything the platform would guess."""
    row = penalties(1)[0] | {"备注": "经办人写的文号"}
    say(office, office.send(as_csv([own()])), **{OWN_HEAD: "penalty_document_no"})

    batch = office.send(as_xlsx([row | {OWN_HEAD: "榕示市监罚〔2026〕77号"}]), name="x.xlsx")

    assert (batch.state, batch.findings[0]["code"]) == (BatchState.MAPPING, "heads_duplicate")
