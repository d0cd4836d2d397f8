"""The closed list of what the engine can find, with its texts. Read by way of :mod:`rongxin.engine.problems`."""

from rongxin.engine.problem_texts.cells import CELL
from rongxin.engine.problem_texts.companies import COMPANY
from rongxin.engine.problem_texts.files import FILE
from rongxin.engine.problem_texts.layouts import LAYOUT
from rongxin.engine.problem_texts.rows import PERSON, REFUSED_PERSON, ROW
from rongxin.engine.problem_texts.shape import ProblemText

__all__ = ["PROBLEMS", "REFUSED_PERSON", "ProblemText"]

PROBLEMS: dict[str, ProblemText] = {**FILE, **ROW, **LAYOUT, **CELL, **COMPANY, **PERSON}
