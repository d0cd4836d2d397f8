"""Every kind of the packs has an example, and what its example says comes true: sent, checked, released, recorded, read.

A kind without an example fails here. A new kind brings ``examples/<kind>.csv`` and ``examples/<kind>.yaml`` and is tested by
them; nothing is written here for it.
"""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import polars as pl
import pytest
import pytest_django
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils.html import escape

from config.environment import ROOT, environment
from rongxin.intake.jobs import PERSON
from rongxin.intake.models import RowProblem
from rongxin.policy.examples import Example, read_examples
from rongxin.policy.pack import Policy
from rongxin.primitives import uscc as codes
from rongxin.records.models import Record, Sighting
from rongxin.rulebook import actions as rulebook
from rongxin.rulebook import queries
from rongxin.subjects.registration import register
from tests.factories import the_pack
from tests.intake.conftest import open_office

POLICY, SOURCES = the_pack()
EXAMPLES = {
    kind: example
    for head in POLICY.packs
    for kind, example in read_examples(Path(environment.policies), head.name, POLICY).items()
}
SOLE_TRADER = "92"


@pytest.mark.parametrize("kind", POLICY.kinds)
def test_every_kind_has_an_example_with_good_and_bad_rows(kind: str) -> None:
    example = EXAMPLES.get(kind)
    if example is None:
        pytest.fail(f"write policies/<pack>/examples/{kind}.csv and {kind}.yaml", pytrace=False)
    expected = example.expected
    assert len(expected.accepted) >= 2
    assert len(expected.rejected) >= 2
    assert expected.persons, "a row about a natural person is part of every example"


class Sent:
    """An example that went the whole way, with what the public sees of it."""

    def __init__(self, example: Example, policy: Policy) -> None:
        self.example, self.kind = example, policy.kinds[example.kind]
        self.rows = example.rows
        if not self.kind.credit.registers_subjects:
            register(self._parties(), source="示例登记库", on=example.expected.day)
        self.office = open_office()
        batch = self.office.send(example.text.encode(), kind=example.kind, name=f"{example.kind}.csv")
        self.counts = (batch.rows, batch.accepted, batch.withheld, batch.rejected, batch.refused_person)
        self.batch = self.office.release(batch)
        self.numbers = {
            seen.row: seen.record.number
            for seen in Sighting.objects.filter(batch=self.batch.number).select_related("record")
        }

    def party(self, row: int) -> tuple[str, str]:
        """Name and code of the party as filed in a row."""
        party, filed = self.kind.credit.party, self.kind.fields
        return self._cell(row, filed[party.name].title), self._cell(row, filed[party.uscc].title if party.uscc else "")

    def address(self, row: int) -> str:
        """Where the public reads what a row says."""
        return f"/s/{self.party(row)[1]}" if self.kind.credit.registers_subjects else f"/r/{self.numbers[row]}"

    def persons(self) -> set[int]:
        """Rows refused because they are about natural persons."""
        return set(RowProblem.objects.filter(batch=self.batch, severity=PERSON).values_list("row", flat=True))

    def refused(self) -> dict[int, list[str]]:
        """The codes of what refused a row, by row."""
        found: dict[int, list[str]] = {}
        for problem in RowProblem.objects.filter(batch=self.batch, severity="refuse").order_by("row", "code"):
            found.setdefault(problem.row, []).append(problem.code)
        return found

    def sole_traders(self) -> list[int]:
        """Accepted rows about sole traders."""
        return [row for row in self.example.expected.accepted if self.party(row)[1].startswith(SOLE_TRADER)]

    def _cell(self, row: int, head: str) -> str:
        return self.rows[row].get(head) or ""

    def _parties(self) -> pl.DataFrame:
        parties = {code: name for name, code in map(self.party, self.rows) if codes.is_valid(code)}
        return pl.DataFrame({"uscc": list(parties), "name": list(parties.values())})


