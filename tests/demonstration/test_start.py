"""What a start does to a platform: nothing to a real one, all or nothing to one for demonstration, rules always."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.environment import environment
from rongxin.accounts.models import Account
from rongxin.cli.demonstration import prepare
from rongxin.demonstration import loading
from rongxin.demonstration.staff import bring_rules_up_to_date, open_for_work
from rongxin.departments.models import Department, Duty
from rongxin.governance.rules.actions import checked
from rongxin.intake.models import Batch
from rongxin.rulebook import queries as rulebook
from rongxin.rulebook.actions import release
from rongxin.rulebook.models import Release
from rongxin.subjects.models import Subject
from tests.governance.test_rules import PLACE, shorter

pytestmark = pytest.mark.django_db
ENTERED = (Release, Department, Account, Subject, Batch)


def is_empty() -> bool:
    return not any(model._default_manager.exists() for model in ENTERED)


def test_a_real_platform_is_left_alone(a_monday: None) -> None:
    assert not environment.demo
    assert prepare(50) == []
    assert is_empty()


def test_an_interrupted_load_leaves_nothing(demo_platform: None) -> None:
    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    history = loading.told(50)
    with pytest.raises(KeyboardInterrupt):
        loading.relive(history, loading.steps_of(history), advance=interrupt)
    assert is_empty()
    assert not loading.is_loaded()


def test_opening_for_work_again_changes_nothing() -> None:
    bring_rules_up_to_date()
    open_for_work()
    before = list(Account.objects.order_by("pk").values())
    open_for_work()
    assert list(Account.objects.order_by("pk").values()) == before
    assert Duty.objects.filter(until=None).count() == Duty.objects.count() > 6
    assert Department.objects.count() >= 6


@pytest.fixture
def policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The packs in a folder of their own, which the platform follows."""
    copied = tmp_path / "policies"
    shutil.copytree(environment.policies, copied)
    monkeypatch.setattr(environment, "policies", copied)
    return copied


def test_changed_rules_are_released_and_say_that_no_two_people_did_it(policies: Path, a_monday: None) -> None:
    bring_rules_up_to_date()
    bring_rules_up_to_date()
    assert Release.objects.count() == 1
    head = policies / "fuzhou" / "pack.yaml"
    head.write_text(head.read_text(encoding="utf-8").replace("福州市", "福州市（示例）"), encoding="utf-8")
    bring_rules_up_to_date()
    latest = Release.objects.order_by("-pk")[0]
    assert rulebook.current().title.zh == "福州市（示例）"
    assert latest.asked_by.startswith("demonstration:")
    assert "未经两人审核" in latest.note
    assert latest.released_at >= datetime(2026, 11, 23, tzinfo=UTC)


def test_a_remark_in_a_file_changes_no_rule(policies: Path) -> None:
    bring_rules_up_to_date()
    head = policies / "fuzhou" / "pack.yaml"
    head.write_text(head.read_text(encoding="utf-8") + "# read again\n", encoding="utf-8")
    bring_rules_up_to_date()
    assert Release.objects.count() == 1


def set_on_the_desk(days: int) -> None:
    """What two officers release: another term for releasing a batch."""
    sources = rulebook.sources(rulebook.current().digest) | shorter(days)
    made = checked(sources, environment.pack)
    release(made, sources, asked_by="demo-lead", approved_by="demo-lead-second", note="示例修改")


def term() -> int:
    return rulebook.current().value("intake/release_days", date(2026, 11, 23)).count


def rename(policies: Path, name: str) -> None:
    head = policies / "fuzhou" / "pack.yaml"
    head.write_text(head.read_text(encoding="utf-8").replace("zh: 福州市", f"zh: {name}", 1), encoding="utf-8")


def test_what_officers_released_outlives_a_start_and_new_files(policies: Path, a_monday: None) -> None:
    bring_rules_up_to_date()
    set_on_the_desk(2)
    bring_rules_up_to_date()
    assert (term(), Release.objects.count()) == (2, 2)

    rename(policies, "福州市（示例）")
    for _ in range(2):
        bring_rules_up_to_date()
        assert (term(), rulebook.current().title.zh, Release.objects.count()) == (2, "福州市（示例）", 4)
    assert "保留在工作台发布过的修改" in Release.objects.latest("pk").note

    set_on_the_desk(2)
    intake = policies / PLACE
    intake.write_text(intake.read_text(encoding="utf-8") + "# new\n", encoding="utf-8")
    bring_rules_up_to_date()
    assert term() == 3
    assert f"取代在工作台对 {PLACE} 发布过的修改" in Release.objects.latest("pk").note
