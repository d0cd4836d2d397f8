import threading

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from rongxin.intake import files, jobs, releasing
from rongxin.intake.models import Batch, BatchState, RowProblem
from rongxin.intake.receiving import NoSuchKind, receive
from rongxin.intake.report import of_checked
from rongxin.policy.pack import Policy
from rongxin.records.display import Moment, displayed
from rongxin.records.models import Record, RecordContent, RecordEvent, Sighting
from rongxin.subjects.models import Subject
from tests.intake.conftest import Office, open_office
from tests.intake.tables import CODE, DOCUMENT, NAME, PENALTY, as_csv, as_xlsx, penalties, penalty

CODE_OF_NEW = "91990000MA0000023K"


def shown(policy: Policy) -> int:
    return displayed(policy, Moment.now()).count()


def codes_of(batch: Batch) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for problem in RowProblem.objects.filter(batch=batch):
        found.setdefault(problem.row, set()).add(problem.code)
    return found


def test_a_good_file_waits_for_a_second_person_and_then_shows(office: Office, policy: Policy) -> None:
    batch = office.send(as_csv(penalties(3)))

    assert (batch.state, batch.rows, batch.accepted) == (BatchState.CHECKED, 3, 3)
    assert shown(policy) == 0
    assert office.release(batch).state == BatchState.RECORDED
    assert shown(policy) == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encoding_does_not_matter(office: Office, encoding: str) -> None:
    assert office.send(as_csv(penalties(2), encoding=encoding)).accepted == 2


def test_a_workbook_does_as_well(office: Office, policy: Policy) -> None:
    batch = office.release(office.send(as_xlsx(penalties(2)), name="本周.xlsx"))
    assert (batch.recorded, shown(policy)) == (2, 2)


def test_nobody_releases_the_own_batch(office: Office) -> None:
    batch = office.send(as_csv(penalties(1)))
    with pytest.raises(PermissionDenied):
        releasing.release(batch.number, office.clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(decided_by=office.clerk)


def test_another_department_neither_sends_nor_releases_here(office: Office) -> None:
    other = open_office("other")
    batch = office.send(as_csv(penalties(1)))
    with pytest.raises(PermissionDenied):
        releasing.release(batch.number, other.reviewer)
    with pytest.raises(PermissionDenied):
        receive([b"x"], file_name="x", kind="administrative_penalty", provider=office.department, by=other.clerk)


def test_good_rows_pass_and_bad_rows_come_back_with_every_reason(office: Office) -> None:
    bad = penalty(**{DOCUMENT: "", "处罚决定日期": "2026-02-31", CODE: "9.1990000E+17"})
    batch = office.send(as_csv([*penalties(2), bad]))

    assert (batch.accepted, batch.rejected) == (2, 1)
    assert codes_of(batch)[4] >= {"required_missing", "date_impossible", "code_lost_digits"}
    assert files.return_path(batch.number).exists()


def test_the_same_file_again_changes_nothing(office: Office, policy: Policy) -> None:
    office.release(office.send(as_csv(penalties(3))))
    again = office.send(as_csv(penalties(3)))

    assert (again.state, again.duplicates, again.accepted) == (BatchState.NOTHING_NEW, 3, 0)
    assert (Record.objects.count(), RecordEvent.objects.count(), shown(policy)) == (3, 3, 3)
    assert Sighting.objects.count() == 6


def test_the_same_file_still_under_way_is_the_same_batch(office: Office) -> None:
    first = office.send(as_csv(penalties(1)))
    assert office.send(as_csv(penalties(1))).number == first.number


def test_a_changed_act_replaces_the_former_under_the_same_address(office: Office, policy: Policy) -> None:
    office.release(office.send(as_csv([penalty()])))
    office.release(office.send(as_csv([penalty(处罚内容="罚款9000元", **{"罚款金额（万元）": "0.9"})])))

    assert Record.objects.values("number").distinct().count() == 1
    assert displayed(policy, Moment.now()).get().version == 2


def test_a_row_on_a_natural_person_leaves_only_its_number_and_the_reason(office: Office) -> None:
    by_category = penalty(**{NAME: "王示例", "行政相对人类别": "自然人", CODE: "", DOCUMENT: "榕示罚〔2026〕1号"})
    by_number = penalty(**{NAME: "示例商行", CODE: "350102199001011238", DOCUMENT: "榕示罚〔2026〕2号"})
    by_name = penalty(**{NAME: "欧阳示例", "行政相对人类别": "", CODE: "", DOCUMENT: "榕示罚〔2026〕3号"})
    batch = office.send(as_csv([penalty(), by_category, by_number, by_name]))

    assert (batch.rows, batch.accepted, batch.refused_person) == (4, 1, 3)
    told = RowProblem.objects.filter(batch=batch, severity="person")
    assert sorted(told.values_list("row", flat=True)) == [3, 4, 5]
    assert set(told.values_list("value", "field")) == {("", "")}
    assert not RowProblem.objects.filter(batch=batch, row__in=(3, 4, 5)).exclude(severity="person").exists()
    kept = b"".join(path.read_bytes() for path in files.return_path(batch.number).parent.iterdir())
    assert "王示例".encode() not in kept
    assert b"350102199001011238" not in kept
    workbook = pl.read_excel(files.return_path(batch.number), sheet_id=0)
    assert "欧阳示例" not in str(workbook)


def test_the_received_file_goes_when_the_batch_is_finished(office: Office) -> None:
    batch = office.send(as_csv(penalties(1)))
    assert files.received_path(batch.number).exists()
    office.release(batch)
    assert not files.received_path(batch.number).exists()
    assert not files.accepted_path(batch.number).exists()
    assert files.copy_path(batch.number).exists()


def test_identity_documents_are_never_kept(office: Office) -> None:
    row = penalty(法定代表人证件类型="身份证", 法定代表人证件号码="350102199001011238")
    office.release(office.send(as_csv([row])))

    assert "350102199001011238" not in RecordContent.objects.get().text
    assert "林示例" not in RecordContent.objects.get().text


def test_a_company_that_is_not_registered_waits_for_a_judgement(office: Office) -> None:
    unknown = penalty(**{NAME: "福州示例无名有限公司", CODE: "91990000MA0000023K"})
    batch = office.send(as_csv([unknown]))
    assert (batch.state, batch.in_review) == (BatchState.NOTHING_NEW, 1)


def test_a_right_code_with_another_name_is_not_passed_silently(office: Office) -> None:
    batch = office.send(as_csv([penalty(**{NAME: "福州示例别家有限公司"})]))
    assert (batch.accepted, batch.in_review) == (0, 1)
    assert "name_disagrees" in codes_of(batch)[2]


def test_a_batch_sent_back_records_nothing_and_may_be_sent_again(office: Office) -> None:
    batch = office.send(as_csv(penalties(1)))
    with pytest.raises(ValueError, match="reason"):
        releasing.send_back(batch.number, office.reviewer, reason=" ")
    releasing.send_back(batch.number, office.reviewer, reason="文号与决定书不符")

    assert Record.objects.count() == 0
    assert office.send(as_csv(penalties(1))).number != batch.number


def test_a_stopped_batch_cannot_be_released(office: Office) -> None:
    batch = office.send(as_csv(penalties(1)))
    releasing.stop(batch.number, office.clerk)
    with pytest.raises(releasing.NotPossible):
        releasing.release(batch.number, office.reviewer)


def test_two_reviewers_at_once_record_once(office: Office) -> None:
    batch = office.send(as_csv(penalties(2)))
    releasing.release(batch.number, office.reviewer)
    with pytest.raises(releasing.NotPossible):
        releasing.release(batch.number, office.reviewer)
    for _ in range(2):
        jobs.record_batch.call_now(batch.number)
    assert Record.objects.count() == 2


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (b"", "file_empty"),
        (",".join(PENALTY).encode(), "head_only"),
        (b"%PDF-1.7 nothing", "not_a_table"),
    ],
)
def test_a_file_that_is_no_such_table_is_told_why(office: Office, table: bytes, code: str) -> None:
    batch = office.send(table)
    assert (batch.state, batch.findings[0]["code"]) == (BatchState.UNREADABLE, code)
    assert not files.received_path(batch.number).exists()


