"""``rongxin classify``: a run as of a day, why one enterprise has its class, and that the look is logged."""

import json
from datetime import date

import pytest
from typer.testing import CliRunner

from rongxin.accounts.permissions import Role
from rongxin.cli.main import app
from rongxin.ledger.models import Pending
from tests.classification.conftest import town  # noqa: F401
from tests.factories import a_sole_trader, an_account
from tests.remedies.town import Town


def told(*words: str) -> tuple[int, str]:
    answer = CliRunner().invoke(app, ["classify", *words])
    return answer.exit_code, answer.stdout


def test_a_run_tells_its_classes_and_rules(town: Town) -> None:  # noqa: F811
    code, text = told("--on", "2026-11-12", "--json")
    said = json.loads(text)
    assert (code, said["day"], sum(said["classes"].values())) == (0, "2026-11-12", 1)
    assert len(said["plan"]) == 64
    assert said["builds_on"] is None
    code, text = told()
    assert code == 0
    assert "1 户" in text


@pytest.mark.parametrize("words", [("--on", "12.11.2026"), ("--engine", "duck")])
def test_a_wrong_word_is_told(town: Town, words: tuple[str, ...]) -> None:  # noqa: F811
    assert told(*words)[0] == 2


def test_why_one_enterprise_has_its_class(town: Town) -> None:  # noqa: F811
    told("--on", "2026-11-12")
    reviewer, uscc = town.reviewer.username, town.firm.uscc
    code, text = told("explain", uscc, "--by", reviewer, "--json")
    said = json.loads(text)
    assert code == 0
    assert sum(factor["points"] for factor in said["factors"]) == said["points"] == 8
    assert [factor["records"] for factor in said["factors"]] == [[town.record.number]]
    assert said["without"] == [{"record": town.record.number, "class": "a", "points": 0}]
    assert date.fromisoformat(said["course"][-1]["day"]) > date(2026, 11, 12)
    code, text = told("explain", uscc, "--by", reviewer)
    assert "榕示市监罚〔2026〕64号" in text


def test_the_look_is_logged_and_only_for_whoever_may(town: Town) -> None:  # noqa: F811
    told("--on", "2026-11-12")
    before = Pending.objects.count()
    assert told("explain", town.firm.uscc, "--by", town.reviewer.username)[0] == 0
    assert Pending.objects.count() == before + 1
    clerk = an_account(Role.CLERK, town.department, "nobody")
    assert told("explain", town.firm.uscc, "--by", clerk.username)[0] == 2


def test_a_sole_trader_has_no_class(town: Town) -> None:  # noqa: F811
    trader = a_sole_trader()
    told("--on", "2026-11-12")
    assert told("explain", trader.uscc, "--by", town.reviewer.username)[0] == 1
