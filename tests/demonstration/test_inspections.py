"""Made-up inspections: of organisations only, most find nothing, and more is found where something was known before."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from config.environment import environment
from rongxin.demonstration.authorities import AUTHORITIES
from rongxin.demonstration.enterprises import identities
from rongxin.demonstration.inspections import MOST, PLANS, sendings
from rongxin.demonstration.other_kinds import Model, models
from rongxin.policy.examples import read_examples
from tests.demonstration.packs import fuzhou

DAYS = [date(2026, 9, 1) + timedelta(weeks=week) for week in range(9)]
KINDS = {"inspection_result": "inspection_result", "administrative_supervision": "supervision_result"}


@pytest.fixture(scope="module")
def told_of() -> dict[str, Model]:
    policy = fuzhou()
    examples = {
        kind: each
        for head in policy.packs
        for kind, each in read_examples(environment.policies, head.name, policy).items()
    }
    return models(policy, examples)


def known() -> pl.DataFrame:
    return identities(1, np.arange(2000, dtype=np.int64))


def burdens(on: date = DAYS[0]) -> pl.DataFrame:
    """Something is known against every eighth enterprise."""
    return known().gather_every(8).select("uscc", on=pl.lit(on), weight=pl.lit(3))


def sent(model: Model, against: pl.DataFrame | None = None) -> list[tuple[date, pl.DataFrame]]:
    authority = next(each for each in AUTHORITIES if model.kind.name in each.kinds)
    return list(sendings(1, authority, model, known(), burdens() if against is None else against, DAYS))


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_weeks_bring_inspections_of_organisations_each_once_at_a_time(
    kind: str, told_of: dict[str, Model]
) -> None:
    model = told_of[kind]
    found = sent(model)
    told = model.kind.credit.inspection
    assert told
    assert [day for day, _ in found] == DAYS[-PLANS:]
    numbers: list[str] = []
    for day, rows in found:
        assert rows.height == MOST[bool(told.random)]
        assert rows["party_uscc"].is_unique().all()
        assert rows["party_uscc"].str.starts_with("91").all()
        assert rows[told.inspected_on].str.to_date().is_between(day - timedelta(days=7), day).all()
        assert set(rows["remark"]) == {""}
        numbers += rows[model.kind.credit.envelope.document_number].to_list()  # type: ignore[union-attr, index]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(("kind", "result"), KINDS.items())
def test_more_is_found_where_something_was_known(kind: str, result: str, told_of: dict[str, Model]) -> None:
    rows = pl.concat(rows for _, rows in sent(told_of[kind]))
    shares = rows.group_by(
        known=pl.col("party_uscc").is_in(burdens()["uscc"].implode()), failed=pl.col(result) != "未发现问题"
    ).len()
    counts = {(is_known, failed): number for is_known, failed, number in shares.iter_rows()}
    of_known = counts[True, True] / (counts[True, True] + counts[True, False])
    of_others = counts.get((False, True), 0) / max(counts.get((False, False), 0), 1)
    assert of_others < 0.15 < of_known < 0.5
    assert (rows[result] == "未发现问题").mean() > 0.5  # type: ignore[operator]


def test_what_comes_after_the_plan_changes_nothing(told_of: dict[str, Model]) -> None:
    model = told_of["inspection_result"]
    later, never = sent(model, burdens(DAYS[-PLANS])), sent(model, burdens().clear())
    assert all(one.equals(other) for (_, one), (_, other) in zip(later, never, strict=True))


def test_too_few_enterprises_are_not_inspected(told_of: dict[str, Model]) -> None:
    model = told_of["inspection_result"]
    assert list(sendings(1, AUTHORITIES[0], model, known().head(4), burdens(), DAYS)) == []
    assert list(sendings(1, AUTHORITIES[0], model, known(), burdens(), [])) == []
