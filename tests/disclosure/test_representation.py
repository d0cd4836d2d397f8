"""A record as JSON: the public content, and a hash that anyone can compute."""

import hashlib
import json
from datetime import date

import pytest
import time_machine
from django.utils import translation

from rongxin.disclosure.records import record_view
from rongxin.disclosure.representation import public_hash, representation
from rongxin.disclosure.views import RecordView
from rongxin.policy.pack import Policy
from rongxin.records.display import Moment
from tests.factories import a_record, a_subject, at

pytestmark = pytest.mark.django_db


def on_display(number: str, policy: Policy, on: str = "2026-03-20") -> RecordView:
    with time_machine.travel(at(on), tick=False):
        view = record_view(number, policy, Moment.now(), began_on=date(2026, 1, 5))
    assert view is not None
    return view


def test_it_holds_public_fields_and_names_those_withheld(policy: Policy) -> None:
    number = a_record(recorded_at=at("2026-03-12"), decided_on=date(2026, 3, 10)).number

    told = representation(on_display(number, policy))

    assert told["record"]["fields"]["fine_amount_10k"] == "8,000 元"
    assert told["record"]["withheld_fields"] == ["violation_facts", "penalty_content"]
    assert told["display"] == {"shown_until": "2027-03-10", "first_repair_on": "2026-06-11", "disputed_on": None}
    assert "legal_representative" not in json.dumps(told)


def test_anyone_can_compute_the_hash(policy: Policy) -> None:
    number = a_record(recorded_at=at("2026-03-12")).number

    answer = json.loads(json.dumps(representation(on_display(number, policy))))

    canonical = json.dumps(answer["record"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert answer["public_hash"] == hashlib.sha256(canonical.encode()).hexdigest()


def test_the_hash_is_the_same_on_every_day_in_every_language_and_after_a_renaming(policy: Policy) -> None:
    subject = a_subject("福州示例榕海贸易有限公司")
    number = a_record(subject, recorded_at=at("2026-03-12")).number
    first = public_hash(on_display(number, policy))

    a_subject("福州示例榕海茶业有限公司", subject.uscc, on=date(2026, 4, 1))
    with translation.override("en"):
        assert public_hash(on_display(number, policy, "2026-05-20")) == first


def test_another_version_has_another_hash(policy: Policy) -> None:
    subject = a_subject()
    hashes = set()
    for day, words in (("2026-03-12", "标签不符"), ("2026-03-13", "未明码标价")):
        document = "榕示市监罚〔2026〕1号"
        record = a_record(
            subject,
            recorded_at=at(day),
            decided_on=date(2026, 3, 9),
            penalty_document_no=document,
            violation_type=words,
        )
        hashes.add(public_hash(on_display(record.number, policy)))
    assert len(hashes) == 2