def test_an_unknown_kind_keeps_nothing(office: Office) -> None:
    with pytest.raises(NoSuchKind):
        office.send(b"x", kind="no_such_kind")
    assert Batch.objects.count() == 0


def test_a_file_larger_than_allowed_keeps_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files.environment, "upload_limit_mb", 1)
    with pytest.raises(files.TooLarge):
        office.send(b"x" * (2 << 20))
    assert Batch.objects.count() == 0
    assert not list((files.environment.var / "received").glob("arriving-*"))


def test_a_minor_penalty_is_recorded_and_lawfully_not_shown(office: Office, policy: Policy) -> None:
    minor = penalty(
        处罚类别="警告、通报批评",
        处罚内容="警告",
        **{"罚款金额（万元）": "", "没收违法所得、没收非法财物的金额（万元）": ""},
    )
    batch = office.release(office.send(as_csv([minor])))

    assert (batch.recorded, batch.withheld, shown(policy)) == (1, 1, 0)
    assert Record.objects.get().display_reason == "轻微失信信息依法不予公示"


def test_the_report_names_row_field_code_and_message(office: Office) -> None:
    batch = office.send(as_csv([penalty(处罚决定日期="2026-02-31")]))
    told = of_checked(batch).as_json()

    assert told["rejected"] == 1
    error = told["errors"][0]
    assert (error["row"], error["field"], error["code"]) == (2, "penalty_decision_date", "date_impossible")
    assert "日历上没有这一天" in error["message"]


def test_a_register_without_one_good_row_comes_back_whole(office: Office) -> None:
    batch = office.send(as_csv([{"企业名称": "福州示例无码有限公司", "统一社会信用代码": "123"}]), kind="registration")
    assert (batch.state, batch.rejected) == (BatchState.NOTHING_NEW, 1)


def test_a_released_register_makes_the_companies_known(office: Office) -> None:
    new = {"企业名称": "福州示例新设有限公司", "统一社会信用代码": CODE_OF_NEW, "注册日期": "2026年11月1日"}
    batch = office.send(as_csv([new]), kind="registration")
    waiting = penalty(**{NAME: new["企业名称"], CODE: new["统一社会信用代码"]})
    assert office.send(as_csv([waiting])).in_review == 1

    office.release(batch)
    assert Subject.objects.get(uscc=CODE_OF_NEW).region == "990000"
    assert office.send(as_csv([waiting])).accepted == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_file_sent_twice_at_once_is_one_batch(policy: Policy, request: pytest.FixtureRequest) -> None:
    office = request.getfixturevalue("office")
    start = threading.Barrier(2)
    numbers = []

    def send() -> None:
        start.wait()
        receipt = receive(
            [as_csv(penalties(5))],
            file_name="本周.csv",
            kind="administrative_penalty",
            provider=office.department,
            by=office.clerk,
        )
        numbers.append(receipt.batch.number)
        connection.close()

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert len(numbers) == 2
    assert len(set(numbers)) == Batch.objects.count() == 1
    assert len(list((files.environment.var / "received").glob("arriving-*"))) == 0
