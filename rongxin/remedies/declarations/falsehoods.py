"""自主申报查核: may a declaration be false? Notice with evidence, the enterprise's say, a proposal, a second person's decision."""

from datetime import date
from typing import Final

from rongxin.accounts.models import Account
from rongxin.documents.sheets import basis_of, template_of
from rongxin.notices.models import Serving
from rongxin.notices.serving import served_on
from rongxin.policy.words import Title
from rongxin.primitives.recognisers import words_of_persons
from rongxin.primitives.uscc import is_valid
from rongxin.remedies.declarations.models import Declaration, Ended, Falsehood, Outcome
from rongxin.remedies.declarations.workflow import FIRM, OFFICERS
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.actions import take_step
from rongxin.workflow.barring import Bar, Barred, NotPossible
from rongxin.workflow.models import Case, Evidence
from rongxin.workflow.papers import documents_of, issue_in
from rongxin.workflow.statements import AN_ANSWER
from rongxin.workflow.table import Answer, Ask, AskKind, Guard, Procedure, State, Step, Taken
from rongxin.workflow.words import LOOKED, demand_names_nobody

KIND: Final = "falsehood"
NOTICE: Final = "declaration_notice"
DECISION: Final = "declaration_decision"
DECIDE_DAYS: Final = "declarations/decide_days"
STATEMENT_DAYS: Final = "declarations/statement_days"
OUTCOMES: Final = {
    Outcome.FALSE: Title(zh="申报不实", en="False"),
    Outcome.NOT_FALSE: Title(zh="不能认定不实", en="Not found false"),
    Outcome.CORRECTED: Title(zh="企业已经更正", en="Corrected by the enterprise"),
}
_NO_RECORD: Final = Title(
    zh="平台不据此生成记录，不评价、不列名单；确需归集为信用记录的，由有权的部门依自己的条款报送",
    en="No record, class or list follows; a department may file one under its own clause, through intake",
)


def falsehood_of(case: Case) -> Falsehood:
    """What the case is about, for the procedure."""
    return Falsehood.objects.select_related("declaration__subject", "declaration__case", "case__owner").get(case=case)


# ── guards ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def _has_evidence(case: Case, account: Account | None) -> Title | None:
    if Evidence.objects.filter(case=case).exists():
        return None
    return Title(zh="先把认为不实的依据作为材料交进本案。", en="Put the evidence into the case first.")


def _is_served(case: Case, account: Account | None) -> Title | None:
    papers = list(documents_of(case).values_list("document", flat=True))
    servings = Serving.objects.filter(case=case, document__in=papers).prefetch_related("notes")
    if any(served_on(each) for each in servings):
        return None
    return Title(zh="先登记告知书的送达（回证已到的）。", en="Record the delivery of the notice first.")


def _is_put_right(case: Case, account: Account | None) -> Title | None:
    if falsehood_of(case).declaration.ended in (Ended.REPLACED, Ended.WITHDRAWN):
        return None
    return Title(zh="先在“自主申报”提交新的一版，或者撤回这一版。", en="File a new version or withdraw this one first.")


def _proposed(outcome: Outcome) -> Guard:
    def guard(case: Case, account: Account | None) -> Title | None:
        proposed = falsehood_of(case).proposed
        if proposed == outcome:
            return None
        words = OUTCOMES[Outcome(proposed)] if proposed else Title(zh="（无）", en="(none)")
        return Title(zh=f"拟定的是“{words.zh}”。", en=f"Proposed is “{words.en}”.")

    return guard


# ── effects ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def _notify(taken: Taken) -> dict[str, Answer]:
    found = falsehood_of(taken.case)
    days = rulebook.current().value(STATEMENT_DAYS, taken.on).count
    return _issued(
        taken,
        NOTICE,
        "关于查核自主申报的告知书",
        [
            f"{_of(found)}，本单位认为可能不实。依据：{found.ground}",
            f"你单位可以自本告知书送达登记的次日起{days}个工作日内，在企业窗口“我的办件”陈述、申辩，提交材料，"
            "也可以自行更正或者撤回。期满没有陈述的，本单位根据现有材料决定。",
            "查核期间，这项申报不显示为已核实。查核不收取任何费用。",
        ],
    )


