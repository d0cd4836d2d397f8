"""Make the fonts in rongxin/documents/fonts again. For maintainers: needs npm, and fonttools in the running Python.

    python tools/fonts.py Unihan_OtherMappings.txt

Noto Serif SC and Noto Sans SC are taken from the npm registry at the versions and checksums named below and cut down to
what documents need, so that the repository stays small: the regular Song face keeps every character (GB 18030-2022, level
2, the whole block of 20,992 unified characters and its extension A); the bold one and the Hei face keep the 8,105 of the
table of general standard characters (通用规范汉字表), those of GB/T 2312 and all signs. A character that a face lacks is
set in the regular Song face. The Unihan file (Unicode Character Database) says which characters the table has (kTGH).

Other bytes of a font are another look of every document: the checksums stand in MANIFEST.sha256, and each document keeps that
of the fonts it was set in.
"""

import base64
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset

ROOT = Path(__file__).resolve().parents[1]
FONTS = ROOT / "rongxin" / "documents" / "fonts"
LEVEL_ONE = (range(0xB0, 0xF8), range(0xA1, 0xFF))
FEATURES = ["kern", "ccmp", "locl", "halt", "palt", "chws", "mark"]


@dataclass(frozen=True)
class Package:
    """One npm package: ``files`` maps a font inside it to the name here and whether it keeps every character."""

    name: str
    version: str
    sha512: str
    licence: str
    files: dict[str, tuple[str, bool]]


PACKAGES = (
    Package(
        name="@expo-google-fonts/noto-serif-sc",
        version="0.4.3",
        sha512="fSmUpiSFtSeyHV45/2xUOy5SdfExklQwwMKN3cQjAZAujITHDmSbpMHCVdCMhRqMjQtu0ZRgc29u8A+CU3akfw==",
        licence="OFL-NotoSerifSC.txt",
        files={
            "400Regular/NotoSerifSC_400Regular.ttf": ("NotoSerifSC-Regular.ttf", True),
            "700Bold/NotoSerifSC_700Bold.ttf": ("NotoSerifSC-Bold.ttf", False),
        },
    ),
    Package(
        name="@expo-google-fonts/noto-sans-sc",
        version="0.4.3",
        sha512="9rAwdFTFHbO/u6Cs0gj2jZbW74TGIiaFNQnXYH2s5wA1bzVkwbaviL4t8YUV642eGYjg86eH6DkAEQmfNHDncQ==",
        licence="OFL-NotoSansSC.txt",
        files={"400Regular/NotoSansSC_400Regular.ttf": ("NotoSansSC-Regular.ttf", False)},
    ),
)


def main(unihan: Path) -> None:
    """Fetch, cut, write the fonts, their licences and the manifest."""
    general = {int(found, 16) for found in re.findall(r"^U\+([0-9A-F]+)\tkTGH\t", unihan.read_text("utf-8"), re.M)}
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as folder:
            unpacked = fetched(package, Path(folder))
            (FONTS / package.licence).write_bytes((unpacked / "LICENSE_FONT").read_bytes())
            for inside, (name, keeps_all) in package.files.items():
                cut(unpacked / inside, FONTS / name, None if keeps_all else general | gb2312())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(FONTS.glob("*.ttf"))]
    (FONTS / "MANIFEST.sha256").write_text("".join(lines), encoding="utf-8")
    print("".join(lines))


def fetched(package: Package, folder: Path) -> Path:
    """The package, unpacked; stops when its bytes are others than those looked at."""
    wanted = f"{package.name}@{package.version}"
    subprocess.run(["npm", "pack", wanted], cwd=folder, check=True, capture_output=True)
    archive = next(folder.glob("*.tgz"))
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != package.sha512:
        sys.exit(f"{wanted} has the checksum {found}; look at what changed before taking it")
    with tarfile.open(archive) as content:
        content.extractall(folder, filter="data")
    return folder / "package"


def cut(source: Path, target: Path, han: set[int] | None) -> None:
    """Write ``source`` without hints and, if ``han`` is given, without all other Chinese characters."""
    options = subset.Options(layout_features=FEATURES, hinting=False, name_IDs=["*"], notdef_outline=True)
    font = subset.load_font(str(source), options)
    known = set(font.getBestCmap())
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=known if han is None else {code for code in known if code in han or not is_han(code)})
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def gb2312() -> set[int]:
    """The 6,763 characters of GB/T 2312."""
    pairs = (bytes((row, cell)) for row in LEVEL_ONE[0] for cell in LEVEL_ONE[1])
    return {ord(text) for text in (pair.decode("gb2312", errors="ignore") for pair in pairs) if text}


def is_han(code: int) -> bool:
    """Whether this is a unified or compatibility character."""
    return 0x3400 <= code <= 0x4DBF or 0x4E00 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or code >= 0x20000


if __name__ == "__main__":
    main(Path(sys.argv[1]))
