"""Every notice that a procedure names has a template that fits; what is missing is told by name."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rongxin.cli.main import app
from rongxin.notices.checking import rules_tell_everything, untold
from rongxin.notices.consuming import BY_TIME
from rongxin.workflow.registry import procedures
from tests.factories import the_pack
from tests.notices.conftest import ACCEPTED, telling_rules
from tests.workflow.conftest import Bureau, in_force, rules
from tests.workflow.toy import TOY


def test_every_registered_procedure_can_tell_what_it_tells() -> None:
    assert untold(procedures().values(), the_pack()[0]) == []


def test_time_can_tell_what_it_does() -> None:
    assert set(BY_TIME.values()) <= set(the_pack()[0].notices)


def test_what_is_missing_is_named() -> None:
    assert [each.name for each in untold([TOY], rules())] == ["accepted", "granted"]
    assert "step accept" in untold([TOY], rules())[0].told
    assert untold([TOY], telling_rules()) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"values": ["number", "days_left"]}, "has no days_left to tell"),
        ({"to": []}, "tells nobody"),
        ({"to": ["subject"]}, "nothing says which one"),
    ],
)
def test_a_template_that_does_not_fit_is_named(
    changed: dict[str, object], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rongxin.notices.recipients._subjects", {})
    [found] = untold([TOY], telling_rules(ACCEPTED | changed))
    assert told in found.told


def test_the_check_of_a_platform_asks_the_rules_in_force(bureau: Bureau) -> None:
    assert rules_tell_everything(None) == []
    in_force(rules())
    assert {str(each.id) for each in rules_tell_everything(None)} == {"rongxin.notices"}


@pytest.mark.usefixtures("toy_is_known")
def test_the_check_of_the_pack_names_the_file(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["policy", "check", "fuzhou", "--json"])
    [pack] = json.loads(result.stdout)["packs"]
    assert result.exit_code == 1
    assert [each["file"] for each in pack["errors"]] == [
        "fuzhou/notices/accepted.yaml",
        "fuzhou/notices/granted.yaml",
    ]
