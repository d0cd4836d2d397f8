"""The catalogue as the public reads it: what is collected, from which power, how often, for whom, and who is silent."""

from dataclasses import dataclass
from datetime import date

from rongxin.intake.duties import Delivered, delivered_by_item, duty_lines
from rongxin.policy.catalogue import Differing, Frequency, Share
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueLine:
    """One item. ``level``: whose catalogue says it; ``changes``: in what it differs from the catalogue above.

    ``is_added``: the more specific catalogue has it, the one above has not.
    """

    code: str
    kind: str
    title: Title
    category: str
    power: str
    provider: Title
    frequency: Frequency
    share: Share
    level: Title
    note: Title | None
    is_added: bool
    changes: tuple["Change", ...]
    delivered: Delivered


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field of an item that differs between two levels, and what each says."""

    field: Differing
    above: Frequency | Share | str
    here: Frequency | Share | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All items, the titles of the levels that say them, and the basis of each level."""

    lines: tuple[CatalogueLine, ...]
    levels: tuple["Level", ...]

    @property
    def differing(self) -> tuple[CatalogueLine, ...]:
        """The items in which the levels differ."""
        return tuple(line for line in self.lines if line.is_added or line.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One catalogue of the chain: whose it is, what it stands on, how many items it says."""

    title: Title
    document: str
    item: str
    note: Title | None
    items: int


def catalogue(policy: Policy, today: date) -> Catalogue:
    """The catalogue in force with what was delivered, in two queries."""
    delivered = delivered_by_item(duty_lines(policy, today))
    first = policy.catalogues[0].pack if policy.catalogues else ""
    lines = []
    for each in policy.catalogue:
        item, kind = each.item, policy.kinds[each.item.kind]
        lines.append(
            CatalogueLine(
                code=item.code,
                kind=item.kind,
                title=kind.title,
                category=item.category,
                power=item.power,
                provider=kind.credit.provider,
                frequency=item.frequency,
                share=item.share,
                level=policy.titles[each.pack],
                note=item.note,
                is_added=each.above is None and each.pack != first,
                changes=tuple(
                    Change(field=name, above=getattr(each.above, name), here=getattr(item, name))
                    for name in each.differs_in
                ),
                delivered=delivered.get(item.code, Delivered()),
            )
        )
    levels = tuple(
        Level(
            title=policy.titles[table.pack],
            document=policy.documents[table.catalogue.basis.document].title.zh,
            item=table.catalogue.basis.item,
            note=table.catalogue.note,
            items=len(table.catalogue.items),
        )
        for table in policy.catalogues
    )
    return Catalogue(lines=tuple(lines), levels=levels)
