"""The reason of a step where others read it: what may tell of a person goes on only once whoever wrote it looked."""

from typing import Final

from rongxin.policy.words import Title
from rongxin.primitives.recognisers import words_of_persons
from rongxin.workflow.barring import Bar, Barred, NotPossible
from rongxin.workflow.table import Ask, AskKind, Taken

LOOKED: Final = Ask(
    "names_nobody",
    Title(zh="核对", en="Looked"),
    AskKind.CHOICE,
    (("yes", Title(zh="已核对，没有写到个人", en="Looked: it tells of no person")),),
    is_required=False,
)
_IT: Final = Title(zh="可能写到个人", en="it may tell of a person")


def demand_names_nobody(taken: Taken, said: Title = _IT) -> None:
    """Refuse a reason that may tell of a person, unless somebody looked (LOOKED). ``said``: how it is told. Raises NotPossible."""
    found = words_of_persons(taken.reason)
    if found and LOOKED.name not in taken.answers:
        title = Title(
            zh=f"核对（{said.zh}：{found}；请删去，确实不是个人的，选“已核对”）",
            en=f"Looked ({said.en}: {found}; take it out, or choose “Looked”)",
        )
        raise NotPossible(Barred(Bar.BAD_ANSWER, title))
