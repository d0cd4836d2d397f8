from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rongxin.engine.candidate_reasons import REASONS, label, sentence
from rongxin.engine.candidates import (
    CANDIDATE_SCHEMA,
    JUDGED_SCHEMA,
    PARTY_SCHEMA,
    Pool,
    candidates,
    party_code,
    wanted,
)
from rongxin.engine.name_blocks import LONGEST, blocks, parts, probes
from rongxin.engine.near_codes import differences, meant
from rongxin.primitives.names import normalise_name
from rongxin.primitives.uscc import ALPHABET, check_character, make
from tests.examples import slow

SUBJECTS = {
    1: (make("9", "1", "350102", "MA000001"), "福州示例榕海贸易有限公司"),
    2: (make("9", "1", "350102", "MA000002"), "福州示例榕海茶业有限公司"),
    3: (make("9", "1", "350182", "MA000012"), "厦门示例榕海贸易有限公司"),
    4: (make("9", "2", "350102", "MA000099"), "示例榕海贸易商店"),
    5: (make("9", "1", "110108", "59467239"), "示例闽江水产供应链管理有限公司"),
}
FORMER = [(2, "福州示例榕海商贸有限公司")]
NUMBERS = [(1, "registration_number", "110000006000374")]
NOTHING_JUDGED = pl.DataFrame(schema=JUDGED_SCHEMA)
SLOW = settings(deadline=None, max_examples=slow())
CODES = st.builds(
    make,
    st.just("9"),
    st.just("1"),
    st.sampled_from(["350102", "110108", "990000"]),
    st.text(alphabet=ALPHABET, min_size=8, max_size=8).filter(lambda text: text != "00000000"),
)


def pool(
    subjects: dict[int, tuple[str, str]] = SUBJECTS,
    former: list[tuple[int, str]] = FORMER,
    numbers: list[tuple[int, str, str]] = NUMBERS,
    status: str = "active",
) -> Pool:
    named = [(name, key, True) for key, (_, name) in subjects.items()] + [(name, key, False) for key, name in former]
    names = pl.DataFrame(named, schema={"name": pl.String, "subject": pl.Int64, "current": pl.Boolean}, orient="row")
    trader = {key: code.startswith("92") for key, (code, _) in subjects.items()}
    kept = blocks(names["name"]).with_columns(
        pl.when(~names["subject"].replace_strict(trader)).then(pl.col(end)) for end in ("head_block", "tail_block")
    )
    borne = [("uscc", code, key) for key, (code, _) in subjects.items()] + [
        (kind, code, key) for key, kind, code in numbers
    ]
    return Pool(
        names=names.hstack(kept),
        identifiers=pl.DataFrame(
            borne, schema={"kind": pl.String, "value": pl.String, "subject": pl.Int64}, orient="row"
        ),
        subjects=pl.DataFrame(
            {
                "subject": list(subjects),
                "uscc": [code for code, _ in subjects.values()],
                "status": [status] * len(subjects),
                "region": [""] * len(subjects),
                "is_sole_trader": list(trader.values()),
            },
            schema_overrides={"subject": pl.Int64},
        ),
    )


def party(name: str | None = None, code: str | None = None, **more: str | None) -> pl.DataFrame:
    filed = {"at": 1, "name": name and normalise_name(name), "code": code, "region": "350102"} | more
    return pl.DataFrame([filed], schema=PARTY_SCHEMA)


def found(
    parties: pl.DataFrame, judged: pl.DataFrame = NOTHING_JUDGED, held: Pool | None = None
) -> list[dict[str, Any]]:
    return candidates(parties, held or pool(), judged).to_dicts()


def codes_of(candidate: dict[str, Any]) -> set[str]:
    return {reason["code"] for reason in candidate["reasons"]}


def judged(name: str, subject: int, verdict: str, *, code: str = "", own: bool = True) -> pl.DataFrame:
    line = (normalise_name(name), code, subject, SUBJECTS[subject][0], verdict, own, "clerk", "2026-11-20")
    return pl.DataFrame([line], schema=JUDGED_SCHEMA, orient="row")


