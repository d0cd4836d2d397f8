"""Load a pack with the packs it extends, all mistakes told at once, and merge them into one policy."""

from pathlib import Path

from rongxin.policy.catalogue import PackCatalogue
from rongxin.policy.checks import check
from rongxin.policy.files import Findings
from rongxin.policy.pack import PackHead, Policy
from rongxin.policy.reading import Placed, ReadPack, pack_files, read_head, read_pack
from rongxin.policy.values import History, HistoryLine, PolicyValue
from rongxin.policy.words import Strength


def load_pack(root: Path, name: str) -> Policy:
    """The policy of the pack ``name`` below the folder ``root``, with all it extends; raises PolicyErrors."""
    findings = Findings()
    heads = _chain(root, name, findings)
    packs: list[ReadPack] = []
    for head in heads:
        packs.append(read_pack(root, head, findings, packs))
    check(packs, findings)
    findings.stop_if_any()
    return _merged(packs)


def pack_names(root: Path) -> list[str]:
    """The packs below ``root``: its folders with a ``pack.yaml``."""
    return sorted(path.parent.name for path in root.glob("*/pack.yaml"))


def pack_sources(root: Path, name: str) -> dict[str, str]:
    """Every file of the pack and of those it extends, by its name below ``root``: what ``export`` gives back, byte
    for byte.
    """
    findings = Findings()
    heads = _chain(root, name, findings)
    findings.stop_if_any()
    files = [path for head in heads for path in pack_files(root, head.piece.name)]
    return {path.relative_to(root).as_posix(): path.read_bytes().decode("utf-8") for path in files}


def _chain(root: Path, name: str, findings: Findings) -> list[Placed[PackHead]]:
    """The heads from the most general pack down to ``name``; what breaks the chain is told."""
    heads: list[Placed[PackHead]] = []
    wanted: str | None = name
    while wanted is not None:
        if wanted in (head.piece.name for head in heads):
            heads[-1].tell(findings, f'"{wanted}" extends itself', "extends")
            break
        if not (root / wanted / "pack.yaml").is_file():
            told = f'there is no pack "{wanted}" ({root / wanted / "pack.yaml"} does not exist)'
            if heads:
                heads[-1].tell(findings, told, "extends")
            else:
                findings.add(f"{wanted}/pack.yaml", 1, told)
            break
        head = read_head(root, wanted, findings)
        if head is None:
            break
        heads.append(head)
        wanted = head.piece.extends
    return heads[::-1]


def _merged(packs: list[ReadPack]) -> Policy:
    divisions = [row.piece for pack in packs for row in pack.divisions]
    years = [year.piece for pack in packs for year in pack.years]
    return Policy.model_construct(
        packs=tuple(pack.head.piece for pack in packs),
        documents={key: pack.documents[key].piece for key, pack in _by_key(packs, "documents")},
        values={key: _history(key, packs) for key in sorted({key for pack in packs for key in pack.values})},
        kinds={key: pack.kinds[key].piece for key, pack in _by_key(packs, "kinds")},
        calendar_years=tuple(sorted(years, key=lambda year: year.year)),
        division_rows=tuple(sorted(divisions, key=lambda row: row.code)),
        unit_tables=tuple(pack.units.piece for pack in packs if pack.units),
        industry_table=next((pack.industries.piece for pack in packs if pack.industries), None),
        catalogues=tuple(
            PackCatalogue.model_construct(pack=pack.head.piece.name, catalogue=pack.catalogue.piece)
            for pack in packs
            if pack.catalogue
        ),
        declaration_tables=tuple(pack.declarations.piece for pack in packs if pack.declarations),
        indicator_tables=tuple(pack.indicators.piece for pack in packs if pack.indicators),
        templates={key: pack.templates[key].piece for key, pack in _by_key(packs, "templates")},
        forms={key: pack.forms[key] for key, pack in _by_key(packs, "forms")},
        notices={key: pack.notices[key].piece for key, pack in _by_key(packs, "notices")},
        outside_texts={key: pack.outside_texts[key].piece for key, pack in _by_key(packs, "outside_texts")},
    )


def _by_key(packs: list[ReadPack], table: str) -> list[tuple[str, ReadPack]]:
    return sorted(((key, pack) for pack in packs for key in getattr(pack, table)), key=lambda found: found[0])


def _history(key: str, packs: list[ReadPack]) -> History:
    """The lines of every pack under one key. The most specific pack words the title and says when it was checked."""
    saying = [(pack.head.piece.name, pack.values[key].piece) for pack in packs if key in pack.values]
    first, last = saying[0][1], saying[-1][1]
    lines = [line for number, (pack, value) in enumerate(saying) for line in _lines(pack, value, redefines=number > 0)]
    order = [name for name, _ in saying]
    lines.sort(key=lambda line: (line.overrides, order.index(line.pack) if line.overrides else 0, line.first_day))
    return History.model_construct(
        title=last.title,
        unit=first.unit,
        counted_from=first.counted_from,
        applies_to=last.applies_to,
        reduces_rights=first.reduces_rights,
        lines=tuple(lines),
        checked_on=last.checked_on,
        source=last.source,
    )


def _lines(pack: str, value: PolicyValue, redefines: bool) -> list[HistoryLine]:
    """The lines of one pack's value; local lines of a pack that redefines a key replace those above on their days."""
    return [
        HistoryLine.model_construct(**dict(line), pack=pack, overrides=redefines and line.strength == Strength.LOCAL)
        for line in value.values
    ]
