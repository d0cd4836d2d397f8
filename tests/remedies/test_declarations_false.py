"""A declaration that may be false: notice with evidence, the firm's say, two people, an official decision, and nothing else."""

from datetime import date

import pytest
import time_machine

from rongxin.accounts.access import Access, Purpose
from rongxin.notices.jobs import make_notices
from rongxin.notices.models import Notice, Way
from rongxin.notices.serving import Given, serve
from rongxin.records.models import Record
from rongxin.remedies.declarations.actions import NotOpened, examine
from rongxin.remedies.declarations.models import Declaration, Falsehood
from rongxin.remedies.declarations.queries import own, public_of
from rongxin.remedies.declarations.rules import Standing
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.actions import take_step
from rongxin.workflow.barring import Bar, NotPossible
from rongxin.workflow.evidence import attach
from rongxin.workflow.keeping import keep_clocks
from rongxin.workflow.models import Case, CaseDocument
from rongxin.workflow.statements import BadWords
from tests.factories import at
from tests.remedies.declared import CERTIFICATION, PDF, Party

GROUND = "发证机构公开的名录里没有这个证书编号"


def a_public_one(party: Party) -> Declaration:
    declaration = party.declares()
    take_step(declaration.number, "publish", by=party.login)
    take_step(declaration.number, "verify", by=party.first, answers={"how": "original"})
    return declaration


def heard(party: Party, declaration: Declaration) -> Case:
    """The case as far as the firm's turn to speak."""
    case = examine(declaration, GROUND, by=party.first).case
    attach(case, name="名录.pdf", content=PDF, by=party.first)
    take_step(case.number, "notify", by=party.first)
    paper = CaseDocument.objects.get(case=case).document
    given = Given(way=Way.DIRECT, on=date(2026, 11, 12), document=paper.number)
    serve(Case.objects.get(pk=case.pk), given, by=party.first)
    take_step(case.number, "delivered", by=party.first)
    return Case.objects.get(pk=case.pk)


def decided(party: Party, case: Case, outcome: str, step: str) -> None:
    take_step(case.number, "propose", by=party.first, reason="发证机构书面答复没有发过", answers={"outcome": outcome})
    take_step(case.number, step, by=party.second)


def standing(party: Party) -> list[Standing]:
    return [each.standing for each in own(party.firm, rulebook.current(), Access(party.login, Purpose.OWN))]


def test_found_false_it_is_marked_and_shown_no_more_and_no_record_is_written(party: Party) -> None:
    declaration = a_public_one(party)
    case = heard(party, declaration)
    take_step(case.number, "state", by=party.login, reason="证书由代办公司取得，没有向发证机构核对。")
    decided(party, case, "false", "decide_false")
    assert standing(party) == [Standing.FALSE]
    assert public_of(party.firm, rulebook.current()) == ()
    notice, decision = (each.document for each in CaseDocument.objects.filter(case=case).order_by("pk"))
    assert (notice.number, decision.number) == ("信申告〔2026〕1号", "信申决〔2026〕1号")
    for words in ("申报不实", "发证机构书面答复没有发过", "证书由代办公司取得", "不列入任何名单"):
        assert words in decision.values
    assert Case.objects.get(pk=declaration.case_id).state == "struck"
    assert not Record.objects.exists()
    make_notices.call_now()
    told = Notice.objects.filter(uscc=party.firm.uscc, case=case).order_by("pk")
    assert [each.name for each in told] == ["falsehood_noticed", "falsehood_decided"]
    assert "2026年11月26日" in told[0].body_zh


def test_while_it_runs_nobody_is_told_that_it_is_verified_or_examined(party: Party) -> None:
    declaration = a_public_one(party)
    examine(declaration, GROUND, by=party.first)
    (view,) = public_of(party.firm, rulebook.current())
    assert (view.is_verified, view.how, view.by) == (False, None, "")
    assert standing(party) == [Standing.EXAMINED]