# ── parts and blocks of names ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("福建省福州市示例榕海贸易有限公司", ("福建省福州市", "示例榕海", "贸易", "有限公司")),
        ("福州示例榕海茶业有限公司", ("福州", "示例榕海", "茶业", "有限公司")),
        ("示例榕海(福州)供应链管理有限公司", ("", "示例榕海", "供应链管理", "有限公司")),
        ("福清示例融城置业", ("福清", "示例融城", "置业", "")),
        ("福建万源信息科技有限公司", ("福建", "万源", "信息科技", "有限公司")),
        ("福州贸易有限公司", ("", "福州", "贸易", "有限公司")),
        ("福州市公司", ("", "福州市", "", "公司")),
    ],
)
def test_a_name_is_split_into_region_own_part_trade_and_form(name: str, split: tuple[str, ...]) -> None:
    assert parts(pl.Series([name])).row(0) == split


def test_a_name_without_anything_has_no_block() -> None:
    assert blocks(pl.Series(["", None, "店"], dtype=pl.String)).rows() == [(None, None)] * 3


OWN = st.text(alphabet="榕海江山金玉华盛恒通", min_size=4, max_size=6)
TRADE = st.sampled_from(["贸易", "茶业", "信息科技", "供应链管理", ""])


@SLOW
@given(own=OWN, trade=TRADE, place=st.sampled_from(["", "福州", "福建省福州市"]), at=st.integers(0, 5))
def test_one_wrong_character_leaves_a_block_by_which_the_name_is_found(
    own: str, trade: str, place: str, at: int
) -> None:
    position = at % len(own)
    written = own[:position] + "错" + own[position + 1 :]
    assume(parts(pl.Series([f"{place}{own}{trade}有限公司"]))["core"].item() == own)  # 金华… begins with a place
    head, tail = blocks(pl.Series([f"{place}{own}{trade}有限公司"])).row(0)
    asked = set(probes(pl.Series([f"{written}{trade}公司"])).select("head", "block").rows())
    assert (True, head) in asked or (False, tail) in asked


@SLOW
@given(st.lists(st.text(alphabet="福州市榕海贸易有限公司()县店", max_size=12), max_size=8))
def test_a_name_finds_itself_by_every_block_it_is_kept_under(names: list[str]) -> None:
    series = pl.Series(names, dtype=pl.String)
    asked = set(probes(series).select("at", "head", "block").rows())
    for at, (head, tail) in enumerate(blocks(series).rows()):
        assert head is None or (at, True, head) in asked
        assert tail is None or (at, False, tail) in asked
        assert all(block is None or 2 <= len(block) <= LONGEST for block in (head, tail))


# ── codes one slip off ───────────────────────────────────────────────────────────────────────────────────────────────
@SLOW
@given(code=CODES, position=st.integers(0, 17), character=st.sampled_from(ALPHABET + "IOSVZ"))
def test_the_code_that_was_meant_is_among_those_looked_up(code: str, position: int, character: str) -> None:
    filed = code[:position] + character + code[position + 1 :]
    proposed = meant(pl.Series([filed]))["code"].to_list()
    assert (code in proposed) == (filed != code)
    assert all(each[17] == check_character(each[:17]) for each in proposed)


@SLOW
@given(code=CODES, position=st.integers(0, 16))
def test_two_exchanged_characters_are_put_back(code: str, position: int) -> None:
    filed = code[:position] + code[position + 1] + code[position] + code[position + 2 :]
    assert filed == code or code in meant(pl.Series([filed]))["code"].to_list()
    told = differences(pl.Series([filed]), pl.Series([code])).row(0, named=True)
    assert filed == code or (told["difference"], told["position"], told["fits"]) == ("swapped", position + 1, True)


