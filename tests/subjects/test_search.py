from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rongxin.primitives.names import normalise_name
from rongxin.primitives.uscc import make
from rongxin.subjects.queries import search
from rongxin.subjects.registration import register
from rongxin.subjects.search import LIMIT, find_names
from tests.examples import slow

pytestmark = pytest.mark.django_db

NAMES = (
    "福州示例榕海茶业有限公司",
    "福州示例榕海贸易有限公司",
    "福建示例榕海国际贸易与供应链数字化综合服务（集团）股份有限公司",
    "示例ＡＢＣ(福州)科技有限公司",
    "福清示例融城置业有限公司",
    """示例A'B"C\\D-E_F&G·H*I（福州）有限公司""",
)


def code_of(index: int, kind: str = "1") -> str:
    return make("9", kind, "990000", f"MA{index:06d}")


def registered(*names: str, kind: str = "1", start: int = 1) -> None:
    codes = [code_of(start + index, kind) for index in range(len(names))]
    register(pl.DataFrame({"uscc": codes, "name": list(names)}), source="示例", on=date(2026, 1, 5))


def found(query: str) -> list[str]:
    return [hit.name for hit in find_names(query)]


@pytest.mark.parametrize("query", ["榕海", "榕海茶业", "海茶", "示例榕海茶业有限公司"])
def test_any_two_or_more_characters_find_a_name(query: str) -> None:
    registered(*NAMES)
    assert "福州示例榕海茶业有限公司" in found(query)


def test_one_character_finds_nothing() -> None:
    registered(*NAMES)
    assert found("榕") == []


def test_width_brackets_blanks_and_traditional_characters_do_not_matter() -> None:
    registered(*NAMES)
    assert found("abc（福州）") == ["示例ＡＢＣ(福州)科技有限公司"]
    assert found("榕海茶業") == ["福州示例榕海茶业有限公司"]


def test_parts_divided_by_a_blank_must_all_be_there() -> None:
    registered(*NAMES)
    assert found("榕海 集团") == ["福建示例榕海国际贸易与供应链数字化综合服务（集团）股份有限公司"]


def test_a_part_of_one_character_narrows_what_another_part_finds() -> None:
    registered(*NAMES)
    assert found("榕海 茶") == ["福州示例榕海茶业有限公司"]


def test_a_former_name_is_found_and_says_until_when() -> None:
    registered("福州示例榕海贸易有限公司")
    register(
        pl.DataFrame({"uscc": [code_of(1)], "name": ["福州示例榕海茶业有限公司"]}), source="变更", on=date(2026, 6, 1)
    )

    hit = search("榕海贸易")[0]
    assert hit.subject.name == "福州示例榕海茶业有限公司"
    assert hit.by_name is not None
    assert (hit.by_name.is_former, hit.by_name.valid_to) == (True, date(2026, 6, 1))


def test_one_name_among_many_alike_is_found() -> None:
    registered(
        *(f"福州示例{one}{other}有限公司" for one in "甲乙丙丁戊己庚辛" for other in "子丑寅卯辰巳午未"), NAMES[0]
    )
    assert found("福州示例戊寅有限") == ["福州示例戊寅有限公司"]
    assert found("州示例榕海茶业有限公司") == [NAMES[0]]


def test_homonyms_are_all_found() -> None:
    registered("福州示例榕海贸易有限公司", "福州示例榕海贸易有限公司")
    assert len({hit.subject.uscc for hit in search("榕海贸易")}) == 2


def test_an_exact_code_wins() -> None:
    registered(*NAMES)
    assert [hit.subject.name for hit in search(f" {code_of(2)[:2]} {code_of(2)[2:]} ")] == [NAMES[1]]


def test_a_sole_trader_is_found_by_full_code_only() -> None:
    registered("鼓楼区示例小吃店", kind="2")
    trader = code_of(1, "2")

    assert found("示例小吃") == []
    assert search(trader[8:17]) == []
    assert [hit.subject.uscc for hit in search(trader)] == [trader]


def test_more_than_the_limit_shows_that_there_are_more() -> None:
    registered(*(f"示例{index:03d}有限公司" for index in range(LIMIT + 20)))
    assert len(search("示例")) == LIMIT + 1


@pytest.mark.parametrize(
    "query", ['"', "'", "a'b\\", '" OR "', "%%", "__", "()", "示例*", "NEAR(示例)", "\\\\", "示例 '"]
)
def test_no_character_of_a_query_is_an_operator(query: str) -> None:
    registered(*NAMES)
    assert all(normalise_name(query.split(maxsplit=1)[0]) in normalise_name(name) for name in found(query))


@settings(max_examples=slow(), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_every_substring_of_two_characters_or_more_is_found(data: st.DataObject) -> None:
    registered(*NAMES)
    name = normalise_name(data.draw(st.sampled_from(NAMES)))
    start = data.draw(st.integers(0, len(name) - 2))
    end = data.draw(st.integers(start + 2, len(name)))
    assert name in {normalise_name(hit) for hit in found(name[start:end])}
