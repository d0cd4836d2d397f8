"""From values to pages: nothing in a value is markup, equal sheets give equal bytes, a warning is an error."""

import io
import subprocess
import sys
import time
import unicodedata
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from rongxin.documents import typesetting
from rongxin.documents.compiling import FONTS
from rongxin.documents.glyphs import NoGlyph, writable
from rongxin.documents.typesetting import TypesettingFailed, pages, typeset
from rongxin.policy.pack import Policy
from rongxin.policy.templates import NOT_WRITING
from tests.documents.papers import notice, page_count, written
from tests.examples import slow
from tests.factories import the_pack

NUMBER = "榕信通〔2026〕1号"
DJANGO = "import os, django\nos.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'\ndjango.setup()\n"
MARKUP = (
    "#panic()",
    "$ x^2 $",
    "\\",
    "\\u{41}",
    "@label <label>",
    "]]]})(((",
    "[[[{",
    "*strong* _emphasis_",
    "= heading",
    "- list",
    "+ enum",
    "/ term: x",
    "`raw`",
    '``` #read("/etc/passwd") ```',
    "// comment",
    "/* comment",
    '"); #eval("1+1")',
    '#import "/facts.typ": *',
    "<script>alert(1)</script>",
    "https://example.invalid/#x",
    "~--- ... '\"",
    "{{ values }} {% now %}",
)


@pytest.mark.parametrize("text", MARKUP)
def test_what_looks_like_markup_is_written_as_it_is(policy: Policy, text: str) -> None:
    page = written(typeset(notice(policy, paragraphs=[f"前{text}后"])))
    assert f"前{text}后".replace(" ", "") in page


@settings(max_examples=slow())
@given(
    text=st.text(
        st.sampled_from(sorted(set("#$\\@*_`~<>[](){}\"'/=+-.;:,&^%!?|榕信〔〕：，。0aZ"))), min_size=1, max_size=60
    )
)
def test_no_text_breaks_the_page_or_gets_lost(text: str) -> None:
    page = written(typeset(notice(the_pack()[0], paragraphs=[f"始{text}终"])))
    assert f"始{text}终" in page


def test_ten_thousand_characters_run_over_as_many_pages_as_they_need(policy: Policy) -> None:
    text = "榕海" * 5_000
    made = typeset(notice(policy, number=NUMBER, paragraphs=[text]))
    assert page_count(made) > 15
    assert written(made).count("榕海") >= 4_500  # a page number may stand between two characters


@pytest.mark.parametrize("character", list("㛃䶮𠅤𬭎燚喆堃𫖯䲟㑇𬸣〇"))
def test_rare_characters_of_names_are_written(policy: Policy, character: str) -> None:
    name = f"福州示例{character}茶业有限公司"
    assert name in written(typeset(notice(policy, title=f"给{name}的通知书", addressee=name)))


def test_the_fonts_write_every_character_of_the_common_blocks() -> None:
    common = {chr(code) for block in (range(0x4E00, 0xA000), range(0x3400, 0x4DC0)) for code in block}
    assert common <= writable()


def test_a_character_that_no_font_has_is_named(policy: Policy) -> None:
    with pytest.raises(NoGlyph, match=r"😀（U\+1F600）"):
        typeset(notice(policy, addressee="福州示例😀有限公司"))


def test_the_fonts_are_those_that_were_vendored() -> None:
    for line in (FONTS / "MANIFEST.sha256").read_text("utf-8").splitlines():
        digest, name = line.split()
        assert sha256((FONTS / name).read_bytes()).hexdigest() == digest
    assert {path.suffix for path in FONTS.iterdir()} == {".ttf", ".txt", ".sha256"}
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 25_000_000


def test_equal_sheets_give_equal_bytes_in_another_process_too(policy: Policy) -> None:
    sheet = notice(policy, number=NUMBER, code="8F3A90C211D04B7E")
    script = (
        "import sys, hashlib\n"
        "from tests.documents.papers import notice\nfrom tests.factories import the_pack\n"
        "from rongxin.documents.typesetting import typeset\n"
        f"sheet = notice(the_pack()[0], number={NUMBER!r}, code='8F3A90C211D04B7E')\n"
        "sys.stdout.buffer.write(typeset(sheet))\n"
    )
    other = subprocess.run([sys.executable, "-c", DJANGO + script], capture_output=True, check=True).stdout
    assert other == typeset(sheet) == typeset(replace(sheet))


