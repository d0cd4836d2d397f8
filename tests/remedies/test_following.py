"""Remedies follow the records they are about; a firm hears of a new adverse record once, with what can be done."""

from rongxin.notices.models import Notice
from rongxin.records.models import Effect
from rongxin.remedies.following import follow_acts
from tests.factories import a_record, a_subject, note
from tests.remedies.town import Town, on


def test_what_is_withdrawn_ends_what_runs_about_it_once(town: Town) -> None:
    repair, objection = town.apply(), town.object()
    follow_acts.call_now()
    note(town.record, Effect.ANNULLED)
    follow_acts.call_now()
    follow_acts.call_now()
    for each in (repair, objection):
        each.case.refresh_from_db()
        assert each.case.state == "moot"


def test_an_application_for_what_is_over_ends_by_itself(town: Town) -> None:
    repair = town.apply()
    with on("2027-06-02", "00:00"):
        follow_acts.call_now()
    repair.case.refresh_from_db()
    assert repair.case.state == "moot"


def test_a_firm_hears_of_a_new_adverse_record_once(town: Town) -> None:
    follow_acts.call_now()
    stranger = a_subject("福州示例三坊文旅有限公司")
    a_record(stranger, department=town.department)
    a_record(town.firm, kind="administrative_licence", department=town.department)
    fresh = town.penalty(recorded_at=None)
    follow_acts.call_now()
    follow_acts.call_now()
    told = Notice.objects.filter(name="record_entered")
    assert {notice.uscc for notice in told} == {town.firm.uscc}
    (one,) = told.filter(key=f"record:{fresh.number}:1")
    assert fresh.document_number in one.title_zh
    assert "信用修复告知书" in one.body_zh
