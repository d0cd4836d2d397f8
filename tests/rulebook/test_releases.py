"""Releases: by two people, kept for ever, in force from their instant on."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from rongxin.policy.pack import Policy
from rongxin.rulebook import queries
from rongxin.rulebook.actions import ReleaseRefused, release, seed
from rongxin.rulebook.models import SEED, Release, ReleasesAreKept

pytestmark = pytest.mark.django_db
NOTE = "公示时限改为三个工作日"
DEADLINE, TODAY = "publicity/deadline", date(2026, 11, 22)


def test_an_empty_rulebook_has_nothing_in_force() -> None:
    with pytest.raises(queries.NothingReleased):
        queries.current()
    with pytest.raises(queries.NothingReleased):
        queries.in_force_at(timezone.now())
    with pytest.raises(queries.NothingReleased):
        queries.sources("0" * 64)


def test_the_seed_is_the_systems_own(land: Policy, sources: dict[str, str]) -> None:
    first = seed(land, sources)

    assert (first.asked_by, first.approved_by, first.seed, first.supersedes) == (SEED, SEED, True, None)
    assert queries.current() == land
    assert queries.sources(land.digest) == sources


def test_a_seeded_rulebook_is_not_seeded_again(land: Policy, stricter: Policy, sources: dict[str, str]) -> None:
    first = seed(land, sources)

    assert seed(stricter, sources) == first
    assert queries.current() == land


def test_two_people_release_a_new_version(land: Policy, stricter: Policy, sources: dict[str, str]) -> None:
    first = seed(land, sources)

    released = release(stricter, sources, asked_by="zhang", approved_by="li", note=NOTE)

    assert released.supersedes == first
    assert queries.current().value(DEADLINE, TODAY).count == 3
    assert queries.by_digest(land.digest).value(DEADLINE, TODAY).count == 7
    assert [found.digest for found in queries.releases()] == [stricter.digest, land.digest]


def test_equal_content_changes_nothing(land: Policy, sources: dict[str, str]) -> None:
    first = seed(land, sources)

    assert release(land, sources, asked_by="zhang", approved_by="li", note=NOTE) == first
    assert Release.objects.count() == 1


def test_going_back_is_a_release_of_its_own(land: Policy, stricter: Policy, sources: dict[str, str]) -> None:
    seed(land, sources)
    release(stricter, sources, asked_by="zhang", approved_by="li", note=NOTE)
    release(land, sources, asked_by="li", approved_by="zhang", note="改回七个工作日")

    assert queries.current() == land
    assert Release.objects.count() == 3


@pytest.mark.parametrize(
    ("asked_by", "approved_by", "note", "told"),
    [
        ("zhang", "zhang", NOTE, "must be another"),
        ("zhang", " Zhang ", NOTE, "must be another"),
        ("zhang", "", NOTE, "names the person"),
        ("", "li", NOTE, "names the person"),
        (SEED, "li", NOTE, "names the person"),
        ("zhang", "li", " ", "needs a note"),
    ],
)
def test_one_person_alone_releases_nothing(
    asked_by: str, approved_by: str, note: str, told: str, land: Policy, stricter: Policy, sources: dict[str, str]
) -> None:
    seed(land, sources)

    with pytest.raises(ReleaseRefused, match=told):
        release(stricter, sources, asked_by=asked_by, approved_by=approved_by, note=note)
    assert queries.current() == land


def test_an_empty_rulebook_is_seeded_first(land: Policy, sources: dict[str, str]) -> None:
    with pytest.raises(ReleaseRefused, match="seed it first"):
        release(land, sources, asked_by="zhang", approved_by="li", note=NOTE)


@pytest.mark.parametrize(
    "people",
    [
        {"asked_by": "zhang", "approved_by": "zhang"},
        {"asked_by": "zhang", "approved_by": "ZHANG"},
        {"asked_by": SEED, "approved_by": "zhang"},
        {"asked_by": "zhang", "approved_by": ""},
        {"asked_by": SEED, "approved_by": SEED},
        {"asked_by": SEED, "approved_by": SEED, "seed": True},
        {"asked_by": "zhang", "approved_by": "li", "supersedes": None},
        {"asked_by": "zhang", "approved_by": "li", "seed": True, "supersedes": None},
    ],
)
def test_the_database_refuses_a_release_that_goes_round_the_action(
    people: dict[str, Any], land: Policy, stricter: Policy, sources: dict[str, str]
) -> None:
    first = seed(land, sources)
    row = {"supersedes": first, "digest": stricter.digest, "pack": "land", "content": stricter.canonical_json()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(**row | {"sources": {}, "released_at": timezone.now()} | people)


def test_a_version_is_superseded_once(land: Policy, stricter: Policy, sources: dict[str, str]) -> None:
    first = seed(land, sources)
    second = release(stricter, sources, asked_by="zhang", approved_by="li", note=NOTE)
    rival = {"digest": "0" * 64, "pack": "land", "content": "{}", "sources": {}, "released_at": timezone.now()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(supersedes=first, asked_by="wang", approved_by="zhao", **rival)
    assert queries.current().digest == second.digest


def test_the_model_refuses_to_change_or_remove_a_release(land: Policy, sources: dict[str, str]) -> None:
    first = seed(land, sources)
    first.note = "其实是"

    for attempt in (first.save, first.delete, Release.objects.all().delete, lambda: Release.objects.update(note="")):
        with pytest.raises(ReleasesAreKept):
            attempt()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rulebook_release SET note = 'other'",
        "UPDATE rulebook_release SET content = '{}'",
        "DELETE FROM rulebook_release",
    ],
)
def test_the_database_refuses_to_change_or_remove_a_release(
    statement: str, land: Policy, sources: dict[str, str]
) -> None:
    seed(land, sources)

    # On PostgreSQL the role that serves may not even try.
    with pytest.raises(DatabaseError, match=r"never changed or removed|permission denied"), transaction.atomic():
        connection.cursor().execute(statement)
    assert queries.by_digest(land.digest) == land


def test_every_instant_has_the_version_of_its_time(land: Policy, stricter: Policy, sources: dict[str, str]) -> None:
    first = seed(land, sources)
    second = release(stricter, sources, asked_by="zhang", approved_by="li", note=NOTE)

    assert queries.in_force_at(second.released_at) == stricter
    assert queries.in_force_at(second.released_at - timedelta(microseconds=1)) == land
    with pytest.raises(queries.NothingReleased):
        queries.in_force_at(first.released_at - timedelta(microseconds=1))


def test_a_clock_that_went_back_does_not_reorder_releases(
    land: Policy, stricter: Policy, sources: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = seed(land, sources)
    monkeypatch.setattr(timezone, "now", lambda: first.released_at - timedelta(days=1))

    second = release(stricter, sources, asked_by="zhang", approved_by="li", note=NOTE)

    assert second.released_at == first.released_at
    assert queries.in_force_at(second.released_at) == stricter


def test_asking_again_costs_no_query(
    land: Policy, sources: dict[str, str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    seed(land, sources)
    queries.current()

    with django_assert_num_queries(0):
        assert queries.current() is queries.by_digest(land.digest)


def test_after_a_second_one_small_query_looks_for_a_newer_version(
    land: Policy,
    sources: dict[str, str],
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seed(land, sources)
    queries.current()
    monkeypatch.setattr(queries, "SECONDS_BETWEEN_LOOKS", 0.0)

    with django_assert_num_queries(1) as asked:
        queries.current()
    assert "content" not in asked.captured_queries[0]["sql"]


@pytest.mark.django_db(transaction=True)
def test_a_release_that_was_rolled_back_was_never_in_force(
    land: Policy, stricter: Policy, sources: dict[str, str]
) -> None:
    seed(land, sources)

    with transaction.atomic():
        release(stricter, sources, asked_by="zhang", approved_by="li", note=NOTE)
        transaction.set_rollback(True)

    assert queries.current() == land


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time_", ["first", "second"])
def test_a_test_with_real_transactions_finds_an_empty_rulebook(
    time_: str, land: Policy, sources: dict[str, str]
) -> None:
    assert Release.objects.count() == 0
    seed(land, sources)

    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute("DELETE FROM rulebook_release")


def test_a_digest_is_found_by_its_beginning(land: Policy, sources: dict[str, str]) -> None:
    seed(land, sources)

    assert queries.whole_digest(land.digest[:8]) == land.digest
    with pytest.raises(queries.NothingReleased, match="no release begins with"):
        queries.whole_digest("0123456789")
