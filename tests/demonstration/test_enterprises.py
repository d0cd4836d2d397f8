"""Made-up enterprises follow from a seed and a number, are marked, are valid, and are nobody real."""

import gzip
import re
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rongxin.demonstration import words
from rongxin.demonstration.codes import numbered_code, unified_codes
from rongxin.demonstration.enterprises import FIRST_DAY, LAST_DAY, identities, register_rows
from rongxin.demonstration.famous import FAMOUS
from rongxin.demonstration.forms import ENTERPRISE, FORMS, SOLE_TRADER
from rongxin.primitives import organisation_code, registration_number, uscc
from rongxin.primitives.money import read_capital
from rongxin.primitives.names import has_organisation_word
from rongxin.primitives.organisation_words import COMMON_SURNAMES
from tests.demonstration.packs import fuzhou
from tests.examples import slow
from tests.shared import shared

MANY = np.arange(20_000)


@pytest.fixture(scope="module")
def enterprises() -> pl.DataFrame:
    return identities(1, MANY)


@pytest.fixture(scope="module")
def register() -> pl.DataFrame:
    return register_rows(1, MANY)


def test_the_same_seed_gives_the_same_enterprises_and_another_seed_others(register: pl.DataFrame) -> None:
    assert register.equals(register_rows(1, MANY))
    others = register_rows(2, MANY)["name"].to_list()
    assert sum(one == other for one, other in zip(register["name"], others, strict=True)) < 100


@settings(deadline=None, max_examples=slow())
@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=20), st.integers(0, 2**31))
def test_an_enterprise_does_not_depend_on_which_others_are_made(numbers: list[int], seed: int) -> None:
    together = register_rows(seed, np.array(numbers, np.int64))
    alone = pl.concat([register_rows(seed, np.array([number], np.int64)) for number in numbers])
    assert together.equals(alone)


def test_every_code_is_valid_lies_in_division_990000_and_is_borne_once(enterprises: pl.DataFrame) -> None:
    codes = enterprises["uscc"]
    assert all(uscc.is_valid(code) for code in codes)
    assert codes.str.slice(2, 6).unique().to_list() == ["990000"]
    assert codes.n_unique() == len(codes)


@given(st.lists(st.integers(0, 50_000_000), min_size=1, max_size=50, unique=True), st.booleans())
def test_numbers_far_apart_and_close_by_have_different_valid_codes(numbers: list[int], old: bool) -> None:
    index = np.array(numbers, np.int64)
    codes = unified_codes(pl.Series(["91"] * len(index)), index, old=np.full(len(index), old))
    assert codes.n_unique() == len(index)
    assert all(uscc.inspect(code) == () for code in codes)
    assert all(organisation_code.is_valid(code[8:17]) for code in codes)


def test_codes_begin_as_the_legal_form_asks(enterprises: pl.DataFrame) -> None:
    begins = [FORMS[form].beginning for form in enterprises["form"]]
    assert enterprises["uscc"].str.slice(0, 2).to_list() == begins
    assert set(begins) == {"91", "92", "93", "12", "51", "52"}


def test_every_name_and_address_is_marked_and_none_is_that_of_a_person(register: pl.DataFrame) -> None:
    for column in ("name", "former_name", "address"):
        assert register[column].drop_nulls().str.contains(words.MARK, literal=True).all()
    assert all(has_organisation_word(name) for name in register["name"])
    assert not COMMON_SURNAMES & set(words.FIRST)


def test_no_name_is_on_the_real_register(register: pl.DataFrame) -> None:
    with gzip.open(shared("data/registry/fuzhou_enterprises_1978_2010.csv.gz")) as real:
        names = pl.read_csv(real, columns=["企业名称"], infer_schema=False)["企业名称"]
    assert len(names) > 10_000
    assert not set(names) & {*register["name"], *register["former_name"].drop_nulls()}


def test_there_is_variety_as_on_a_real_register(enterprises: pl.DataFrame, register: pl.DataFrame) -> None:
    names = register["name"]
    assert 0.08 < register["former_name"].count() / register.filter(pl.col("uscc").str.starts_with("91")).height < 0.12
    assert 30 < len(names) - names.n_unique() < 2_000, "a few bear the same name"
    assert names.str.len_chars().max() >= 31
    assert names.str.contains("（").any()
    assert names.str.contains("(", literal=True).any()
    assert set(register["status"]) == {"存续", "注销", "吊销", "迁出"}
    assert enterprises["trade"].n_unique() > 30
    assert register["established_on"].min() < date(1992, 1, 1)


def test_days_of_foundation_and_renaming_lie_in_their_order(enterprises: pl.DataFrame) -> None:
    assert enterprises["established_on"].is_between(FIRST_DAY, LAST_DAY).all()
    renamed = enterprises.drop_nulls("renamed_on")
    assert (renamed["renamed_on"] >= renamed["established_on"]).all()
    assert renamed["renamed_on"].max() <= LAST_DAY


def test_capital_and_old_numbers_can_be_read(register: pl.DataFrame) -> None:
    assert all(isinstance(read_capital(text), tuple) for text in register["registered_capital"].drop_nulls()[:2000])
    numbers = register["registration_number"].drop_nulls()
    assert all(registration_number.is_valid(number) for number in numbers[:2000])
    assert (register.filter(pl.col("registration_number").is_not_null())["established_on"] < date(2015, 10, 1)).all()


def test_an_address_lies_where_the_name_says(register: pl.DataFrame) -> None:
    for place in ("福清", "闽侯", "鼓楼"):
        there = register.filter(pl.col("name").str.contains(rf"^(福州市)?{place}示例.*有限公司$|{place}示例分公司$"))
        assert there.height > 10
        assert there["address"].str.contains(place).all()


def test_the_famous_bear_the_first_numbers_and_their_own_codes(register: pl.DataFrame) -> None:
    assert register["name"][: len(FAMOUS)].to_list() == [each.name for each in FAMOUS]
    first = register.row(0, named=True)
    assert (first["uscc"], first["former_name"]) == ("91990000MA0000015Q", "福州示例榕海贸易有限公司")
    assert len(FAMOUS[4].name) == 31
    with pytest.raises(ValueError, match="kept for the famous"):
        numbered_code("9", "1", 1000)


def test_sole_traders_carry_a_shop_and_no_capital(register: pl.DataFrame) -> None:
    traders = register.filter(pl.col("uscc").str.starts_with(SOLE_TRADER))
    assert traders.height > 1_000
    assert traders["registered_capital"].null_count() == traders.height
    assert not traders["name"].str.contains("公司").any()
    assert all(re.match("福州市..示例区", name) for name in traders["name"])


def test_enterprises_have_an_industry_of_the_classification_and_a_size(register: pl.DataFrame) -> None:
    divisions = register["industry"].str.head(2).unique()

    assert divisions.len() > 20
    assert all(any(each.first <= code <= each.last for each in fuzhou().industries) for code in divisions)
    assert set(register["scale"].drop_nulls()) == set(words.SCALES)
    assert set(register.filter(pl.col("scale").is_not_null())["uscc"].str.head(2)) == {ENTERPRISE}