def test_what_is_no_code_is_compared_with_nothing() -> None:
    filed = pl.Series(["123", None, SUBJECTS[1][0]], dtype=pl.String)
    registered = pl.Series([SUBJECTS[1][0], SUBJECTS[1][0], None], dtype=pl.String)
    assert differences(filed, registered)["difference"].to_list() == [None] * 3
    assert meant(filed.head(2)).is_empty()


# ── candidates ───────────────────────────────────────────────────────────────────────────────────────────────────────
@SLOW
@given(position=st.integers(0, 17), character=st.sampled_from(ALPHABET), subject=st.sampled_from([1, 2, 3, 5]))
def test_a_subject_whose_code_is_one_off_is_always_found_first(position: int, character: str, subject: int) -> None:
    code = SUBJECTS[subject][0]
    filed = code[:position] + character + code[position + 1 :]
    first = found(party("完全不同的示例名称", filed))[0]
    assert first["subject"] == subject
    told = {reason["code"]: reason for reason in first["reasons"]}
    if filed == code:
        assert "code_equal" in told
    else:
        expected = {"position": position + 1, "filed": character, "registered": code[position]}
        assert expected.items() <= told["code_one_off"].items()
        assert "check_fits" in told


@pytest.mark.parametrize(
    ("filed", "subject", "reasons"),
    [
        (party("福州市示例榕海贸易公司"), 1, {"name_parts_equal", "code_not_filed", "region_equal"}),
        (party("福州示例榕海贸易有限公司"), 1, {"name_equal"}),
        (party("福州示例榕海贸易有限公同"), 1, {"name_one_off"}),
        (party("福州示例榕海商贸有限公司"), 2, {"name_equal", "former_name"}),
        (party("示例闽江水产"), 5, {"name_shortened", "region_unlike"}),
        (party("示例名称", registration_number="110000006000374"), 1, {"number_equal", "name_unlike"}),
        (party("福州示例榕海贸易", registration_number="110000006000734"), 1, {"number_one_off"}),
        (party("示例名称", organisation_code=SUBJECTS[5][0][8:17]), 5, {"number_equal"}),
        (party("示例名称", code="91440305" + SUBJECTS[5][0][8:17] + "0"), 5, {"code_organisation"}),
        (
            party("福州示例榕海贸易有限公司", code=make("9", "1", "350102", "MA777777")),
            1,
            {"name_equal", "code_unlike"},
        ),
    ],
)
def test_the_likeliest_candidate_says_why(filed: pl.DataFrame, subject: int, reasons: set[str]) -> None:
    first = found(filed)[0]
    assert first["subject"] == subject
    assert reasons <= codes_of(first)


def test_the_place_in_the_name_tells_two_of_the_same_name_apart() -> None:
    first, second, *_ = found(party("厦门市示例榕海贸易公司"))
    assert first["subject"] == 3
    assert "name_place_unlike" in codes_of(second)


def test_a_closed_company_stands_behind_an_active_one_with_the_same_evidence() -> None:
    held = pool({1: SUBJECTS[1], 9: (make("9", "1", "350102", "MA000055"), SUBJECTS[1][1])}, [], [])
    held.subjects[0, "status"] = "closed"
    assert [each["subject"] for each in found(party(SUBJECTS[1][1]), held=held)] == [9, 1]


def test_a_sole_trader_is_found_by_the_full_code_and_by_nothing_else() -> None:
    code, name = SUBJECTS[4]
    near = code[:5] + ("9" if code[5] != "9" else "8") + code[6:]
    assert 4 in [each["subject"] for each in found(party(name, code))]
    assert 4 not in [each["subject"] for each in found(party(name, near))]
    assert 4 not in [each["subject"] for each in found(party(name))]
    assert 4 not in [each["subject"] for each in found(party("示例榕海贸易商"))]


def test_a_name_that_nobody_bears_has_no_candidate() -> None:
    assert found(party("示例无人知晓的公司")) == []
    assert candidates(pl.DataFrame(schema=PARTY_SCHEMA), pool(), NOTHING_JUDGED).schema == CANDIDATE_SCHEMA