def _state(taken: Taken) -> None:
    Falsehood.objects.filter(case=taken.case).update(statement=taken.reason)


def _propose(taken: Taken) -> None:
    found, outcome = falsehood_of(taken.case), Outcome(str(taken.answers["outcome"]))
    demand_names_nobody(taken, AN_ANSWER)
    if outcome == Outcome.CORRECTED and (why := _is_put_right(taken.case, taken.by)):
        raise NotPossible(Barred(Bar.GUARD, why))
    found.proposed, found.reasons = outcome, taken.reason
    found.save(update_fields=["proposed", "reasons"])


def _decide(taken: Taken) -> dict[str, Answer]:
    found = falsehood_of(taken.case)
    outcome, declaration = Outcome(found.proposed), found.declaration
    _end(found, taken.on, outcome)
    if outcome == Outcome.FALSE and declaration.case.is_open:
        take_step(declaration.number, "strike", by=None)
    said = "（已书面陈述，存卷）" if words_of_persons(found.statement) else found.statement
    statement = f"你单位陈述：{said}本单位已经考虑。" if found.statement else "你单位没有在期限内陈述。"
    follows = {
        Outcome.FALSE: "这项申报从本决定之日起不再显示，并在你单位的申报中标明不实。",
        Outcome.NOT_FALSE: "查核结束，这项申报恢复查核以前的标识。",
        Outcome.CORRECTED: "你单位已经自行更正，查核结束。",
    }[outcome]
    return _issued(
        taken,
        DECISION,
        "关于自主申报查核的决定",
        [
            f"{_of(found)}，经查核，决定如下：",
            f"{OUTCOMES[outcome].zh}。{found.reasons}",
            statement,
            f"{follows}本决定不改变对你单位的信用评价，不列入任何名单，不以任何培训、费用为条件。",
            "你单位对本决定有异议的，可以向本单位或者信用信息牵头部门提出。",
        ],
    )


def _drop(taken: Taken) -> None:
    _end(falsehood_of(taken.case), taken.on, None)


def _end(found: Falsehood, on: date, outcome: Outcome | None) -> None:
    """Nobody examines it any more; what was found false is marked, whether it still stood or not."""
    found.is_open, found.decided = False, outcome or ""
    found.save(update_fields=["is_open", "decided"])
    changes = {"is_examined": False}
    if outcome == Outcome.FALSE:
        changes |= {"ended": Ended.FALSE, "ended_on": on}  # type: ignore[dict-item]
    Declaration.objects.filter(pk=found.declaration_id).update(**changes)


def _of(found: Falsehood) -> str:
    declaration = found.declaration
    code = declaration.subject.uscc
    bearer = f"你单位（统一社会信用代码 {code}）" if is_valid(code) else "你单位"
    return f"{bearer}自主申报的“{declaration.told['title']['zh']}”（{declaration.number}）"


def _issued(taken: Taken, template: str, title: str, paragraphs: list[str]) -> dict[str, Answer]:
    found, rules = falsehood_of(taken.case), rulebook.current()
    values = {
        "title": title,
        "addressee": found.declaration.subject.name,
        "paragraphs": paragraphs,
        "basis": basis_of(rules, template_of(rules, template)),
    }
    return issue_in(taken, template, values, authority=taken.case.owner)


def _decision(outcome: Outcome, name: str, target: str, *follows: Title) -> Step:
    words = OUTCOMES[outcome]
    return Step(
        name,
        Title(zh=f"决定：{words.zh}", en=f"Decide: {words.en}"),
        ("proposed",),
        target,
        who=OFFICERS,
        four_eyes=("propose",),
        guard=_proposed(outcome),
        effect=_decide,
        follows=(Title(zh="生成有文号的决定书，告知企业", en="A numbered decision is issued"), *follows),
        notice="falsehood_decided",
    )