@pytest.fixture(scope="module", params=sorted(EXAMPLES))
def db(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[Sent]:
    """An example that went the whole way, once for all tests of its kind and taken back afterwards."""
    example = EXAMPLES[request.param]
    with (
        django_db_blocker.unblock(),
        time_machine.travel(f"{example.expected.day}T10:00:00+08:00", tick=True),
        transaction.atomic(),
    ):
        queries.forget()
        rulebook.seed(POLICY, SOURCES)
        yield Sent(example, POLICY)
        transaction.set_rollback(True)


@pytest.fixture
def sent(db: Sent) -> Iterator[Sent]:
    """The example; what a test does to it is taken back."""
    cache.clear()
    with transaction.atomic():
        yield db
        transaction.set_rollback(True)


def text(client: Client, address: str, status: int) -> str:
    response = client.get(address)
    assert response.status_code == status, (address, response.status_code)
    return unescape(response.content.decode())


def test_what_an_example_says_comes_true(sent: Sent, client: Client) -> None:
    expected = sent.example.expected
    # What is past its last day is not displayed either.
    withheld = len(expected.withheld) + len(expected.ended)
    assert sent.refused() == {int(row): sorted(found) for row, found in expected.rejected.items()}
    assert sent.persons() == set(expected.persons)
    assert sent.counts == (
        len(sent.rows),
        len(expected.accepted),
        withheld,
        len(expected.rejected),
        len(expected.persons),
    )
    assert set(sent.numbers) == (set() if sent.kind.credit.registers_subjects else expected.accepted)
    for row in expected.recorded:
        text(client, sent.address(row), 200)
    for row, reason in expected.withheld.items():
        record = Record.objects.get(number=sent.numbers[int(row)])
        assert (record.display, record.display_reason) == ("withheld", reason)
    for row in (*map(int, expected.withheld), *expected.ended):
        tombstone = text(client, sent.address(row), 410)
        assert sent.party(row)[0] not in tombstone


def test_the_public_page_says_what_it_should_and_no_more(sent: Sent, client: Client) -> None:
    for row, page in sent.example.expected.public.items():
        shown = text(client, sent.address(int(row)), 200)
        assert sent.party(int(row))[0] in shown
        assert [words for words in page.says if words not in shown] == []
        assert [words for words in page.hides if words in shown] == []


def test_persons_and_names_of_sole_traders_appear_nowhere(sent: Sent, client: Client) -> None:
    everywhere = text(client, "/", 200) + text(client, "/newest", 200)
    persons = {sent.party(row)[0] for row in sent.example.expected.persons}
    traders = {sent.party(row)[0] for row in sent.sole_traders()}
    for name in persons | traders:
        assert name not in everywhere
        hits = text(client, f"/search?q={name}", 200)
        assert all(f"/s/{code}" not in hits for _, code in map(sent.party, sent.sole_traders()))
    for row in set(sent.sole_traders()) & set(sent.example.expected.recorded):
        assert client.get(sent.address(row))["X-Robots-Tag"] == "noindex"
    assert not RowProblem.objects.filter(batch=sent.batch, row__in=sent.example.expected.persons).exclude(value="")


def test_sent_again_nothing_changes(sent: Sent) -> None:
    before = Record.objects.count()
    again = sent.office.send(sent.example.text.encode(), kind=sent.example.kind, name="又一次.csv")

    assert again.accepted == 0 or sent.kind.credit.registers_subjects
    assert Record.objects.count() == before


def test_the_example_is_offered_where_the_kind_is_explained(sent: Sent, client: Client) -> None:
    page = text(client, f"/rules/{sent.kind.name}", 200)
    assert escape(f"/rules/{sent.kind.name}/example.csv") in page
    file = client.get(f"/rules/{sent.kind.name}/example.csv")
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    # Table programmes take a file without a byte order mark for one in the local encoding.
    assert file.content.decode("utf-8-sig") == sent.example.text
    assert file.content.startswith(b"\xef\xbb\xbf")


def test_every_field_of_an_example_is_told_by_its_kind(sent: Sent) -> None:
    known = {field.title: name for name, field in sent.kind.fields.items()}
    assert set(sent.rows[2]) <= set(known)
    required = {field.title for field in sent.kind.table.fields if field.constraints.required}
    assert required <= set(sent.rows[2])


@pytest.mark.parametrize("kind", POLICY.kinds)
def test_every_kind_has_an_icon_that_can_be_drawn(kind: str) -> None:
    drawn = (ROOT / "rongxin" / "ui" / "static" / "vendor" / "icons.txt").read_text(encoding="utf-8").split()
    assert POLICY.kinds[kind].credit.icon in drawn
