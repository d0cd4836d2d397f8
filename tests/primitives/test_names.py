"""Names: one comparable form, organisations told from persons, parts, masks."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from rongxin.primitives.characters import BLANKS
from rongxin.primitives.names import (
    LEGAL_FORMS,
    NameParts,
    bigrams,
    has_organisation_word,
    mask_person,
    name_replacements,
    normalise_name,
    split,
    traditional_table,
)
from rongxin.primitives.organisation_words import COMMON_SURNAMES, NEVER_A_PERSON
from tests.primitives.tables import REGISTER, rows

han = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
name_text = st.text(alphabet=st.one_of(han, st.sampled_from("（）()【】[]·•・ \u3000\u200bａＡaZ9*×éß")), max_size=20)


def registered_names() -> list[str]:
    return [row["企业名称"] for row in rows(REGISTER)]


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("福州示例（集团）有限公司", "福州示例(集团)有限公司"),
        ("福州示例【集团】有限公司", "福州示例(集团)有限公司"),
        ("福州示例〔集团﹞有限公司", "福州示例(集团﹞有限公司".replace("﹞", ")")),
        (" 福州　示例\u200b有限公司\ufeff", "福州示例有限公司"),
        ("福建ＡＢＣ科技有限公司", "福建ABC科技有限公司"),
        ("福建abc科技有限公司", "福建ABC科技有限公司"),
        ("福州聯華電子有限公司", "福州联华电子有限公司"),
        ("買買提・艾合買提", "买买提·艾合买提"),
        ("买买提•艾合买提", "买买提·艾合买提"),
        ("福建鸿*家具有限公司", "福建鸿*家具有限公司"),
        ("福建鸿＊家具有限公司", "福建鸿*家具有限公司"),
        ("福建鸿X家具有限公司", "福建鸿X家具有限公司"),
    ],
)
def test_notations_of_one_name_become_the_same(text: str, normal: str) -> None:
    assert normalise_name(text) == normal


@given(name_text)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise_name(text)
    assert normalise_name(once) == once
    assert not set(once) & set(BLANKS)


@given(st.lists(name_text, min_size=1, max_size=5))
def test_a_column_replaced_by_the_same_table_gives_the_identical_result(names: list[str]) -> None:
    table = name_replacements()
    column = pl.Series(names).str.normalize("NFKC").str.replace_many(list(table), list(table.values()))

    assert column.to_list() == [normalise_name(name) for name in names]


def test_the_table_of_traditional_characters_is_that_of_opencc_one_by_one() -> None:
    table, convert = traditional_table(), OpenCC("t2s").convert

    assert 4_000 < len(table) < 6_000
    assert all(len(key) == len(value) == 1 for key, value in table.items())
    assert {key for key, value in table.items() if convert(key) != value} == {"薴"}
    assert not set(table) & set(table.values())


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("福州示例", ["福州", "州示", "示例"]),
        ("福州", ["福州"]),
        ("福", ["福"]),
        ("", []),
        ("哈哈哈", ["哈哈", "哈哈"]),
    ],
)
def test_bigrams(text: str, pairs: list[str]) -> None:
    assert bigrams(text) == pairs


# --- organisation or person -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *(
            "张三",
            "李四",
            "欧阳娜娜",
            "欧阳建社",
            "买买提·艾合买提",
            "阿不都热合曼",
            "李店",
            "王建社",
            "张学会",
            "陈雨轩",
        ),
        *("林知行", "黄中心", "郭书店", "张*", "林某某", "陳大文", "John Smith", "Maria Lopez", "张三（法定代表人）"),
        *(
            "张三（个体工商户）",
            "李四（某公司股东）",
            "王五（福州某厂厂长",
            "",
            "  ",
            "13号",
            "某某",
            "未知",
            "爱新觉罗·玉楼",
        ),
    ],
)
def test_persons_are_not_taken_for_organisations(name: str) -> None:
    assert not has_organisation_word(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "福州示例有限公司",
            "李公司",
            "王集团",
            "福建鸿*家具有限公司",
            "福州聯華電子有限公司",
            "李宁（中国）体育用品有限公司",
        ),
        *(
            "鼓楼区张三小吃店",
            "示例投资合伙企业（有限合伙）",
            "示例（普通合伙）",
            "福建省人民政府",
            "福州市鼓楼区市场监督管理局",
        ),
        *(
            "福州市第一医院",
            "闽侯县示例村民委员会",
            "福建某某律师事务所",
            "示例小学",
            "福州电厂2号",
            "闽江饭店（东街店）",
        ),
        *(
            "Example Trading Co., Ltd.",
            "EXAMPLE LIMITED",
            "福州市示例镇农家小院茶室",
            "示例鞋厂(筹)",
            "城关供销社第三分社",
        ),
    ],
)
def test_organisations_are_known_by_a_word(name: str) -> None:
    assert has_organisation_word(name)


@given(st.sampled_from(sorted(COMMON_SURNAMES)), st.text(alphabet=han, min_size=1, max_size=2))
def test_a_common_surname_and_one_or_two_characters_are_a_person(surname: str, given_name: str) -> None:
    name = normalise_name(surname + given_name)
    assert has_organisation_word(name) == any(word in name for word in NEVER_A_PERSON)


def test_real_registered_names_are_organisations() -> None:
    names = registered_names()
    missed = [name for name in names if not has_organisation_word(name)]

    assert len(names) == 17_299
    assert len(missed) / len(names) <= 0.001, missed


@pytest.mark.parametrize("file", ["env_credit_fuzhou_2018.csv", "penalties_fuzhou_sample.csv"])
def test_parties_of_real_records_are_organisations(file: str) -> None:
    names = [row["enterprise_name"] for row in rows(f"data/records/{file}")]

    assert names
    assert [name for name in names if not has_organisation_word(name)] == []


# --- parts and masks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("福建省福州市鼓楼区示例科技有限公司", NameParts("福建省福州市鼓楼区", "示例", "科技", "有限公司")),
        ("福建示例网络科技股份有限公司", NameParts("福建", "示例", "网络科技", "股份有限公司")),
        ("闽侯县示例化工机械修配厂", NameParts("闽侯县", "示例化工机械修配", "", "厂")),
        ("示例（福建）投资合伙企业（有限合伙）", NameParts("", "示例(福建)", "投资", "合伙企业(有限合伙)")),
        ("示例市场服务中心", NameParts("", "示例市场服务", "", "中心")),
        ("示例", NameParts("", "示例", "", "")),
    ],
)
def test_names_fall_into_parts(name: str, parts: NameParts) -> None:
    assert split(name) == parts


def test_places_given_are_taken_off_without_their_suffix() -> None:
    assert split("福州示例建筑工程有限公司", {"福州"}) == NameParts("福州", "示例", "建筑工程", "有限公司")
    assert split("福州示例建筑工程有限公司").region == ""


@given(name_text, st.sampled_from(LEGAL_FORMS))
def test_the_parts_joined_are_the_normalised_name(text: str, form: str) -> None:
    parts = split(text + form)
    assert parts.region + parts.core + parts.trade + parts.legal_form == normalise_name(text + form)


def test_most_real_companies_have_region_form_and_an_own_name() -> None:
    parts = [split(name, {"福州", "福清", "长乐", "闽侯", "连江", "罗源"}) for name in registered_names()]

    assert sum(bool(part.legal_form) for part in parts) / len(parts) > 0.97
    assert sum(bool(part.region) for part in parts) / len(parts) > 0.85
    assert sum(bool(part.core) for part in parts) / len(parts) > 0.98


@pytest.mark.parametrize(
    ("name", "mask"),
    [
        ("林森", "林**"),
        ("林某某", "林**"),
        ("欧阳娜娜", "欧阳**"),
        ("欧阳", "欧**"),
        ("买买提·艾合买提", "买**"),
        (" ", ""),
    ],
)
def test_a_person_is_masked_to_the_surname(name: str, mask: str) -> None:
    assert mask_person(name) == mask
