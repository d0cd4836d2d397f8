"""The rules of declarations, for all days and all words: what stands, what is shown, what is kept, how far it is complete."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rongxin.policy.declarations import DeclaredField, DeclaredItem, DeclaredKind
from rongxin.policy.words import Title
from rongxin.remedies.declarations.models import Ended
from rongxin.remedies.declarations.rules import (
    LIVING,
    NotDeclared,
    Problem,
    Standing,
    checked,
    checked_until,
    completeness,
    digest_of,
    is_shown,
    longest_until,
    standing,
)
from tests.factories import the_pack

DAYS = st.dates(date(2019, 1, 1), date(2090, 12, 31))
ENDS = st.sampled_from(["", *Ended.values])
YES = st.booleans()
WORD = Title(zh="示例", en="example")


def an_item(kind: DeclaredKind = DeclaredKind.TEXT, **more: object) -> DeclaredItem:
    field = DeclaredField(name="field", title=WORD, kind=kind, **more)  # type: ignore[arg-type]
    return DeclaredItem(name="item", title=WORD, says=WORD, fields=(field,), stands_months=12)


@given(ENDS, DAYS, YES, YES, DAYS)
def test_an_end_and_the_last_day_come_before_everything(
    ended: str, until: date, is_verified: bool, is_examined: bool, today: date
) -> None:
    found = standing(ended=ended, until=until, is_verified=is_verified, is_examined=is_examined, today=today)
    assert (found in LIVING) == (not ended and until >= today)
    assert (found == Standing.VERIFIED) == (found in LIVING and is_verified and not is_examined)
    if ended:
        assert found == ended


@given(DAYS, YES, YES, DAYS)
def test_what_expired_never_stands_again(until: date, is_verified: bool, is_examined: bool, today: date) -> None:
    facts = {"ended": "", "until": until, "is_verified": is_verified, "is_examined": is_examined}
    later = [standing(**facts, today=today + timedelta(days=days)) in LIVING for days in range(0, 800, 80)]  # type: ignore[arg-type]
    assert later == sorted(later, reverse=True)


@given(st.sampled_from(Standing), YES, YES, YES, YES)
def test_nothing_is_shown_unless_the_firm_and_the_item_say_so_and_it_stands(
    how: Standing, is_public: bool, publishable: bool, needs_look: bool, is_verified: bool
) -> None:
    shown = is_shown(how, is_public=is_public, publishable=publishable, needs_look=needs_look, is_verified=is_verified)
    assert shown == (is_public and publishable and how in LIVING and (is_verified or not needs_look))
    assert not shown or how not in (Standing.FALSE, Standing.WITHDRAWN, Standing.EXPIRED, Standing.REPLACED)


@given(st.integers(1, 60), DAYS, st.integers(-400, 2500))
def test_it_stands_from_today_to_the_longest_day_and_no_other(months: int, today: date, days: int) -> None:
    item = an_item().model_copy(update={"stands_months": months})
    until, longest = today + timedelta(days=days), longest_until(item, today)
    assert checked_until(item, None, today) == longest
    if today <= until <= longest:
        assert checked_until(item, until, today) == until
    else:
        with pytest.raises(NotDeclared) as refused:
            checked_until(item, until, today)
        assert refused.value.problem == Problem.UNTIL


@given(st.text(max_size=140))
def test_a_text_is_kept_as_it_was_written_or_refused(text: str) -> None:
    try:
        found = checked(an_item(longest=100), {"field": text}, date(2026, 11, 12))
    except NotDeclared:
        return
    assert found.told["fields"][0]["value"] == " ".join(text.split())
    assert len(found.told["fields"][0]["value"]) <= 100


@given(st.text(max_size=20))
def test_a_number_is_a_plain_number(text: str) -> None:
    try:
        found = checked(an_item(DeclaredKind.NUMBER), {"field": text}, date(2026, 11, 12))
    except NotDeclared:
        return
    assert float(found.told["fields"][0]["value"]) >= 0


@given(st.sets(st.sampled_from("abcdefgh")), st.sets(st.sampled_from("abcdefghxyz")))
def test_completeness_counts_what_could_be_declared_and_nothing_else(could: set[str], declared: set[str]) -> None:
    number, of = completeness(could, declared)
    assert 0 <= number <= of == len(could)
    assert (number == of) == (could <= declared)


@given(st.text(max_size=8), st.text(max_size=8), DAYS, DAYS)
def test_the_same_content_up_to_the_same_day_is_the_same(one: str, other: str, until: date, later: date) -> None:
    def digest(word: str, day: date) -> str:
        return digest_of("item", {"fields": [word]}, day)

    assert (digest(one, until) == digest(other, later)) == ((one, until) == (other, later))


@pytest.mark.parametrize("asked", ["联系人姓名", "法定代表人", "手机号码", "身份证号"])
def test_no_item_may_ask_for_a_person(asked: str) -> None:
    with pytest.raises(ValidationError, match="asks for a person"):
        DeclaredField(name="field", title=Title(zh=asked, en="x"), kind=DeclaredKind.TEXT)


def test_the_packs_offer_what_measure_five_needs_and_name_no_person() -> None:
    policy, _ = the_pack()
    assert list(policy.declared_items) == [
        "qualification",
        "certification",
        "honour",
        "taxes_paid",
        "insurance_paid",
        "contract_performed",
        "social_responsibility",
        "trade_pledge",
        "products",
    ]
    private = {name for name, item in policy.declared_items.items() if not item.publishable}
    assert private == {name for name, item in policy.declared_items.items() if item.two_people}
    assert private == {"taxes_paid", "insurance_paid"}
    assert "declaration_tables" in policy.canonical_json()
