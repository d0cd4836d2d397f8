from datetime import UTC, date, datetime, time

import polars as pl
import pytest
import time_machine

from rongxin.primitives.uscc import make
from rongxin.subjects.models import Category, Identifier, Scale, Status, Subject, SubjectName
from rongxin.subjects.registration import category_of, register

pytestmark = pytest.mark.django_db

TEA = "91990000MA0000015Q"
FIRST_DAY = date(2026, 1, 5)
LATER = date(2026, 6, 1)


def rows(**columns: object) -> pl.DataFrame:
    return pl.DataFrame(
        {"uscc": [TEA], "name": ["福州示例榕海茶业有限公司"]} | {name: [value] for name, value in columns.items()}
    )


def test_a_new_subject_has_its_name_and_code_with_their_source() -> None:
    done = register(rows(established_on=date(2009, 5, 12), status="存续"), source="登记库", on=FIRST_DAY)

    subject = Subject.objects.get(uscc=TEA)
    name = SubjectName.objects.get(subject=subject)
    assert (done.new, done.known, done.renamed) == (1, 0, 0)
    assert (subject.category, subject.status) == (Category.ENTERPRISE, Status.ACTIVE)
    assert (name.valid_from, name.valid_to, name.source) == (date(2009, 5, 12), None, "登记库")
    assert Identifier.objects.get(subject=subject).value == TEA


def test_taking_the_same_register_in_twice_changes_nothing() -> None:
    register(rows(), source="登记库", on=FIRST_DAY)
    again = register(rows(), source="登记库", on=LATER)

    assert (again.new, again.known, again.renamed) == (0, 1, 0)
    assert SubjectName.objects.count() == Identifier.objects.count() == 1


def test_a_subject_is_marked_as_changed_when_a_register_says_anything_new_of_it_and_only_then() -> None:
    def said(day: date, **columns: object) -> datetime | None:
        with time_machine.travel(datetime.combine(day, time(), UTC), tick=False):
            register(rows(**columns), source="登记库", on=day)
        return Subject.objects.get(uscc=TEA).changed_at

    first = said(FIRST_DAY, status="存续")
    assert first == datetime.combine(FIRST_DAY, time(), UTC)
    assert said(LATER, status="存续") == said(LATER) == first
    assert said(LATER, region="350102") == datetime.combine(LATER, time(), UTC)


def test_a_new_name_closes_the_old_one_and_keeps_it() -> None:
    register(rows(name="福州示例榕海贸易有限公司"), source="登记库", on=FIRST_DAY)
    done = register(rows(), source="变更登记", on=LATER)

    names = dict(SubjectName.objects.values_list("text", "valid_to"))
    assert done.renamed == 1
    assert names == {"福州示例榕海贸易有限公司": LATER, "福州示例榕海茶业有限公司": None}
    assert Subject.objects.get(uscc=TEA).name == "福州示例榕海茶业有限公司"


def test_another_bracket_is_no_new_name() -> None:
    register(rows(name="榕海（福州示例）有限公司"), source="登记库", on=FIRST_DAY)
    done = register(rows(name="榕海(福州示例)有限公司"), source="登记库", on=LATER)

    assert done.renamed == 0
    assert SubjectName.objects.count() == 1


def test_a_former_name_that_is_filed_is_kept_once() -> None:
    for _ in range(2):
        register(rows(former_name="福州示例榕海贸易有限公司"), source="登记库", on=FIRST_DAY)

    assert SubjectName.objects.filter(valid_to=FIRST_DAY).count() == 1


def test_an_empty_column_leaves_what_is_known() -> None:
    register(rows(address="福州市示例路 18 号"), source="登记库", on=FIRST_DAY)
    register(rows(), source="登记库", on=LATER)

    assert Subject.objects.get(uscc=TEA).address == "福州市示例路 18 号"


def test_the_last_row_of_a_code_counts() -> None:
    twice = pl.concat([rows(name="旧示例有限公司"), rows(name="新示例有限公司")])
    register(twice, source="登记库", on=FIRST_DAY)

    assert Subject.objects.get(uscc=TEA).name == "新示例有限公司"


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("91990000MA0000015Q", Category.ENTERPRISE),
        ("92350102MA2ABC125P", Category.SOLE_TRADER),
        ("93990000MA00000000", Category.COOPERATIVE),
        ("11320100MB1886843H", Category.PUBLIC_BODY),
        ("52990000MJ00000000", Category.SOCIAL_ORGANISATION),
        ("N2350121MF1234567K", Category.OTHER),
    ],
)
def test_the_code_tells_the_category(code: str, category: Category) -> None:
    assert category_of(code) == category


def test_a_file_of_many_chunks_is_taken_in_like_one_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = [make("9", "1", "990000", f"MA{index:06d}") for index in range(5)]
    file = pl.DataFrame({"uscc": codes, "name": [f"福州示例{index}号有限公司" for index in range(5)]})
    monkeypatch.setattr("rongxin.subjects.registration.CHUNK", 1)
    monkeypatch.setattr("rongxin.subjects.registration.LARGEST_CHUNK", 2)
    done = register(file, source="登记库", on=FIRST_DAY)
    again = register(file.with_columns(former_name=pl.col("name") + "分号"), source="登记库", on=LATER)

    assert (done.new, again.known, again.renamed) == (5, 5, 0)
    for number, code in enumerate(codes):
        borne = SubjectName.objects.filter(subject__uscc=code).values_list("text", flat=True)
        assert set(borne) == {f"福州示例{number}号有限公司", f"福州示例{number}号有限公司分号"}
        assert Identifier.objects.get(subject__uscc=code).value == code


@pytest.mark.parametrize(
    ("filed", "kept"), [("C1530", "1530"), ("62", "62"), ("C", None), ("制造业", None), ("", None)]
)
def test_an_industry_is_the_digits_of_its_code(filed: str, kept: str | None) -> None:
    register(rows(industry=filed or None), source="登记库", on=FIRST_DAY)

    assert Subject.objects.get(uscc=TEA).industry == kept


def test_the_size_of_an_enterprise_is_as_filed_and_stays_until_another_is() -> None:
    register(rows(scale="小型", industry="62"), source="登记库", on=FIRST_DAY)
    register(rows(), source="登记库", on=LATER)

    assert Subject.objects.values_list("scale", "industry").get(uscc=TEA) == (Scale.SMALL, "62")

    register(rows(scale="微型"), source="登记库", on=LATER)

    assert Subject.objects.get(uscc=TEA).scale == Scale.MICRO
