"""Which fields of a record the public sees."""

import json
from datetime import date

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from rongxin.disclosure.facts import facts_of
from rongxin.disclosure.records import EVENTS, TOLD_AS, record_view
from rongxin.disclosure.views import RecordView
from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.words import FieldClass
from rongxin.records.display import Moment
from rongxin.records.models import Effect
from tests.factories import LICENCE, PENALTY, a_department, a_record, a_subject, at, note, the_pack


def seen(view: RecordView) -> dict[str, str]:
    return {fact.name: fact.value for fact in view.facts}


def on_display(number: str, policy: Policy, on: str = "2026-03-20") -> RecordView:
    with time_machine.travel(at(on), tick=False):
        view = record_view(number, policy, Moment.now(), began_on=date(2026, 1, 5))
    assert view is not None
    return view


@pytest.mark.django_db
def test_restricted_and_personal_fields_do_not_pass(policy: Policy) -> None:
    record = a_record(recorded_at=at("2026-03-12"), legal_representative="林某示例", remark="内部备注示例")

    view = on_display(record.number, policy)

    assert {"legal_representative", "remark"}.isdisjoint(seen(view))
    assert "林某示例" not in repr(view)
    assert "内部备注示例" not in repr(view)


@pytest.mark.django_db
def test_text_that_may_name_persons_is_withheld_but_said_to_exist(policy: Policy) -> None:
    record = a_record(recorded_at=at("2026-03-12"), violation_facts="经办人张某某在场")

    view = on_display(record.number, policy)

    facts = {fact.name: fact for fact in view.facts}
    assert facts["violation_facts"].withheld
    assert facts["violation_facts"].value == ""
    assert facts["violation_facts"].note == "可能含个人信息，核对后公开"
    assert "张某某" not in repr(view)


@pytest.mark.django_db
def test_sums_are_written_in_yuan_without_the_unit_of_the_column(policy: Policy) -> None:
    record = a_record(recorded_at=at("2026-03-12"), fine_amount_10k=800_000, confiscated_amount_10k=126_050)

    facts = {fact.name: fact for fact in on_display(record.number, policy).facts}

    assert (facts["fine_amount_10k"].label.zh, facts["fine_amount_10k"].value) == ("罚款金额", "8,000 元")
    assert facts["fine_amount_10k"].label.en == "Fine"
    assert facts["confiscated_amount_10k"].value == "1,260.50 元"


@pytest.mark.django_db
def test_empty_fields_are_left_out_and_the_others_stand_in_the_order_of_the_kind(policy: Policy) -> None:
    record = a_record(recorded_at=at("2026-03-12"), fine_amount_10k=None)

    names = list(seen(on_display(record.number, policy)))

    assert "fine_amount_10k" not in names
    order = list(policy.kinds[PENALTY].fields)
    assert names == sorted(names, key=order.index)


@pytest.mark.django_db
def test_officers_and_the_words_of_a_basis_are_not_shown(policy: Policy) -> None:
    record = a_record(recorded_at=at("2026-03-12"), department=a_department(name="福州市示例城市管理局"))
    note(record, Effect.DISPUTED, at=at("2026-03-15"), basis="王某某来电提出")

    view = on_display(record.number, policy)

    assert "示例审核员" not in repr(view)
    assert "示例经办人" not in repr(view)
    assert "王某某" not in repr(view)
    assert view.history[1].note.startswith("批次 B-示例-")
    assert view.history[1].note.endswith("第 2 行，福州市示例城市管理局报送")


@pytest.mark.django_db
def test_a_renamed_subject_is_shown_with_the_name_the_decision_gave_it(policy: Policy) -> None:
    subject = a_subject("福州示例榕海贸易有限公司")
    record = a_record(subject, recorded_at=at("2026-03-12"))
    a_subject("福州示例榕海茶业有限公司", subject.uscc, on=date(2026, 3, 15))

    view = on_display(record.number, policy)

    assert (view.subject_name, view.party_name) == ("福州示例榕海茶业有限公司", "福州示例榕海贸易有限公司")
    assert view.is_named_otherwise


def test_every_event_has_words() -> None:
    assert set(EVENTS) == {TOLD_AS.get(effect, effect) for effect in Effect.values}


def kinds() -> list[RecordKind]:
    return [kind for kind in the_pack()[0].kinds.values() if kind.credit.envelope is not None]


def contents(kind: RecordKind) -> st.SearchStrategy[dict[str, object]]:
    """Whatever the fields of a kind may be filled with."""
    value = {"amount": st.integers(0, 10**12), "date": st.dates().map(str)}
    return st.fixed_dictionaries(
        {name: st.none() | value.get(field.type, st.text(max_size=20)) for name, field in kind.fields.items()}
    )


CONTENTS = {kind.name: contents(kind) for kind in kinds()}


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
@given(st.data())
def test_whatever_is_filled_only_public_fields_come_out(kind: RecordKind, data: st.DataObject) -> None:
    facts = facts_of(kind, json.dumps(data.draw(CONTENTS[kind.name])))

    for fact in facts:
        field = kind.fields[fact.name]
        assert field.credit.field_class == FieldClass.PUBLIC
        assert fact.withheld == field.credit.may_name_persons
        assert bool(fact.value) != fact.withheld


@pytest.mark.django_db
def test_a_licence_shows_its_fields(policy: Policy) -> None:
    record = a_record(kind=LICENCE, recorded_at=at("2026-03-12"), decided_on=date(2026, 3, 10), license_no="JY示例001")

    view = on_display(record.number, policy)

    assert seen(view)["license_no"] == "JY示例001"
    assert seen(view)["license_decision_date"] == "2026-03-10"
    assert (view.term, view.basis) == (None, "")
    assert view.display_basis is not None
    assert "行政许可法" in view.display_basis.document
