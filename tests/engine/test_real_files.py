"""A real register of 17,299 companies of Fuzhou, read and judged as the kind ``registration``."""

import gzip
from dataclasses import replace
from pathlib import Path

import polars as pl

from tests.engine.made_up import checked, kind_named, read
from tests.shared import shared

REGISTRATION = kind_named("registration")
WITHDRAWN = 983
"""Codes that carry 350182, the county code that Changle lost in 2017."""


def test_a_real_register_is_accepted_whole_and_warned_of_the_withdrawn_division(tmp_path: Path) -> None:
    content = gzip.decompress(shared("data/registry/fuzhou_enterprises_1978_2010.csv.gz").read_bytes())

    judged = checked(read(content, tmp_path, REGISTRATION), REGISTRATION)

    assert judged.rows["verdict"].value_counts().rows() == [("accepted", 17_299)]
    assert judged.persons.is_empty()
    assert judged.problems["code"].value_counts().rows() == [("uscc_division_abolished", WITHDRAWN)]


def test_no_real_company_is_taken_for_a_person_without_its_code(tmp_path: Path) -> None:
    """What a department sends that knows no codes; brackets and width as the register prints them."""
    content = gzip.decompress(shared("data/registry/fuzhou_enterprises_1978_2010.csv.gz").read_bytes())
    sheet = read(content, tmp_path, REGISTRATION)
    without_codes = sheet.frame.with_columns(pl.lit(None, pl.String).alias("c1"))

    judged = checked(replace(sheet, frame=without_codes), REGISTRATION)

    assert judged.persons.is_empty()
