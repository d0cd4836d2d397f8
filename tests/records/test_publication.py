"""That a record stood here for the public at a time: one event a minute, proven record by record without the platform."""

import json
from pathlib import Path
from typing import Any

import pytest

from rongxin.ledger.proving import NotProvable
from rongxin.ledger.sequencing import sequence_all
from rongxin.records import publication
from rongxin.records.publication import PUBLISHED, NotPublished, commit_published, prove_published
from tests.factories import a_record, a_subject, some_records
from tests.ledger.conftest import published  # noqa: F401 - every log of these tests lies in a folder of its own
from tests.ledger.looks import signed
from tests.ledger.told import Kind, told
from tools import verify_ledger

pytestmark = pytest.mark.django_db


def verified(bundle: dict[str, Any], folder: Path) -> int:
    file = folder / "record.json"
    file.write_text(json.dumps(bundle), encoding="utf-8")
    return verify_ledger.main(["proof", str(file)])


def test_what_is_entered_for_the_public_is_committed_to_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication, "MOST", 4)
    some_records(6, a_subject())
    a_record()
    assert commit_published.call_now() == 7
    assert commit_published.call_now() == 0
    a_record()
    assert commit_published.call_now() == 1
    events = told(Kind.RECORD, PUBLISHED)
    assert [(each["from"], each["to"], each["count"]) for each in events] == [(1, 4, 4), (5, 7, 3), (8, 8, 1)]


def test_each_record_is_proven_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication, "MOST", 4)
    records = some_records(9, a_subject())
    with pytest.raises(NotPublished):
        prove_published(records[0].number, 1)
    commit_published.call_now()
    with pytest.raises(NotPublished):
        prove_published(records[0].number, 1)
    sequence_all()
    with pytest.raises(NotProvable):
        prove_published(records[0].number, 1)
    signed()
    for record in records:
        bundle = prove_published(record.number, 1)
        assert bundle["line"].startswith(f"{record.number} 1 ")
        assert verified(bundle, tmp_path) == 0
    with pytest.raises(NotPublished):
        prove_published(records[0].number, 2)


FAULTS = {
    "number": lambda bundle: bundle | {"line": bundle["line"].replace(" 1 ", " 2 ")},
    "time": lambda bundle: bundle | {"line": bundle["line"].replace(" 1 20", " 1 21")},
    "place": lambda bundle: bundle | {"at": bundle["at"] ^ 1},
    "surplus": lambda bundle: bundle | {"path": [*bundle["path"], "00" * 32]},
    "missing": lambda bundle: bundle | {"path": bundle["path"][:-1]},
    "path": lambda bundle: bundle | {"path": ["00" * 32, *bundle["path"][1:]]},
    "count": lambda bundle: bundle | {"event": _said(bundle, "count", 6)},
    "root": lambda bundle: bundle | {"event": _said(bundle, "root", "00" * 32)},
    "salt": lambda bundle: bundle | {"event": bundle["event"] | {"salt": "00" * 32}},
    "index": lambda bundle: bundle | {"event": bundle["event"] | {"index": bundle["event"]["index"] + 1}},
}


def _said(bundle: dict[str, Any], name: str, value: object) -> dict[str, Any]:
    payload = json.dumps(json.loads(bundle["event"]["payload"]) | {name: value}, separators=(",", ":"))
    return dict(bundle["event"]) | {"payload": payload}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_changed_proof_is_refused(fault: str, tmp_path: Path) -> None:
    records = some_records(5, a_subject())
    commit_published.call_now()
    signed()
    changed = FAULTS[fault](prove_published(records[2].number, 1))
    assert verified(changed, tmp_path) == 1


def test_a_proof_of_another_event_is_none(tmp_path: Path) -> None:
    (record,) = some_records(1, a_subject())
    commit_published.call_now()
    signed()
    from rongxin.ledger import logs, proving

    bundle = prove_published(record.number, 1)
    other = next(each for each in range(4) if each != bundle["event"]["index"])
    event = proving.prove(logs.current(), other)
    changed = bundle | {"event": {name: event[name] for name in bundle["event"]}}
    assert verified(changed, tmp_path) == 1
