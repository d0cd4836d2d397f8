"""What must hold between the groups that are invited to declare and the rest of a chain of packs."""

from collections.abc import Sequence

from rongxin.policy.files import Findings
from rongxin.policy.indicator_fields import SCALES
from rongxin.policy.indicators import RiskClass
from rongxin.policy.reading import ReadPack


def check_invited(pack: ReadPack, chain: Sequence[ReadPack], findings: Findings) -> None:
    """Tell what the groups of ``pack``, the last of ``chain``, name and nobody knows; and who is in no need of being invited."""
    if pack.declarations is None:
        return
    items = {item.name for each in chain if each.declarations for item in each.declarations.piece.items}
    indicators = {each.name for read in chain if read.indicators for each in read.indicators.piece.indicators}
    for number, group in enumerate(pack.declarations.piece.invited):
        for key, names, known in (
            ("items", group.items, items),
            ("indicators", group.indicators, indicators),
            ("scales", group.scales, SCALES),
        ):
            if strange := sorted({*names} - {*known}):
                told = f"there is no {key.removesuffix('s')} {', '.join(strange)}"
                pack.declarations.tell(findings, told, "invited", number, key)
        if RiskClass.A in group.classes:
            pack.declarations.tell(findings, "a is the best class; it invites nobody", "invited", number, "classes")
