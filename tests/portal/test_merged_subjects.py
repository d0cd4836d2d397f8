"""What the public sees of subjects that proved to be one, and of those that followed one another in law."""

import re
from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from rongxin.policy.pack import Policy
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.merging import Doubt, merge, unmerge
from rongxin.subjects.models import Merge, Subject, SuccessionKind
from rongxin.subjects.succession import end_succession, succeed
from tests.factories import LICENCE, a_record, a_sole_trader, a_subject, at

pytestmark = pytest.mark.django_db

DECIDED = date(2026, 11, 10)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(at("2026-11-22"), tick=False):
        yield


@pytest.fixture
def kept(policy: Policy) -> Subject:
    return a_subject("福州示例榕海茶业有限公司")


@pytest.fixture
def absorbed(policy: Policy) -> Subject:
    return a_subject("福州示例老榕茶庄有限公司")


def merged(kept: Subject, absorbed: Subject) -> Merge:
    return merge(kept, absorbed, by="lead-officer", basis="示例", answers=dict.fromkeys(Doubt, "已核实"))


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return unescape(response.content.decode())


# ── merged ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_address_of_the_absorbed_leads_to_the_kept_for_now(
    client: Client, kept: Subject, absorbed: Subject
) -> None:
    a_record(kept, decided_on=DECIDED, recorded_at=at("2026-11-13"))
    done = merged(kept, absorbed)
    answer = client.get(f"/s/{absorbed.uscc}?as_of=2026-11-20&kind={LICENCE}")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/s/{kept.uscc}?as_of=2026-11-20&kind={LICENCE}"
    assert "no-store" in answer.headers["Cache-Control"]

    unmerge(done, by="lead-officer", basis="登记机关更正")
    assert absorbed.name in text(client, f"/s/{absorbed.uscc}")


def test_the_page_of_the_kept_shows_the_records_names_and_code_of_the_absorbed(
    client: Client, kept: Subject, absorbed: Subject
) -> None:
    record = a_record(absorbed, decided_on=DECIDED)
    merged(kept, absorbed)
    page = text(client, f"/s/{kept.uscc}")

    assert record.document_number in page
    assert absorbed.name in page
    assert "曾用代码" in page
    assert page.count(f'href="/r/{record.number}') >= 1


def test_the_record_of_the_absorbed_names_the_kept_and_the_party_as_filed(
    client: Client, kept: Subject, absorbed: Subject
) -> None:
    record = a_record(absorbed, decided_on=DECIDED)
    merged(kept, absorbed)
    answer = client.get(f"/r/{record.number}?format=json").json()

    assert answer["subject"] == {"name": kept.name, "uscc": kept.uscc}
    assert answer["record"]["party"] == {"name": absorbed.name, "code": absorbed.uscc}


def test_search_by_the_code_and_the_name_of_the_absorbed_finds_the_kept(
    client: Client, kept: Subject, absorbed: Subject
) -> None:
    a_record(absorbed, decided_on=DECIDED)
    merged(kept, absorbed)

    by_code = text(client, f"/search?q={absorbed.uscc}")
    assert f'href="/s/{kept.uscc}"' in by_code
    assert "曾以此代码归集" in by_code
    by_name = text(client, "/search?q=老榕茶庄")
    assert f'href="/s/{kept.uscc}"' in by_name
    assert "曾用名相符" in by_name
    assert f'href="/s/{absorbed.uscc}"' not in by_code + by_name


def test_home_counts_a_merged_subject_once(client: Client, kept: Subject, absorbed: Subject) -> None:
    merged(kept, absorbed)
    assert re.search(r"<dt>信用主体</dt>\s*<dd>1</dd>", text(client, "/"))


# ── succession ───────────────────────────────────────────────────────────────────────────────────────────────────────
def succeeded(before: Subject, after: Subject, kind: SuccessionKind = SuccessionKind.MERGER) -> object:
    return succeed(
        kind, before, after, effective_on=date(2026, 3, 1), document="示例登记〔2026〕1号", by="lead-officer"
    )


def test_both_pages_show_the_succession_and_records_stay(client: Client, kept: Subject, absorbed: Subject) -> None:
    record = a_record(absorbed, decided_on=DECIDED)
    done = succeeded(absorbed, kept)
    old, new = (text(client, f"/s/{subject.uscc}") for subject in (absorbed, kept))

    assert "因合并，承继者为" in old
    assert f'href="/s/{kept.uscc}"' in old
    assert "因合并承继" in new
    assert f'href="/s/{absorbed.uscc}"' in new
    for page in (old, new):
        assert "2026-03-01" in page
        assert "示例登记〔2026〕1号" in page
    assert record.document_number in old
    assert record.document_number not in new

    end_succession(done, by="lead-officer", basis="录入有误")  # type: ignore[arg-type]
    assert "承继关系" not in text(client, f"/s/{kept.uscc}") + text(client, f"/s/{absorbed.uscc}")


def test_a_sole_trader_is_not_named_on_the_page_of_the_enterprise_it_became(client: Client, kept: Subject) -> None:
    trader = a_sole_trader("示例陈三小吃店")
    succeeded(trader, kept, SuccessionKind.CONVERSION)

    enterprise = text(client, f"/s/{kept.uscc}")
    assert "陈三" not in enterprise
    assert trader.uscc not in enterprise
    own = text(client, f"/s/{trader.uscc}")
    assert "转型为企业" in own
    assert f'href="/s/{kept.uscc}"' in own


def test_a_succession_of_what_was_merged_since_leads_to_where_it_counts(
    client: Client, kept: Subject, absorbed: Subject
) -> None:
    successor = a_subject("福州示例承继有限公司")
    succeeded(absorbed, successor)
    merged(kept, absorbed)

    assert f'href="/s/{kept.uscc}"' in text(client, f"/s/{successor.uscc}")
    assert f'href="/s/{successor.uscc}"' in text(client, f"/s/{kept.uscc}")


# ── the whole ────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("number", [1, 8])
def test_queries_do_not_grow_with_merges_and_successions(
    client: Client, kept: Subject, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(number):
        other = a_subject(f"福州示例榕海第{n}有限公司")
        a_record(other, decided_on=DECIDED)
        succeeded(a_subject(f"福州示例前身第{n}有限公司"), other)
        merged(kept, other)
    for address, most in (("/search?q=榕海", 6), (f"/s/{kept.uscc}", 9), ("/newest", 5)):
        rulebook.current()  # looked up here, not among what is counted
        with django_assert_max_num_queries(most, info=address):
            assert client.get(address).status_code == 200
