"""A database that stopped half-way among migrations of before is refused, not passed over in silence."""

import pytest
from django.core.checks import Error
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from rongxin.storage.half_way import nothing_stopped_half_way

OF_DOCUMENTS = {("documents", "0001_initial"), ("documents", "0004_firm_of_document")}


def refused(applied: set[tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda _: dict.fromkeys(applied))
    return [fault.msg for fault in nothing_stopped_half_way(None, databases=["default"]) if isinstance(fault, Error)]


def test_all_of_before_or_nothing_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = {old for new in MigrationLoader(None).replacements.values() for old in new.replaces}
    assert everything >= OF_DOCUMENTS
    for applied in (everything, set(), OF_DOCUMENTS):
        assert refused(applied, monkeypatch) == []


def test_a_part_of_it_is_refused_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    (told,) = refused({("documents", "0001_initial"), ("accounts", "0007_row_security")}, monkeypatch)
    assert "还缺：accounts.0005_events_only_grow、documents.0004_firm_of_document。" in told


def test_without_a_database_nothing_is_asked() -> None:
    assert nothing_stopped_half_way(None) == []
