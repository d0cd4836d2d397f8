"""``rongxin simulate``: a pack beside the rules in force, in numbers; nothing is stored and nobody named."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from rongxin.classification.models import Run, Trial
from rongxin.cli.main import app
from tests.factories import the_pack
from tests.remedies.town import Town

PLACE = "fuzhou/values/risk.yaml"
HEAVIER = """
risk/points/penalties_general:
  title: {zh: 一般的行政处罚：分值, en: "General penalties: points"}
  unit: points
  values:
    - from: 2026-11-12
      value: {each: 32, most: 64}
      strength: local
      basis: {document: platform-settings, item: 风险分值, reading: U}
      note: {zh: 示例, en: example}
  checked_on: 2026-11-12
"""


@pytest.fixture
def pack(town: Town, tmp_path: Path) -> Callable[[str], str]:
    """The pack of this city in a folder, with ``more`` as its own values of risk."""

    def made(more: str) -> str:
        for name, text in the_pack()[1].items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        if more:
            (tmp_path / PLACE).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / PLACE).write_text(more)
        return str(tmp_path / "fuzhou")

    return made


def simulated(*words: str) -> Result:
    return CliRunner().invoke(app, ["simulate", *words])


def test_how_many_move_and_by_what_is_told(town: Town, pack: Callable[[str], str]) -> None:
    result = simulated(pack(HEAVIER))
    assert result.exit_code == 0, result.output
    assert "1 户里 1 户变差、0 户变好，其余不变" in result.output
    assert "一般的行政处罚：影响 1 户，其中 1 户变差、0 户变好" in result.output
    assert town.firm.name not in result.output
    assert not Run.objects.exists()
    assert not Trial.objects.exists()


def test_as_json_it_is_the_report_without_its_cases(pack: Callable[[str], str]) -> None:
    told = json.loads(simulated(pack(HEAVIER), "--json", "--on", "2027-01-01").stdout)
    assert (told["day"], told["cases"]) == ("2027-01-01", [])
    assert sum(map(sum, told["moves"]["counts"])) == 1


def test_where_nothing_is_otherwise_it_says_so(pack: Callable[[str], str]) -> None:
    result = simulated(pack(""))
    assert (result.exit_code, "没有什么可以试算" in result.output) == (0, True)


def test_a_pack_that_does_not_load_is_refused(pack: Callable[[str], str]) -> None:
    assert simulated(pack("risk: [")).exit_code == 1


def test_a_day_that_is_none_is_refused(pack: Callable[[str], str]) -> None:
    assert simulated(pack(""), "--on", "gestern").exit_code == 2


def test_a_day_without_numbers_is_told_with_what_to_do(pack: Callable[[str], str]) -> None:
    result = simulated(pack(HEAVIER), "--on", "2001-01-01")
    assert result.exit_code == 1
    assert "没有数值" in result.stderr
