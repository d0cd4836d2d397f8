"""A change of the rules: drafted, compared, released by a second person, in force by itself on its day."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from typer.testing import CliRunner

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.cli.policy import app as policy_command
from rongxin.governance.rules.actions import NotDrafted, Problem, draft
from rongxin.governance.rules.comparing import AREAS, changes
from rongxin.governance.rules.jobs import bring_rules_into_force
from rongxin.governance.rules.models import RuleDraft
from rongxin.governance.rules.upgrading import taken_back_by
from rongxin.governance.rules.workflow import bring_into_force
from rongxin.policy.differences import TABLES
from rongxin.policy.files import PolicyErrors
from rongxin.policy.pack import Policy
from rongxin.rulebook import queries as rulebook
from rongxin.rulebook.models import Release
from rongxin.workflow.actions import take_step
from rongxin.workflow.barring import Bar, NotPossible
from rongxin.workflow.models import Case, CaseDocument
from rongxin.workflow.queries import to_do
from tests.desk.test_pages import as_officer
from tests.factories import a_department, at, the_pack, the_rules
from tests.intake.coverage.batches import an_officer

PLACE = "national/values/intake.yaml"
pytestmark = pytest.mark.django_db


def shorter(days: int = 2) -> dict[str, str]:
    """The file of intake values with another term for releasing a batch."""
    text = the_pack()[1][PLACE]
    begun = text.index("intake/release_days:")
    return {PLACE: text[:begun] + text[begun:].replace("value: 3", f"value: {days}", 1)}


@dataclass(frozen=True)
class Lead:
    """The credit office with two officers, and a reviewer of a department."""

    drafter: Account
    second: Account
    reviewer: Account


@pytest.fixture
def lead() -> Iterator[Lead]:
    with time_machine.travel(at("2026-11-12"), tick=False):
        rulebook.forget()
        the_rules()
        office = a_department("lead", "福州市示例信用信息牵头办公室")
        yield Lead(
            an_officer(office, Role.CITY_OFFICE, "drafter"),
            an_officer(office, Role.CITY_OFFICE, "second"),
            an_officer(a_department(), Role.REVIEWER, "reviewer"),
        )
    rulebook.forget()


def days() -> int:
    rulebook.forget()
    return rulebook.current().value("intake/release_days", at("2026-12-01").date()).count


def approve(made: RuleDraft, by: Account, on: str) -> None:
    take_step(made.case.number, "approve", by=by, answers={"effective_on": on})


def test_a_change_is_in_force_on_its_day_and_not_before(lead: Lead) -> None:
    made = draft(shorter(), "批次发布时限改为二个工作日", lead.drafter)
    assert [case.number for case in to_do(lead.second)] == [made.case.number]
    assert list(to_do(lead.drafter)) == []
    approve(made, lead.second, "2026-12-01")
    assert bring_into_force() == 0
    assert days() == 3
    with time_machine.travel(at("2026-12-01", "00:05"), tick=False):
        assert bring_rules_into_force.call_now() == {"in_force": 1}
        assert days() == 2
    release = Release.objects.latest("pk")
    assert (release.asked_by, release.approved_by) == ("drafter", "second")
    assert rulebook.sources(release.digest)[PLACE] == shorter()[PLACE]
    assert Case.objects.get().state == "in_force"
    assert CaseDocument.objects.get().document.number == "信规〔2026〕1号"


def test_files_that_lack_what_was_released_on_the_desk_are_not_released_unseen(lead: Lead) -> None:
    def released_anew(*more: str) -> tuple[int, str]:
        asked = ("release", "fuzhou", "--by", "zhang", "--approved-by", "li", "--note", "新版本", *more)
        result = CliRunner().invoke(policy_command, asked)
        return result.exit_code, result.output

    files = the_pack()[1]
    assert taken_back_by(files) == []
    approve(draft(shorter(), "示例修改", lead.drafter), lead.second, "2026-11-12")
    bring_into_force()
    assert taken_back_by(files) == [PLACE]
    assert taken_back_by(files | shorter()) == []

    code, told = released_anew()
    assert (code, days()) == (1, 2)
    assert PLACE in told
    assert f"export --digest {rulebook.current().digest}" in told
    assert (released_anew("--take-back")[0], days()) == (0, 3)
    assert taken_back_by(files) == []


def test_a_platform_that_was_down_brings_it_into_force_when_it_is_up(lead: Lead) -> None:
    approve(draft(shorter(), "示例修改", lead.drafter), lead.second, "2026-12-01")
    with time_machine.travel(at("2026-12-09"), tick=False):
        assert bring_into_force() == 1
        assert bring_into_force() == 0
        assert days() == 2


@pytest.mark.parametrize("on", ["2026-11-11", "", "明天"])
def test_the_day_is_not_in_the_past(lead: Lead, on: str) -> None:
    made = draft(shorter(), "示例修改", lead.drafter)
    with pytest.raises(NotPossible) as refused:
        approve(made, lead.second, on)
    assert refused.value.barred.bar == Bar.BAD_ANSWER
    approve(made, lead.second, "2026-11-12")
    assert bring_into_force() == 1


def test_the_drafter_does_not_approve_and_others_neither_draft_nor_approve(lead: Lead) -> None:
    made = draft(shorter(), "示例修改", lead.drafter)
    for officer, bar in ((lead.drafter, Bar.SECOND_PERSON), (lead.reviewer, Bar.NOT_YOURS)):
        with pytest.raises(NotPossible) as refused:
            approve(made, officer, "2026-12-01")
        assert refused.value.barred.bar == bar
    with pytest.raises(PermissionDenied):
        draft(shorter(), "示例修改", lead.reviewer)
    Account.objects.filter(pk=lead.second.pk).update(role=Role.AUDITOR)
    with pytest.raises(NotPossible):
        approve(made, lead.second, "2026-12-01")


def test_it_is_sent_back_or_withdrawn_before_its_day(lead: Lead) -> None:
    back, gone = draft(shorter(1), "示例修改一", lead.drafter), draft(shorter(2), "示例修改二", lead.drafter)
    take_step(back.case.number, "return_draft", by=lead.second, reason="依据不足")
    approve(gone, lead.second, "2026-12-01")
    take_step(gone.case.number, "withdraw", by=lead.drafter, reason="另行研究")
    with time_machine.travel(at("2026-12-02"), tick=False):
        assert bring_into_force() == 0
        assert days() == 3


def test_two_changes_never_mix_unseen(lead: Lead) -> None:
    one, other = draft(shorter(1), "示例修改一", lead.drafter), draft(shorter(2), "示例修改二", lead.drafter)
    late = draft(shorter(4), "示例修改三", lead.drafter)
    approve(one, lead.second, "2026-12-01")
    approve(other, lead.second, "2026-12-01")
    with time_machine.travel(at("2026-12-01"), tick=False):
        assert bring_into_force() == 1
        assert days() == 1
        assert Case.objects.get(pk=other.case_id).state == "outdated"
        with pytest.raises(NotPossible) as refused:
            approve(late, lead.second, "2026-12-02")
    assert refused.value.barred.words is not None


def test_lawful_limits_are_no_values_and_every_mistake_has_file_and_line(lead: Lead) -> None:
    fee = {PLACE: the_pack()[1][PLACE] + "\n\nrepair/fee: {amount_fen: 100}\n"}
    person = the_pack()[1]["national/kinds/administrative_penalty.yaml"].replace("organisations_only", "persons_too")
    for changed in (fee, {"national/kinds/administrative_penalty.yaml": person + "\nnatural_persons: true\n"}):
        with pytest.raises(PolicyErrors) as stopped:
            draft(changed, "示例修改", lead.drafter)
        told = [error for error in stopped.value.errors if "unknown key" in error.message]
        assert all(error.file in changed and error.line > 0 for error in told)
        assert told


@pytest.mark.parametrize(
    ("changed", "note", "problem"),
    [
        ({}, "示例", Problem.NO_FILE),
        ({"../settings.yaml": "a: 1"}, "示例", Problem.PLACE),
        ({"xiamen/values/intake.yaml": "a: 1"}, "示例", Problem.PLACE),
        ({"fuzhou/run.py": "1"}, "示例", Problem.PLACE),
        ({PLACE: ""}, "  ", Problem.NO_NOTE),
        ({PLACE: the_pack()[1][PLACE]}, "示例", Problem.UNCHANGED),
    ],
)
def test_what_is_no_draft_is_told(lead: Lead, changed: dict[str, str], note: str, problem: Problem) -> None:
    with pytest.raises(NotDrafted) as refused:
        draft(changed, note, lead.drafter)
    assert refused.value.problem == problem


def test_the_comparison_says_what_it_was_what_it_will_be_and_on_which_basis(lead: Lead) -> None:
    made = draft(shorter(), "示例修改", lead.drafter)
    [change] = changes(the_pack()[0], Policy.from_canonical(made.content))
    assert (change.name, change.old, change.new) == ("批次发布时限", "3 个工作日", "2 个工作日")
    assert change.place.startswith("自 2018-01-01 起")
    assert "批次发布" in change.basis


def test_every_table_of_the_rules_has_a_name() -> None:
    assert set(TABLES) <= set(AREAS)


def posted(client: Client, name: str, content: bytes) -> object:
    file = SimpleUploadedFile(name, content)
    return client.post("/desk/rules/draft", {"files": file, "note": "批次发布时限改为二个工作日"}, follow=True)


def test_it_is_drafted_and_compared_on_pages(lead: Lead) -> None:
    client = as_officer(lead.drafter)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr(PLACE, shorter()[PLACE])
    page = posted(client, "修改.zip", archive.getvalue()).content.decode()  # type: ignore[attr-defined]
    for words in ("改了什么", "3 个工作日", "2 个工作日", "待复核", "须由另一人办理"):
        assert words in page
    wrong = posted(client, "intake.yaml", b"intake/release_days: {value: 1}")
    assert wrong.status_code == 422  # type: ignore[attr-defined]
    for words in ("没有通过校验", PLACE, "规则改不了"):
        assert words in wrong.content.decode()  # type: ignore[attr-defined]
    assert "起草规则" not in as_officer(lead.reviewer).get("/desk/cases").content.decode()
    assert as_officer(lead.reviewer).get("/desk/rules/draft").status_code == 403
