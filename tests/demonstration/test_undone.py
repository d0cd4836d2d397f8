"""The demonstration of what rests on what: one entry that stands, and one whose penalty fell, with its case under way."""

import pytest

from rongxin.demonstration.authorities import SHOWN
from rongxin.demonstration.codes import numbered_code
from rongxin.demonstration.staff import bring_rules_up_to_date, open_for_work
from rongxin.demonstration.undone import show_unwinding
from rongxin.departments.queries import department
from rongxin.records.models import Support
from rongxin.remedies.unwinding.models import Item, ItemSort, Redecision, Unwinding
from tests.factories import a_record, a_subject


@pytest.mark.django_db(transaction=True)
def test_one_entry_stands_and_one_is_decided_anew_however_often_it_is_shown() -> None:
    bring_rules_up_to_date()
    open_for_work()
    firm = a_subject("福州示例榕海茶业有限公司", numbered_code("9", "1", 1))
    for number in (1, 2):
        document = f"{SHOWN.mark}罚〔2026〕{number}号"
        a_record(firm, department=department(SHOWN.code), penalty_document_no=document)
    for _ in range(2):
        show_unwinding()
    assert Support.objects.count() == 2
    assert Unwinding.objects.get().case.state == "undoing"
    assert Redecision.objects.get().is_suspended
    assert set(Item.objects.values_list("sort", flat=True)) == {ItemSort.EFFECT, ItemSort.OFFICE}
