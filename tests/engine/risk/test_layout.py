from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from rongxin.engine.risk.layout import (
    ENVELOPE,
    HOLDER,
    MANIFEST,
    PERCENT,
    SHAREHOLDING,
    SHIFT,
    Count,
    File,
    Manifest,
    Snapshot,
    bucket_file,
    bucket_of,
    delta_folder,
    identified,
    new_folder,
    read_manifest,
    record_schemas,
    records_table,
    rules_digest,
    write_manifest,
    write_table,
)
from rongxin.policy.loader import load_pack
from rongxin.policy.pack import Policy
from rongxin.policy.words import FieldClass


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_pack(Path("policies"), "fujian")


def manifest(position: int = 7, parts: tuple[str, ...] = ()) -> Manifest:
    return Manifest(
        position=position,
        known_at=datetime(2026, 3, 1, 8, 30, 0, 123456, UTC),
        policy="p",
        rules="r",
        kinds={"honour": {"subject": "Int64"}},
        files={"subjects/00000.parquet": File(3, 900, "ab")},
        buckets={0: Count(3, 6, 0, 0)},
        unresolved=2,
        parts=parts,
    )


def test_a_bucket_holds_131072_keys() -> None:
    assert [bucket_of(key) for key in (0, 131_071, 131_072)] == [0, 0, 1]
    assert 1 << SHIFT == 131_072
    assert bucket_file(records_table("honour"), 12) == "records/honour/00012.parquet"


def test_columns_are_days_money_and_words_of_a_list_only(policy: Policy) -> None:
    for name, schema in record_schemas(policy).items():
        kind = policy.kinds[name]
        for column in schema.keys() - ENVELOPE.keys():
            field = kind.fields[column]
            if name == SHAREHOLDING and column in (HOLDER, PERCENT):
                continue
            assert field.type in ("date", "amount") or field.constraints.enum
            assert field.credit.field_class not in (FieldClass.PERSONAL, FieldClass.DISCARD)
    assert "registration" not in record_schemas(policy)


def test_words_of_a_list_are_closed_and_several_of_them_one_text(policy: Policy) -> None:
    penalty = record_schemas(policy)["administrative_penalty"]
    assert isinstance(penalty["party_category"], pl.Enum)
    several = next(f for f in policy.kinds["administrative_penalty"].table.fields if f.credit.several)
    assert penalty[several.name] == pl.String()


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    rows = pl.DataFrame({"subject": [1, 2], "state": pl.Series([0, 4], dtype=pl.UInt8)})
    file = write_table(tmp_path, "records/honour/00000.parquet", rows)
    path = tmp_path / "records/honour/00000.parquet"
    assert (file.rows, file.bytes) == (2, path.stat().st_size)
    assert_frame_equal(pl.read_parquet(path), rows)


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = write_manifest(tmp_path, manifest())
    assert read_manifest(tmp_path) == written
    assert len(written.id) == 32
    assert written.id != identified(manifest(position=8)).id


def test_a_changed_manifest_is_refused(tmp_path: Path) -> None:
    write_manifest(tmp_path, manifest())
    path = tmp_path / MANIFEST
    for changed in (path.read_text().replace('"position":7', '"position":9'), "{}", "[]", path.read_text()[:50]):
        path.write_text(changed)
        with pytest.raises(ValueError, match=r"manifest\.json"):
            read_manifest(tmp_path)


def test_a_snapshot_is_its_base_and_the_deltas_that_follow_it(tmp_path: Path) -> None:
    base = write_manifest(tmp_path, manifest())
    first = write_manifest(delta_folder(tmp_path, 1), manifest(9, (base.id,)))
    second = write_manifest(delta_folder(tmp_path, 2), manifest(12, (base.id, first.id)))
    assert Snapshot.at(tmp_path).parts == (base, first, second)
    assert Snapshot.at(tmp_path, first.id).parts == (base, first)
    assert Snapshot.at(tmp_path, base.id).id == base.id
    with pytest.raises(FileNotFoundError, match="no snapshot abc"):
        Snapshot.at(tmp_path, "abc")
    write_manifest(delta_folder(tmp_path, 2), manifest(12, (first.id, base.id)))
    with pytest.raises(ValueError, match="00002 belongs to another snapshot"):
        Snapshot.at(tmp_path)


def test_a_delta_without_manifest_does_not_exist(tmp_path: Path) -> None:
    base = write_manifest(tmp_path, manifest())
    write_table(delta_folder(tmp_path, 1), "subjects_replaced.parquet", pl.DataFrame({"subject": [1]}))
    assert Snapshot.at(tmp_path).parts == (base,)


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "snapshot"
    with pytest.raises(RuntimeError), new_folder(target) as folder:
        (folder / "half").write_text("")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with new_folder(target) as folder:
        (folder / "whole").write_text("")
        assert not target.exists()
    assert [path.name for path in target.iterdir()] == ["whole"]
    with pytest.raises(FileExistsError), new_folder(target):
        pass


def test_what_a_killed_process_left_is_removed_and_what_another_writes_is_not(tmp_path: Path) -> None:
    target = tmp_path / "snapshot"
    left = tmp_path / ".snapshot-killed"
    left.mkdir()
    with new_folder(target) as one:
        assert not left.exists()
        with pytest.raises(OSError, match="not empty"), new_folder(target) as other:
            assert one.exists()
            (one / "first").write_text("")
            (other / "second").write_text("")
            one.rename(target)
        target.rename(one)
    assert [path.name for path in target.iterdir()] == ["first"]


def test_a_weight_does_not_change_the_rules_of_the_rows_and_a_list_does(policy: Policy) -> None:
    lighter = policy.model_copy(update={"values": {}})
    assert rules_digest(lighter) == rules_digest(policy)
    fewer = {name: kind for name, kind in policy.kinds.items() if name != "wage_arrears_list"}
    assert rules_digest(policy.model_copy(update={"kinds": fewer})) != rules_digest(policy)
    assert identified(replace(manifest(), rules="s")).id != identified(manifest()).id
