"""A table that could leave a case stuck, or a reader without words, is not registered; the fault is told."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.accounts.permissions import Role
from rongxin.policy.words import Title
from rongxin.workflow import registry
from rongxin.workflow.table import Ask, AskKind, BadTable, Procedure, State, Step, Who
from tests.workflow.toy import TOY

T = Title(zh="示例", en="Example")
CLERK = (Who(Role.CLERK),)
END = State("end", T, is_final=True)


def table(
    *states: State, steps: tuple[Step, ...], first: str = "start", prefix: str = "例", title: Title = T
) -> Procedure:
    return Procedure("made", title, prefix, first, states, steps)


START, ON = State("start", T), Step("go", T, ("start",), "end", who=CLERK)


@pytest.mark.parametrize(
    ("states", "steps", "told"),
    [
        ((START, END, State("lost", T)), (ON, Step("x", T, ("lost",), "end")), "state lost cannot be reached"),
        ((START, END, State("pit", T)), (ON, Step("x", T, ("start",), "pit")), "from state pit no way leads to an end"),
        ((START, END), (ON, Step("x", T, ("start",), "nowhere")), "step x: no state 'nowhere'"),
        ((START, END), (ON, Step("x", T, ("end",), "start")), "nothing leaves the final state end"),
        ((START, END), (replace(ON, four_eyes=("draft",)),), "four eyes on 'draft', which is no step"),
        ((START, END), (ON, ON), "2 steps are called go"),
        ((START,), (), "no state is final"),
        ((START, replace(END, within="a/b")), (ON,), "a final state has no clock"),
        ((START, END), (ON, Step("x", T, ("start",), "end", on_lapse=True)), "waits for a term that start has not"),
        (
            (START, END),
            (ON, Step("x", T, ("start",), who=CLERK, extends="a/b", needs_reason=True)),
            "no term to extend in start",
        ),
        ((START, END), (replace(ON, asks=(Ask("x", T, AskKind.CHOICE),)),), "choices exactly when it is a choice"),
        ((replace(START, title=Title(zh="始", en=" ")), END), (ON,), "'始' is not in both languages"),
        ((State("Start", T), END), (replace(ON, sources=("Start",)),), "'Start' is no name"),
    ],
)
def test_a_faulty_table_is_refused_with_its_fault(
    states: tuple[State, ...], steps: tuple[Step, ...], told: str
) -> None:
    with pytest.raises(BadTable) as refused:
        table(*states, steps=steps, first=states[0].name)
    assert any(told in fault for fault in refused.value.faults), refused.value.faults


@pytest.mark.usefixtures("toy_is_known")
def test_two_procedures_share_neither_name_nor_prefix() -> None:
    with pytest.raises(ValueError, match="the same name or prefix"):
        registry.register(replace(TOY, name="toy_two"))
    assert registry.register(TOY) is registry.procedure("toy")
    with pytest.raises(registry.UnknownProcedure):
        registry.procedure("toy_two")


def test_the_ordinary_way_follows_the_first_step_of_each_state() -> None:
    assert TOY.way_on("received") == ("checking", "drafted", "granted")
    assert TOY.way_on("supplement") == ("checking", "drafted", "granted")
    assert TOY.way_on("refused") == ()


NAMES = [f"s{index}" for index in range(6)]


@given(st.sets(st.tuples(st.sampled_from(NAMES[:-1]), st.sampled_from(NAMES)), min_size=1, max_size=14))
def test_every_table_that_is_taken_leads_everywhere_and_out(ways: set[tuple[str, str]]) -> None:
    """Compared with walking from every state."""
    used = sorted({name for way in ways for name in way} | {"s0", "s5"})
    steps = tuple(
        Step(f"go{index}", T, (source,), target, who=CLERK) for index, (source, target) in enumerate(sorted(ways))
    )
    states = tuple(State(name, T, is_final=name == "s5") for name in used)

    def reached(start: str) -> set[str]:
        seen, todo = {start}, [start]
        while todo:
            here = todo.pop()
            for source, target in ways:
                if source == here and target not in seen:
                    seen.add(target)
                    todo.append(target)
        return seen

    sound = reached("s0") == set(used) and all("s5" in reached(name) for name in used)
    try:
        table(*states, steps=steps, first="s0")
        assert sound
    except BadTable:
        assert not sound
