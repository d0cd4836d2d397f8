"""Files beside a case: kept once, as they are, from whoever acts on it; a name that may tell of a person is replaced."""

import pytest
from django.db import DatabaseError, connection, transaction

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.models import Account
from rongxin.workflow.evidence import LARGEST, MOST, Fault, NotAttached, attach, content_of, evidence_of, may_attach
from rongxin.workflow.models import Case, Evidence, EvidenceFile
from tests.ledger.told import Kind, of, told
from tests.workflow.conftest import Bureau

PDF = b"%PDF-1.7 example"


@pytest.fixture
def case(bureau: Bureau) -> Case:
    case = bureau.open()
    Case.objects.filter(pk=case.pk).update(firm="91990000MA0000015Q")
    case.refresh_from_db()
    return case


def refused(case: Case, content: bytes, by: Account) -> Fault:
    with pytest.raises(NotAttached) as why:
        attach(case, name="x.pdf", content=content, by=by)
    return why.value.fault


def test_a_file_is_kept_once_and_told(bureau: Bureau, case: Case) -> None:
    kept = attach(case, name="缴款凭证.pdf", content=PDF, by=bureau.clerk)
    assert attach(case, name="again.pdf", content=PDF, by=bureau.reviewer) == kept
    assert (kept.name, kept.media_type, kept.size, kept.department) == (
        "缴款凭证.pdf",
        "application/pdf",
        len(PDF),
        bureau.department,
    )
    access = Access(bureau.clerk, Purpose.CASE, case.number)
    assert list(evidence_of(case, access)) == [kept]
    assert content_of(kept, access) == PDF
    (event,) = (each for each in told(Kind.STATUS, of(case.firm or "")) if each["act"] == "evidence.attach")
    assert (event["case"], event["sha256"]) == (case.number, kept.sha256)


def test_what_is_no_evidence_is_refused(bureau: Bureau, case: Case) -> None:
    assert refused(case, b"", bureau.clerk) == Fault.EMPTY
    assert refused(case, b"PK\x03\x04 a workbook", bureau.clerk) == Fault.UNKNOWN
    assert refused(case, PDF + bytes(LARGEST), bureau.clerk) == Fault.TOO_LARGE
    assert refused(case, PDF, bureau.stranger) == Fault.NOT_YOURS
    assert not may_attach(case, bureau.stranger)
    for number in range(MOST):
        attach(case, name="x.pdf", content=PDF + str(number).encode(), by=bureau.clerk)
    assert refused(case, PDF, bureau.clerk) == Fault.TOO_MANY
    Case.objects.update(is_open=False)
    assert refused(case, PDF, bureau.clerk) == Fault.CLOSED


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("法定代表人张建国.jpg", "材料1.pdf"),
        ("../../etc/passwd", "etcpasswd.pdf"),
        ("13800138000.pdf", "材料1.pdf"),
        ("", "材料1.pdf"),
        ("缴款\x00凭证.PDF", "缴款凭证.pdf"),
    ],
)
def test_a_name_tells_of_nobody_and_leads_nowhere(bureau: Bureau, case: Case, given: str, kept: str) -> None:
    assert attach(case, name=given, content=PDF, by=bureau.clerk).name == kept


def test_nobody_changes_it(bureau: Bureau, case: Case) -> None:
    attach(case, name="x.pdf", content=PDF, by=bureau.clerk)
    for change in (lambda: Evidence.objects.update(name="y.pdf"), lambda: EvidenceFile.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert connection.is_usable()
