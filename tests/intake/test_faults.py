"""The ledger of codes: what is wrong, doubled or old is found once, counted by department, and mended by a person."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from rongxin.intake.faults import actions, queries
from rongxin.intake.faults.converting import OUTCOMES, convert_file, write
from rongxin.intake.models import CodeFault, FaultState
from rongxin.subjects.conversion import CONVERTED, NAME_DIFFERS, SEVERAL, UNKNOWN
from rongxin.subjects.models import Identifier
from rongxin.subjects.registration import register
from tests.factories import a_code
from tests.intake.conftest import Office, open_office
from tests.intake.tables import CODE, DOCUMENT, NAME, TEA, TEA_NAME, as_csv, penalties, penalty

NUMBER = "行政相对人代码_2（工商注册号）"
OLD = "350100100123458"
PERSON_ID = "110101199003074514"  # made up: the example of the standard's check, of nobody
WRONG = TEA[:17] + ("A" if TEA[17] != "A" else "B")
OTHER_NAME = "福州示例海丝船务有限公司"


def faults_of(*rows: dict[str, str], office: Office) -> list[tuple[int, str, str]]:
    batch = office.send(as_csv(rows))
    found = CodeFault.objects.filter(batch=batch.number).order_by("row", "fault")
    return [(fault.row, fault.fault, fault.value) for fault in found]


def an_old_number_of_tea() -> None:
    subject = Identifier.objects.get(kind="uscc", value=TEA).subject
    Identifier.objects.create(subject=subject, kind="registration_number", value=OLD, source="示例")


def test_good_codes_leave_nothing_in_the_ledger(office: Office) -> None:
    assert faults_of(*penalties(3), office=office) == []


def test_a_code_with_a_failing_check_character_is_wrong(office: Office) -> None:
    assert faults_of(penalty(**{CODE: WRONG}), office=office) == [(2, "wrong", WRONG)]


def test_a_filler_is_a_placeholder(office: Office) -> None:
    filler = "00000000000000000X"
    assert faults_of(penalty(**{CODE: filler}), office=office) == [(2, "placeholder", filler)]


def test_one_code_under_two_names_is_doubled_on_both_rows(office: Office) -> None:
    rows = [penalty(), penalty(**{NAME: OTHER_NAME, DOCUMENT: "榕示市监罚〔2026〕2号"})]
    doubled = [fault for fault in faults_of(*rows, office=office) if fault[1] == "doubled"]
    assert doubled == [(2, "doubled", TEA), (3, "doubled", TEA)]


def test_one_name_with_two_codes_is_doubled(office: Office) -> None:
    rows = [penalty(), penalty(**{CODE: a_code("93"), DOCUMENT: "榕示市监罚〔2026〕2号"})]
    assert [fault[1] for fault in faults_of(*rows, office=office) if fault[1] == "doubled"] == ["doubled", "doubled"]


def test_a_row_with_an_old_number_only_waits_for_its_conversion_and_says_whose_it_is(office: Office) -> None:
    an_old_number_of_tea()
    rows = [penalty(**{CODE: "", NUMBER: OLD})]
    assert faults_of(*rows, office=office) == [(2, "old", OLD)]
    assert CodeFault.objects.get().right_code == TEA


def test_an_identity_number_is_in_no_ledger(office: Office) -> None:
    faults_of(penalty(**{CODE: PERSON_ID}), penalty(**{DOCUMENT: "榕示市监罚〔2026〕2号"}), office=office)
    assert not CodeFault.objects.filter(value__contains=PERSON_ID).exists()


def test_rates_are_of_rows_that_carry_a_code(office: Office) -> None:
    faults_of(penalty(**{CODE: WRONG}), *penalties(3), penalty(**{CODE: "", DOCUMENT: "示〔2026〕9号"}), office=office)
    (rate,) = queries.rates(date(2026, 11, 1), date(2026, 11, 30), [office.department])
    assert (rate.coded, rate.wrong, rate.open) == (4, 1, rate.wrong + rate.doubled)
    assert rate.wrong_rate == 0.25
    (before,) = queries.rates(date(2026, 10, 1), date(2026, 10, 31), [office.department])
    assert (before.coded, before.wrong_rate) == (0, None)


def test_the_same_wrong_code_sent_again_is_one_line_of_the_worklist_and_is_mended_once(office: Office) -> None:
    for _ in range(2):
        office.send(as_csv([penalty(**{CODE: WRONG})]))
    assert CodeFault.objects.count() == 2
    (line,) = queries.worklist(office.clerk)
    assert queries.open_faults(office.clerk) == {"wrong": 1}
    actions.mend(line.pk, TEA, office.clerk)
    assert not CodeFault.objects.filter(state=FaultState.OPEN).exists()


def test_naming_the_right_code_mends_and_teaches_the_register_an_old_number(office: Office) -> None:
    faults_of(penalty(**{CODE: "", NUMBER: OLD}), office=office)
    fault = actions.mend(CodeFault.objects.get().pk, TEA.lower(), office.clerk)
    assert (fault.state, fault.right_code) == (FaultState.MENDED, TEA)
    assert Identifier.objects.filter(value=OLD, subject__uscc=TEA).exists()
    actions.reopen(fault.pk, office.clerk)
    assert not Identifier.objects.filter(value=OLD).exists()
    assert CodeFault.objects.get().state == FaultState.OPEN


def test_a_wrong_code_does_not_mend(office: Office) -> None:
    faults_of(penalty(**{CODE: WRONG}), office=office)
    with pytest.raises(actions.NotACode):
        actions.mend(CodeFault.objects.get().pk, WRONG, office.clerk)


def test_a_code_is_confirmed_with_a_reason_only(office: Office) -> None:
    faults_of(penalty(**{CODE: WRONG}), office=office)
    with pytest.raises(ValueError, match="reason"):
        actions.confirm(CodeFault.objects.get().pk, " ", office.clerk)
    assert actions.confirm(CodeFault.objects.get().pk, "登记机关确认", office.clerk).state == FaultState.CONFIRMED


def test_another_department_and_a_reviewer_may_not_mend(office: Office) -> None:
    faults_of(penalty(**{CODE: WRONG}), office=office)
    other = open_office("other")
    for officer in (other.clerk, office.reviewer):
        with pytest.raises(PermissionDenied):
            actions.mend(CodeFault.objects.get().pk, TEA, officer)
    assert list(queries.worklist(other.clerk)) == []


def test_the_worklist_is_worked_off_on_its_page(office: Office, client: Client) -> None:
    faults_of(penalty(**{CODE: WRONG}), office=office)
    fault = CodeFault.objects.get()
    client.force_login(office.clerk)
    assert WRONG in client.get("/desk/codes").content.decode()
    refused = client.post(f"/desk/codes/{fault.pk}/mend", {"code": WRONG})
    assert (refused.status_code, "不是有效" in refused.content.decode()) == (422, True)
    assert client.post(f"/desk/codes/{fault.pk}/mend", {"code": TEA}).status_code == 302
    assert "没有待处理的代码" in client.get("/desk/codes").content.decode()
    assert "撤销处理" in client.get("/desk/codes?state=all").content.decode()
    assert WRONG in client.get("/desk/codes.csv?state=all").content.decode()


def test_the_page_asks_the_database_no_more_for_many_faults(
    office: Office, client: Client, django_assert_max_num_queries: object
) -> None:
    rows = [row | {CODE: WRONG} for row in penalties(30)]
    faults_of(*rows, office=office)
    client.force_login(office.clerk)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        client.get("/desk/codes")


OLD_TABLE = "名称,工商注册号,联系电话\n{rows}\n"


def converted(path: Path, *rows: str) -> list[list[str]]:
    path.write_text(OLD_TABLE.format(rows="\n".join(rows)), encoding="utf-8")
    return convert_file(path).rows


def test_a_list_of_old_numbers_comes_back_with_unified_codes(office: Office, tmp_path: Path) -> None:
    an_old_number_of_tea()
    rows = converted(
        tmp_path / "old.csv",
        f"{TEA_NAME},{OLD},13800000000",
        f",{OLD},",
        f"{OTHER_NAME},{OLD},",
        f"{TEA_NAME},350100100999999,",
    )
    assert [row[-2:] for row in rows] == [
        [TEA, OUTCOMES[CONVERTED]],
        [TEA, OUTCOMES[CONVERTED]],
        ["", OUTCOMES[NAME_DIFFERS]],
        ["", OUTCOMES[UNKNOWN]],
    ]
    assert "13800000000" not in str(rows)


def test_a_number_of_two_companies_converts_with_the_name_only(office: Office, tmp_path: Path) -> None:
    other = a_code("93")
    register(pl.DataFrame({"uscc": [other], "name": [OTHER_NAME]}), source="示例", on=date(2026, 1, 5))
    for code in (TEA, other):
        subject = Identifier.objects.get(kind="uscc", value=code).subject
        Identifier.objects.create(subject=subject, kind="registration_number", value=OLD, source="示例")
    rows = converted(tmp_path / "old.csv", f",{OLD},", f"{OTHER_NAME},{OLD},")
    assert [row[-2:] for row in rows] == [["", OUTCOMES[SEVERAL]], [other, OUTCOMES[CONVERTED]]]


def test_the_converted_list_opens_in_a_table_programme(office: Office, tmp_path: Path) -> None:
    source = tmp_path / "old.csv"
    source.write_text(OLD_TABLE.format(rows=f"{TEA_NAME},{OLD},"), encoding="gb18030")
    write(convert_file(source), tmp_path / "new.csv")
    assert (tmp_path / "new.csv").read_bytes().startswith(b"\xef\xbb\xbf")