def test_a_document_is_an_archive_file_that_says_what_it_is(policy: Policy) -> None:
    reader = PdfReader(io.BytesIO(typeset(notice(policy, number=NUMBER))))
    assert reader.metadata is not None
    assert reader.metadata.title == "补正材料通知书"
    described = reader.xmp_metadata
    assert described is not None
    assert b"<pdfaid:part>2</pdfaid:part>" in described.stream.get_data()


def test_only_a_draft_says_that_it_is_one(policy: Policy) -> None:
    assert "样稿" in written(typeset(notice(policy)))
    issued = written(typeset(notice(policy, number=NUMBER, code="8F3A90C211D04B7E")))
    assert "样稿" not in issued
    assert NUMBER in issued
    assert "核验编号8F3A90C211D04B7E" in issued


def test_no_signature_stands_on_a_page_without_text(policy: Policy) -> None:
    for lines in range(8, 24):
        made = typeset(notice(policy, number=NUMBER, paragraphs=[f"第{line}件事项。" for line in range(lines)]))
        last = "".join(PdfReader(io.BytesIO(made)).pages[-1].extract_text().split())
        before, _, _ = last.partition("福州市示例市场监督管理局2026年10月9日")
        assert "依据：" in before, lines


def test_every_page_can_be_looked_at(policy: Policy) -> None:
    images = pages(notice(policy, paragraphs=["第一件事项。" * 400]))
    assert len(images) > 1
    assert all(image.startswith(b"<svg") for image in images)


@pytest.mark.parametrize(
    ("body", "line", "told"),
    [
        ('#text(font: "Nonesuch")[字]', 1, "unknown font family"),
        ('\n#import "/facts.typ": values\n#values.nothing', 3, "does not contain key"),
        ("\n字\n#unknown", 3, "unknown variable"),
        ("字 😀", 1, "could not be displayed"),
        ('#read("/etc/passwd")', 1, "file not found"),
        ('#read("../../../etc/passwd")', 1, ""),
        ("#while true { }", 1, "always true"),
    ],
)
def test_a_template_that_cannot_be_set_is_told_with_its_line(policy: Policy, body: str, line: int, told: str) -> None:
    with pytest.raises(TypesettingFailed) as failed:
        typeset(replace(notice(policy), body=body))
    problem = failed.value.problems[0]
    assert (problem.file, problem.line) == ("documents/notice.typ", line)
    assert told in problem.told


def test_a_template_that_takes_too_long_is_stopped(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "#for a in range(1000000) { for b in range(1000000) { let c = a * b } }"
    with monkeypatch.context() as patch, pytest.raises(TypesettingFailed, match="took more than"):
        patch.setattr(typesetting, "SECONDS_LIMIT", 1.0)
        typeset(replace(notice(policy), body=endless))
    assert typeset(notice(policy))  # the next one is made by a fresh process


def test_a_template_that_takes_too_much_memory_is_stopped(policy: Policy) -> None:
    greedy = '#let text = "榕" * 100000000\n#let more = (text,) * 100\n#(more.join() * 10).len()'
    with pytest.raises(TypesettingFailed, match="memory"):
        typeset(replace(notice(policy), body=greedy))
    assert typeset(notice(policy))


def test_a_compiler_that_was_killed_is_followed_by_another(policy: Policy) -> None:
    first = typeset(notice(policy))
    process = typesetting._setter._process
    assert process is not None
    process.kill()
    process.wait()
    assert typeset(notice(policy)) == first


def test_the_compiler_ends_with_the_process_that_asked_it() -> None:
    script = (
        "import os, signal\nfrom tests.documents.papers import notice\nfrom tests.factories import the_pack\n"
        "from rongxin.documents import typesetting\ntypesetting.typeset(notice(the_pack()[0]))\n"
        "print(typesetting._setter._process.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", DJANGO + script], capture_output=True, text=True, check=False)
    compiler = int(killed.stdout)
    for _ in range(1200):
        if not Path(f"/proc/{compiler}").exists() or "Z" in Path(f"/proc/{compiler}/stat").read_text().split()[2]:
            return
        time.sleep(0.05)
    pytest.fail("the compiler outlives its process")


def test_what_is_no_writing_is_never_set() -> None:
    assert not any(unicodedata.category(character) in NOT_WRITING for character in "榕〔〕（）。")