@SLOW
@given(
    name=st.sampled_from([name for _, name in SUBJECTS.values()] + ["福州市示例榕海贸易公司", "榕海"]),
    code=st.sampled_from([None, *(code for code, _ in SUBJECTS.values())]),
    subject=st.sampled_from(sorted(SUBJECTS)),
    own=st.booleans(),
)
def test_who_was_judged_different_never_comes_back(name: str, code: str | None, subject: int, own: bool) -> None:
    said = judged(name, subject, "different", code=code or "", own=own)
    assert subject not in [each["subject"] for each in found(party(name, code), said)]


def test_what_this_department_said_of_the_same_name_stands_first_and_is_told() -> None:
    name = "福州市示例榕海贸易公司"
    first = found(party(name), judged(name, 5, "same"))[0]
    assert first["subject"] == 5
    assert first["reasons"][0] == {
        "code": "judged_before",
        "position": None,
        "filed": "2026-11-20",
        "registered": "clerk",
    }
    assert 5 not in [each["subject"] for each in found(party(name), judged(name, 5, "same", own=False))]


@SLOW
@given(
    names=st.lists(
        st.sampled_from([name for _, name in SUBJECTS.values()] + ["榕海贸易", "示例"]), min_size=1, max_size=6
    ),
    codes=st.lists(st.sampled_from([None, *(code for code, _ in SUBJECTS.values())]), min_size=6, max_size=6),
)
def test_the_order_is_total_and_the_score_never_reaches_its_ends(names: list[str], codes: list[str | None]) -> None:
    parties = pl.concat(
        [
            party(name, code).with_columns(at=pl.lit(at, pl.UInt32))
            for at, (name, code) in enumerate(zip(names, codes, strict=False))
        ]
    )
    ranked = candidates(parties, pool(), NOTHING_JUDGED)
    again = candidates(parties.reverse(), pool(), NOTHING_JUDGED)
    assert ranked.equals(again)
    for _, group in ranked.group_by("at"):
        assert group["rank"].to_list() == list(range(1, group.height + 1))
        assert group["subject"].n_unique() == group.height
        assert group["score"].is_sorted(descending=True)
        assert group["score"].is_between(0, 1, closed="none").all()


def test_scores_tell_more_evidence_from_less() -> None:
    code, name = SUBJECTS[1]
    scores = [found(filed)[0]["score"] for filed in (party("示例榕海"), party(name), party(name, code))]
    assert scores == sorted(set(scores))
    assert scores[-1] < 0.95


def test_what_is_wanted_is_small_whatever_the_name() -> None:
    looked_up = wanted(party("福州示例榕海贸易有限公司", SUBJECTS[1][0]))
    assert looked_up.heads.len() <= 6
    assert looked_up.tails.len() <= 7


def test_a_hidden_or_missing_code_stands_for_nobody() -> None:
    table = pl.DataFrame({"a": ["9135**", None, "91"], "b": [None, "110", "120"]})
    assert table.select(party_code("a", "b")).to_series().to_list() == ["", "110", "91"]


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_reason_has_words_in_both_languages_with_the_same_particulars(code: str) -> None:
    reason = REASONS[code]
    assert label(code, "zh")
    assert label(code, "en")
    assert bool(reason.why_zh) == bool(reason.why_en)
    for particular in ("{position}", "{filed}", "{registered}"):
        assert (particular in reason.why_zh) == (particular in reason.why_en)


def test_a_sentence_says_what_speaks_for_it_before_what_speaks_against_it() -> None:
    (first, *_) = found(party("福州示例榕海贸易有限公司", make("9", "1", "350102", "MA777777")))
    assert sentence(first["reasons"], "zh") == "名称相同，代码不同。"
    assert sentence(first["reasons"], "en") == "The name is the same; the code is different."
