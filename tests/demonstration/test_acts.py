"""Made-up penalties and licences: marked, in the words of the standard, their sums the same in figures and in words."""

import re
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from rongxin.demonstration import authorities, licences, penalties
from rongxin.demonstration.acts import FIRST_DAY, LAST_DAY, LICENCE, PENALTY, TEMPLATES, acts, options
from rongxin.demonstration.authorities import AUTHORITIES
from rongxin.demonstration.enterprises import identities
from rongxin.demonstration.famous import DOCUMENT_NUMBER, penalty_row
from rongxin.demonstration.trades import TRADES
from rongxin.policy.display import severity_of
from rongxin.policy.kinds import RecordKind
from rongxin.policy.words import Severity
from rongxin.primitives import uscc
from rongxin.primitives.money import amounts_in
from tests.demonstration.packs import fuzhou

MANY = np.arange(5_000)
SUBJECTS = 1_200


@pytest.fixture(scope="module")
def penalty_rows() -> pl.DataFrame:
    return acts(1, PENALTY, MANY, SUBJECTS)


@pytest.fixture(scope="module")
def licence_rows() -> pl.DataFrame:
    return acts(1, LICENCE, MANY, SUBJECTS)


@pytest.mark.parametrize("kind", [PENALTY, LICENCE])
def test_the_same_number_is_the_same_act(kind: str) -> None:
    some = np.array([7, 4_999, 31])
    assert acts(1, kind, some, SUBJECTS).equals(acts(1, kind, MANY, SUBJECTS)[some])


@pytest.mark.parametrize("kind", [PENALTY, LICENCE])
def test_every_trade_may_be_concerned_and_every_template_has_an_authority(kind: str) -> None:
    assert options(kind).has(np.arange(len(TRADES))).all()
    bureaus = {authority.bureau for authority in AUTHORITIES}
    for template in TEMPLATES[kind]:
        assert template.bureau in bureaus
        concerned = options(kind, template.bureau).has(np.arange(len(TRADES)))
        assert concerned.any(), template


def test_columns_are_those_of_the_kinds_and_required_ones_are_filled(
    penalty_rows: pl.DataFrame, licence_rows: pl.DataFrame
) -> None:
    for rows, kind in ((penalty_rows, fuzhou().kinds[PENALTY]), (licence_rows, fuzhou().kinds[LICENCE])):
        assert set(rows.columns) <= set(kind.fields)
        required = [name for name, field in kind.fields.items() if field.constraints.required]
        assert rows.select(required).null_count().sum_horizontal().item() == 0


def test_choices_are_in_the_words_of_the_standard(penalty_rows: pl.DataFrame, licence_rows: pl.DataFrame) -> None:
    assert _choices(penalty_rows, fuzhou().kinds[PENALTY])
    assert _choices(licence_rows, fuzhou().kinds[LICENCE])


def _choices(rows: pl.DataFrame, kind: RecordKind) -> bool:
    for name in rows.columns:
        allowed = kind.fields[name].constraints.enum
        if allowed:
            assert set(rows[name].str.split("；").explode()) <= set(allowed), name
    return True


def test_documents_authorities_and_parties_are_marked(penalty_rows: pl.DataFrame, licence_rows: pl.DataFrame) -> None:
    assert penalty_rows["penalty_document_no"].str.contains(r"^榕示.*罚〔\d{4}〕\d+号$").all()
    assert licence_rows["license_document_no"].str.contains(r"^榕示.*许〔\d{4}〕\d+号$").all()
    for rows in (penalty_rows, licence_rows):
        for name in rows.columns:
            if name in {"party_name", "penalty_authority", "license_authority", "source_unit"}:
                assert rows[name].str.contains("示例").all()
            if name.endswith("_uscc"):
                assert all(uscc.is_valid(code) and code[2:8] == "990000" for code in rows[name].unique())


def test_the_authority_is_that_of_the_district_where_there_is_one(penalty_rows: pl.DataFrame) -> None:
    in_fuqing = penalty_rows.filter(pl.col("party_name").str.contains("^福清示例.*有限公司$"))
    by_market = in_fuqing.filter(pl.col("penalty_authority").str.ends_with("市场监督管理局"))
    assert by_market.height > 20
    assert by_market["penalty_authority"].unique().to_list() == ["福清示例市市场监督管理局"]


def test_nobody_is_concerned_before_being_founded(penalty_rows: pl.DataFrame) -> None:
    founded = identities(1, np.arange(SUBJECTS)).select("uscc", "established_on")
    decided = penalty_rows.join(founded, left_on="party_uscc", right_on="uscc", how="left")
    assert (decided["penalty_decision_date"] >= decided["established_on"]).all()
    assert decided["penalty_decision_date"].is_between(FIRST_DAY, LAST_DAY).all()


def test_document_numbers_are_borne_once(penalty_rows: pl.DataFrame, licence_rows: pl.DataFrame) -> None:
    assert penalty_rows["penalty_document_no"].is_unique().all()
    assert licence_rows["license_document_no"].is_unique().all()


def test_sums_in_the_columns_are_those_in_the_words(penalty_rows: pl.DataFrame) -> None:
    for row in penalty_rows.iter_rows(named=True):
        sums = [row["confiscated_amount_10k"], row["fine_amount_10k"]]
        in_fen = [int(Decimal(text) * 1_000_000) for text in sums if text]
        assert amounts_in(row["penalty_content"]) == in_fen, row


def test_texts_are_complete_and_cite_an_article(penalty_rows: pl.DataFrame, licence_rows: pl.DataFrame) -> None:
    texts = [*penalty_rows["violation_facts"], *penalty_rows["penalty_content"], *licence_rows["license_content"]]
    assert not [text for text in texts if re.search(r"[{}]|null", text) or not text]
    assert penalty_rows["penalty_basis"].str.contains(r"^《.+》第.+条").all()


def test_penalties_are_of_every_severity_that_can_be_told(penalty_rows: pl.DataFrame) -> None:
    kind = fuzhou().kinds[PENALTY]
    severities = {severity_of(kind, row)[0] for row in penalty_rows.select("penalty_category").iter_rows(named=True)}
    assert severities == {Severity.MINOR, Severity.GENERAL, Severity.SERIOUS}


def test_terms_end_after_they_begin(penalty_rows: pl.DataFrame, licence_rows: pl.DataFrame) -> None:
    assert (penalty_rows["penalty_valid_to"] > penalty_rows["penalty_decision_date"]).all()
    assert (licence_rows["valid_to"] > licence_rows["valid_from"]).all()
    assert (licence_rows["valid_from"] >= licence_rows["license_decision_date"]).all()


def test_the_famous_penalty_is_numbered_and_summed_as_it_says() -> None:
    row = penalty_row()
    assert row["penalty_document_no"] == DOCUMENT_NUMBER == "榕示市监罚〔2026〕118号"
    assert amounts_in(row["penalty_content"]) == [115_000, 750_000]
    assert DOCUMENT_NUMBER.startswith(authorities.SHOWN.mark)


def test_fines_are_whole_yuan_within_a_few_million() -> None:
    assert all(0 < fine < 5_000_000 for each in penalties.PENALTIES for fine in each.fines)
    assert all(each.years <= 5 for each in licences.LICENCES)
