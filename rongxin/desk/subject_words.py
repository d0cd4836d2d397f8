"""What the words about who is who are called on the workbench, and what an officer can do about each."""

from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rongxin.subjects.merging import Bar, Doubt
from rongxin.subjects.models import SuccessionKind
from rongxin.subjects.splitting import SplitBar
from rongxin.subjects.succession import SuccessionBar

WORDS: Final[dict[type[StrEnum], dict[StrEnum, str | Promise]]] = {
    Bar: {
        Bar.SAME_SUBJECT: _("这是同一个主体，不用合并。"),
        Bar.MERGED_ALREADY: _("其中一个已经并入别的主体。请改用它并入的那个主体，或先撤销那次合并。"),
        Bar.SOLE_TRADER: _("一个是个体工商户，一个是组织，不能认定为同一主体。个体工商户转型为企业的，请登记承继。"),
        Bar.JUDGED_DIFFERENT: _("已有人认定它们不是同一主体。确属同一主体的，先结束下面的认定。"),
        Bar.SUCCESSION: _("它们之间登记了承继关系，是法律上的两个主体。登记有误的，先结束那条承继。"),
    },
    Doubt: {
        Doubt.TWO_CODES: _("两边各有一个有效的统一社会信用代码"),
        Doubt.CATEGORY: _("两边的主体类别不同"),
        Doubt.STATUS: _("两边的登记状态不同"),
        Doubt.MERGED_BEFORE: _("这两个主体曾经合并，后来撤销了"),
    },
    SplitBar: {
        SplitBar.SAME_SUBJECT: _("另一主体不能是它自己。"),
        SplitBar.MERGED: _("其中一个已经并入别的主体。请先撤销那次合并。"),
        SplitBar.NOTHING_CHOSEN: _("没有选择要移出的记录、名称或代码。"),
        SplitBar.NOT_ITS_OWN: _("选中的记录、名称或代码里有的已经不属于这个主体，请重新选择。"),
        SplitBar.NAMES_OF_A_SOLE_TRADER: _("个体工商户和组织之间不能移动名称，只能移动记录和代码。"),
        SplitBar.CODE_INVALID: _("新主体的统一社会信用代码不对，请核对 18 位。"),
        SplitBar.NAME_OF_NO_ORGANISATION: _("新主体的名称不像一个组织的名称，请写登记的全称。"),
    },
    SuccessionBar: {
        SuccessionBar.SAME_SUBJECT: _("承继者不能是它自己。"),
        SuccessionBar.MERGED: _("其中一个已经并入别的主体。请改用它并入的那个主体。"),
        SuccessionBar.STANDS_ALREADY: _("这条承继已经登记过。"),
        SuccessionBar.IN_A_CIRCLE: _("同一天里它们反向承继过，成了循环。请核对日期和方向。"),
        SuccessionBar.NOT_YET: _("生效日期还没到，生效以后再登记。"),
        SuccessionBar.SOLE_TRADER: _(
            "个体工商户不能合并或分立，也不能承继别的主体；它转型为企业的，方式请选“转型为企业”。"
        ),
        SuccessionBar.NOT_A_SOLE_TRADER: _("“转型为企业”只适用于个体工商户。"),
    },
}

KINDS: Final[dict[SuccessionKind, str | Promise]] = {
    SuccessionKind.MERGER: _("合并"),
    SuccessionKind.DIVISION: _("分立"),
    SuccessionKind.CONVERSION: _("转型为企业"),
}


def said(word: StrEnum) -> str:
    """The sentence of a word in the active language."""
    return str(WORDS[type(word)][word])
