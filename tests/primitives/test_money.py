"""Sums of money: read into fen, found in prose, written for readers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.primitives.money import CURRENCIES, AmountProblem, amounts_in, format_yuan, read_amount, read_capital
from tests.primitives.tables import REGISTER, rows

EIGHT_THOUSAND = 800_000
sums = st.integers(0, 10**13)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "8000",
            "8,000",
            "8,000.00",
            "８０００",
            " 8 000 ",
            "8000元",
            "8,000.00元",
            "人民币8000元",
            "¥8000",
            "￥8,000.00",
        ),
        *(
            "RMB8000",
            "8000元人民币",
            "8000元整",
            "0.8万元",
            "0.8万",
            "８千元",
            "捌仟元整",
            "捌仟圆整",
            "八千元",
            "人民币捌仟元整",
        ),
    ],
)
def test_eight_thousand_yuan_in_many_notations(text: str) -> None:
    assert read_amount(text, "yuan") == EIGHT_THOUSAND


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0.8", 80),
        ("０．８", 80),
        (".5", 50),
        ("0", 0),
        ("-0.00", 0),
        ("31.7万人民币", 31_700_000),
        ("1.2亿元", 12_000_000_000),
        ("1亿2000万元", 12_000_000_000),
        ("3万5千元", 3_500_000),
        ("1万亿元", 10**14),
        ("壹万贰仟叁佰肆拾伍元陆角柒分", 1_234_567),
        ("壹亿零叁拾万元整", 10_030_000_000),
        ("拾万元整", 10_000_000),
        ("壹仟零伍元", 100_500),
        ("伍元零陆分", 506),
        ("伍角", 50),
        ("两百万元", 200_000_000),
    ],
)
def test_other_sums(text: str, fen: int) -> None:
    assert read_amount(text, "yuan") == fen


@pytest.mark.parametrize("text", ["8000元", "0.8万元", "捌仟元整", "叁万", "31.7万人民币", "1.2亿"])
def test_a_unit_in_the_cell_prevails_over_that_of_the_column(text: str) -> None:
    assert read_amount(text, "10k_yuan") == read_amount(text, "yuan")


@pytest.mark.parametrize(
    ("text", "fen"), [("0.8", 800_000), ("1,200", 1_200_000_000), ("0.00000001", "amount_too_fine")]
)
def test_bare_numbers_take_the_unit_of_the_column(text: str, fen: int | str) -> None:
    assert read_amount(text, "10k_yuan") == fen


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        *((text, AmountProblem.NEGATIVE) for text in ("-8000", "－8000元", "−0.01", "人民币-30元", "-3万元")),
        *((text, AmountProblem.TOO_FINE) for text in ("0.001", "8000.005元", "0.0000001万元")),
        *(
            (text, AmountProblem.UNREADABLE)
            for text in ("", "无", "八千多", "5万美元", "8,00", "80,00", "1.2.3", "8000元/吨")
        ),
        *(
            (text, AmountProblem.UNREADABLE)
            for text in ("3000-5000元", "8E3", "万元", "元伍角", "一万二", "一百二", "二〇〇〇")
        ),
        *((text, AmountProblem.UNREADABLE) for text in ("1亿2亿", "1万2万元", "1.55亿2000万", "十百元", "一千万亿千")),
    ],
)
def test_what_is_no_sum(text: str, problem: AmountProblem) -> None:
    assert read_amount(text, "yuan") is problem
    assert str(problem).startswith("amount_")


@pytest.mark.parametrize("text", ["8千", "捌仟", "三百"])
def test_thousands_in_a_column_of_ten_thousands_are_not_guessed(text: str) -> None:
    assert read_amount(text, "yuan") != AmountProblem.UNREADABLE
    assert read_amount(text, "10k_yuan") is AmountProblem.UNREADABLE


@given(sums)
def test_what_was_written_for_readers_is_read_back(fen: int) -> None:
    assert read_amount(format_yuan(fen), "yuan") == fen
    assert amounts_in(f"罚款{format_yuan(fen)}。") == [fen]


@given(sums)
def test_plain_numbers_of_both_units_agree(fen: int) -> None:
    yuan = Decimal(fen).scaleb(-2)
    assert read_amount(f"{yuan:f}", "yuan") == fen
    assert read_amount(f"{yuan:,f}", "yuan") == fen
    assert read_amount(f"{yuan.scaleb(-4):f}", "10k_yuan") == fen


def capital_numerals(yuan: int) -> str:
    """The sum as cheques write it."""

    def group(value: int) -> str:
        text, gap = "", False
        for mark, step in (("仟", 1000), ("佰", 100), ("拾", 10), ("", 1)):
            digit = value // step % 10
            if digit:
                text += ("零" if gap and text else "") + "零壹贰叁肆伍陆柒捌玖"[digit] + mark
            gap = digit == 0
        return text

    text, value = "", yuan
    for mark, step in (("亿", 10**8), ("万", 10**4), ("", 1)):
        part, value = divmod(value, step)
        if part:
            text += ("零" if text and part < 1000 else "") + group(part) + mark
    return text + "元整"


@given(st.integers(1, 10**12 - 1))
def test_every_sum_in_capital_numerals_is_read_back(yuan: int) -> None:
    assert read_amount(capital_numerals(yuan), "yuan") == yuan * 100


@given(st.text(max_size=20), st.sampled_from(["yuan", "10k_yuan"]))
def test_any_text_gives_fen_or_a_problem(text: str, unit: str) -> None:
    assert isinstance(read_amount(text, unit), int | AmountProblem)  # type: ignore[arg-type]
    assert all(fen >= 0 for fen in amounts_in(text))


# --- prose ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("罚款8000元", [800_000]),
        ("罚款人民币0.8万元。", [800_000]),
        ("处3000元以上5000元以下罚款", [300_000, 500_000]),
        ("没收违法所得1,234.56元，并处8000元罚款", [123_456, 800_000]),
        ("并处，8000元", [800_000]),
        ("罚款……500元", [50_000]),
        ("罚款人民币捌仟元整（￥8000.00）", [800_000, 800_000]),
        ("罚款三万元，2021年5月6日缴清", [3_000_000]),
        ("合计1亿2000万元", [12_000_000_000]),
        ("¥8000，¥90", [800_000, 9_000]),
        ("罚款8000元2021年缴纳", [800_000]),
        ("警告", []),
        ("罚款数千元", []),
        ("罚款8000余元", []),
        ("人民币8000余元", []),
        ("单位：万元", []),
        ("折合5万美元", []),
        ("2026年元旦前改正", []),
        ("罚款2000元旦前缴清", []),
        ("第500号决定，12个月内", []),
    ],
)
def test_sums_named_in_prose(prose: str, found: list[int]) -> None:
    assert amounts_in(prose) == found


# --- for readers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (800_000, "8,000 元"),
        (3_000_000, "3 万元"),
        (31_700_000, "31.7 万元"),
        (1_010_000, "1.01 万元"),
        (1_001_000, "10,010 元"),
        (1_234_567, "12,345.67 元"),
        (999_900, "9,999 元"),
        (80_050, "800.50 元"),
        (5, "0.05 元"),
        (0, "0 元"),
        (10**12, "1,000,000 万元"),
        (-800_000, "-8,000 元"),
    ],
)
def test_sums_for_readers(fen: int, text: str) -> None:
    assert format_yuan(fen) == text


# --- registered capital -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "capital"),
    [
        ("3000(万元人民币)", (3_000_000_000, "CNY")),
        ("1,234.5(万元人民币)", (1_234_500_000, "CNY")),
        ("31.7万人民币", (31_700_000, "CNY")),
        ("9万人民币元", (9_000_000, "CNY")),
        ("28(万)", (28_000_000, "CNY")),
        ("200(万美元)", (200_000_000, "USD")),
        ("100万港元", (100_000_000, "HKD")),
        ("5000（万日元）", (5_000_000_000, "JPY")),
        ("7(万加拿大元)", (7_000_000, "CAD")),
        ("7(万澳大利亚元)", (7_000_000, "AUD")),
        ("N/A", (None, "")),
        ("", (None, "")),
        ("若干", "amount_unreadable"),
        ("-3万元", "amount_negative"),
    ],
)
def test_registered_capital(text: str, capital: tuple[int | None, str] | str) -> None:
    assert read_capital(text) == capital


def test_every_notation_of_the_register_is_read() -> None:
    read = [read_capital(row["注册资金"]) for row in rows(REGISTER)]

    assert not [capital for capital in read if isinstance(capital, str)]
    assert sum(capital == (None, "") for capital in read) == 2_877
    assert {capital[1] for capital in read} == {"", "CNY", "USD", "HKD", "JPY", "EUR", "CAD", "AUD"}
    assert set(CURRENCIES.values()) >= {"CNY", "USD"}