def test_not_found_false_it_stands_as_before(party: Party) -> None:
    declaration = a_public_one(party)
    case = heard(party, declaration)
    take_step(case.number, "state", by=party.login, reason="证书原件可以核对")
    decided(party, case, "not_false", "decide_not_false")
    (view,) = public_of(party.firm, rulebook.current())
    assert view.is_verified
    assert standing(party) == [Standing.VERIFIED]


def test_the_firm_puts_its_mistake_right(party: Party) -> None:
    declaration = a_public_one(party)
    case = heard(party, declaration)
    with pytest.raises(NotPossible):
        take_step(case.number, "put_right", by=party.login)
    new = CERTIFICATION | {"certificate_number": "示例-Q-2026-0010"}
    party.declares(given=new, replaces=declaration.number)
    take_step(case.number, "put_right", by=party.login)
    decided(party, case, "corrected", "decide_corrected")
    assert standing(party) == [Standing.UNVERIFIED, Standing.REPLACED]


def test_withdrawing_does_not_end_the_question(party: Party) -> None:
    declaration = a_public_one(party)
    case = heard(party, declaration)
    take_step(declaration.number, "withdraw", by=party.login)
    assert public_of(party.firm, rulebook.current()) == ()
    take_step(case.number, "put_right", by=party.login)
    decided(party, case, "false", "decide_false")
    assert standing(party) == [Standing.FALSE]
    assert Case.objects.get(pk=declaration.case_id).state == "withdrawn"


def test_without_an_answer_in_time_it_goes_on_and_the_offices_clock_stood_still(party: Party) -> None:
    case = heard(party, a_public_one(party))
    assert (case.is_paused, str(case.due_on)) == (True, "2026-11-26")
    with pytest.raises(NotPossible):
        take_step(case.number, "propose", by=party.first, reason="不实", answers={"outcome": "false"})
    with time_machine.travel(at("2026-11-27"), tick=False):
        keep_clocks()
        case.refresh_from_db()
        assert case.state == "deciding"
        decided(party, case, "false", "decide_false")
    assert "没有在期限内陈述" in CaseDocument.objects.filter(case=case).order_by("pk")[1].document.values


def test_nobody_is_noticed_without_evidence_nor_heard_without_delivery(party: Party) -> None:
    case = examine(a_public_one(party), GROUND, by=party.first).case
    with pytest.raises(NotPossible) as refused:
        take_step(case.number, "notify", by=party.first)
    assert refused.value.barred.bar == Bar.GUARD
    attach(case, name="名录.pdf", content=PDF, by=party.first)
    take_step(case.number, "notify", by=party.first)
    with pytest.raises(NotPossible):
        take_step(case.number, "delivered", by=party.first)


def test_whoever_proposed_does_not_decide_and_nothing_but_the_proposal_is_decided(party: Party) -> None:
    case = heard(party, a_public_one(party))
    take_step(case.number, "state", by=party.login, reason="属实")
    take_step(case.number, "propose", by=party.first, reason="名录无此编号", answers={"outcome": "false"})
    with pytest.raises(NotPossible) as refused:
        take_step(case.number, "decide_false", by=party.first)
    assert refused.value.barred.bar == Bar.SECOND_PERSON
    with pytest.raises(NotPossible):
        take_step(case.number, "decide_not_false", by=party.second)
    take_step(case.number, "send_back", by=party.second, reason="请再核对")
    assert Case.objects.get(pk=case.pk).state == "deciding"


def test_dropped_the_mark_goes_and_the_same_question_twice_is_one(party: Party) -> None:
    declaration = a_public_one(party)
    found = examine(declaration, GROUND, by=party.first)
    assert examine(declaration, "另一依据", by=party.second) == found
    take_step(found.case.number, "drop", by=party.first, reason="发证机构答复编号正确")
    assert standing(party) == [Standing.VERIFIED]
    assert examine(declaration, GROUND, by=party.first) != found


def test_the_ground_names_no_person(party: Party) -> None:
    declaration = a_public_one(party)
    for words in ("", "长" * 501, "经办人电话13800138000", "法定代表人张建国说的"):
        with pytest.raises((BadWords, NotOpened)):
            examine(declaration, words, by=party.first)
    assert not Falsehood.objects.exists()
