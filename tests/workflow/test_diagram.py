"""The drawing of a flow: made from the table, every state and way in it, no word on another, nothing inline."""

import re
from itertools import pairwise
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from rongxin.accounts.permissions import Role
from rongxin.policy.words import Title
from rongxin.workflow.diagram import flow, in_words, ways
from rongxin.workflow.table import Procedure, State, Step, Who
from tests.workflow.toy import TOY

NAMES = [f"s{index}" for index in range(7)]


def test_every_state_and_step_stands_in_the_drawing_in_both_languages() -> None:
    for lang in ("zh", "en"):
        drawn = flow(TOY, lang)
        texts = re.findall(r"<text[^>]*>([^<]+)</text>", drawn)
        pick = (lambda t: t.en) if lang == "en" else (lambda t: t.zh)
        assert sorted(texts) == sorted(
            [pick(state.title) for state in TOY.states] + [pick(way.step.title) for way in ways(TOY)]
        )


def test_where_a_case_stands_and_was_is_marked() -> None:
    drawn = flow(TOY, "zh", now="drafted", past={"received", "checking", "drafted"})
    assert drawn.count("is-now") == 1
    assert drawn.count("is-past") == 2
    assert drawn.count("is-final") == 2


def test_the_strict_policy_for_content_finds_nothing_inline() -> None:
    drawn = flow(TOY, "zh", label='"><script>')
    assert "style=" not in drawn
    assert "<script>" not in drawn
    assert drawn.startswith('<svg class="rx-flow" role="img" aria-label="&quot;')


def test_the_same_is_told_in_words() -> None:
    told = dict(in_words(TOY, "zh"))
    assert [(step.title.zh, target) for step, target in told["待批准"]] == [
        ("延长期限", "待批准"),
        ("批准", "准予"),
        ("退回重拟", "审核中"),
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES[:-1]), st.sampled_from(NAMES), st.integers(1, 8)), max_size=12, unique=True
    )
)
def test_no_word_lies_on_another_and_none_outside(more: list[tuple[str, str, int]]) -> None:
    line = [(a, b, 3) for a, b in pairwise(NAMES)]
    steps = tuple(
        Step(f"go{n}", Title(zh="步" * size, en="step"), (source,), target, who=(Who(Role.CLERK),))
        for n, (source, target, size) in enumerate([*line, *more])
    )
    states = tuple(State(name, Title(zh=f"状态{name}", en=name), is_final=name == NAMES[-1]) for name in NAMES)
    table = Procedure("made", Title(zh="例", en="e"), "例", NAMES[0], states, steps)
    root = ElementTree.fromstring(flow(table, "zh"))
    _x, _y, width, height = map(float, root.attrib["viewBox"].split())
    places = []
    for text in (each for each in root.iter("text") if "text-anchor" not in each.attrib):
        x, y, length = float(text.attrib["x"]), float(text.attrib["y"]), 13 * len(text.text or "")
        assert 0 <= x <= x + length <= width
        assert 0 <= y - 12 <= y <= height
        places.append((x, y - 12, x + length, y))
    for index, (left, top, right, bottom) in enumerate(places):
        for other in places[index + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