FALSEHOOD: Final = Procedure(
    name=KIND,
    title=Title(zh="自主申报查核", en="Examination of a declaration"),
    prefix="申核",
    first="opened",
    opens=OFFICERS,
    is_seen_by_firm=True,
    states=(
        State("opened", Title(zh="待告知", en="To notify"), within=DECIDE_DAYS, must_be_timed=False),
        State("noticed", Title(zh="待送达", en="To deliver"), within=DECIDE_DAYS, must_be_timed=False),
        State("hearing", Title(zh="企业陈述申辩", en="The enterprise answers"), within=STATEMENT_DAYS, pauses=True),
        State("deciding", Title(zh="待拟定", en="To propose"), within=DECIDE_DAYS, must_be_timed=False),
        State(
            "proposed",
            Title(zh="待决定", en="To decide"),
            within=DECIDE_DAYS,
            must_be_timed=False,
            task=Title(zh="决定", en="Decide"),
        ),
        State("found_false", Title(zh="申报不实", en="False"), is_final=True),
        State("not_false", Title(zh="不能认定不实", en="Not found false"), is_final=True),
        State("corrected", Title(zh="企业已经更正", en="Corrected"), is_final=True),
        State("dropped", Title(zh="终止查核", en="Dropped"), is_final=True),
    ),
    steps=(
        Step(
            "notify",
            Title(zh="出具告知书", en="Issue the notice"),
            ("opened",),
            "noticed",
            who=OFFICERS,
            guard=_has_evidence,
            effect=_notify,
            follows=(
                Title(zh="生成有文号的告知书；随后送达，登记送达", en="A numbered notice is issued; deliver it next"),
            ),
        ),
        Step(
            "delivered",
            Title(zh="已送达，开始计陈述期限", en="Delivered: the term begins"),
            ("noticed",),
            "hearing",
            who=OFFICERS,
            guard=_is_served,
            notice="falsehood_noticed",
        ),
        Step(
            "state",
            Title(zh="陈述、申辩", en="State the case"),
            ("hearing",),
            "deciding",
            outside=(FIRM,),
            needs_reason=True,
            effect=_state,
        ),
        Step(
            "put_right",
            Title(zh="已自行更正", en="It was put right"),
            ("hearing",),
            "deciding",
            outside=(FIRM,),
            guard=_is_put_right,
        ),
        Step("unheard", Title(zh="期满没有陈述", en="No answer in time"), ("hearing",), "deciding", on_lapse=True),
        Step(
            "propose",
            Title(zh="拟定结论", en="Propose"),
            ("deciding",),
            "proposed",
            who=OFFICERS,
            needs_reason=True,
            asks=(
                Ask(
                    "outcome",
                    Title(zh="结论", en="Outcome"),
                    AskKind.CHOICE,
                    tuple((each.value, words) for each, words in OUTCOMES.items()),
                ),
                LOOKED,
            ),
            effect=_propose,
            follows=(Title(zh="理由写进决定书", en="The reasons stand in the decision"),),
        ),
        _decision(
            Outcome.FALSE,
            "decide_false",
            "found_false",
            Title(zh="申报不再显示，标明不实", en="The declaration is shown no more and marked"),
            _NO_RECORD,
        ),
        _decision(
            Outcome.NOT_FALSE,
            "decide_not_false",
            "not_false",
            Title(zh="恢复查核以前的标识", en="It stands as it did before"),
        ),
        _decision(Outcome.CORRECTED, "decide_corrected", "corrected"),
        Step(
            "send_back",
            Title(zh="退回重拟", en="Send back"),
            ("proposed",),
            "deciding",
            who=OFFICERS,
            is_task=False,
            needs_reason=True,
        ),
        Step(
            "drop",
            Title(zh="终止查核", en="Drop"),
            ("opened", "noticed"),
            "dropped",
            who=OFFICERS,
            is_task=False,
            needs_reason=True,
            reason_is_told=True,
            effect=_drop,
            notice="falsehood_decided",
        ),
    ),
)
