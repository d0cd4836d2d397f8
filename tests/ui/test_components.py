"""The components write what they promise, and nothing a reader or a department sends becomes markup."""

from datetime import UTC, date, datetime
from enum import StrEnum

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import TemplateSyntaxError
from django.urls import ResolverMatch
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from rongxin.policy.indicators import RiskClass
from rongxin.policy.words import Severity, Title
from rongxin.ui.drawing import Term, bar_line, qr, share_bar, share_dot, term_bar
from rongxin.ui.highlight import marked
from rongxin.ui.labels import LABELS, label
from rongxin.ui.templatetags.rongxin import chip, current, grouped_code, lang, long_day, month, percent, thousands, yuan
from tests.ui.conftest import Render

NASTY = """<script>alert("1")</script>'"""
SAFE = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#x27;"


def test_a_unified_code_is_grouped_and_copies_in_one_piece() -> None:
    written = grouped_code("91990000MA0000015Q")

    assert written.count("<i>") == 4
    assert "<i>91</i><i>990000</i><i>MA0000015</i><i>Q</i>" in written


def test_another_code_stays_as_it_is() -> None:
    assert ">350100999000017<" in grouped_code("350100999000017")


@pytest.mark.parametrize(
    "source",
    [
        "{{ text|grouped_code }}",
        "{% chip text %}",
        "{% icon text %}",
        "{% class_letter text %}",
        "{{ text|marked:'x' }}",
        "{{ text|marked:text }}",
        "{% qr 'a' text %}",
        "{% include 'ui/_search_box.html' with query=text %}",
    ],
)
def test_no_component_lets_markup_through(render: Render, source: str) -> None:
    written = render(source, text=NASTY)

    assert "<script>alert" not in written
    assert SAFE in written.replace("<mark>", "").replace("</mark>", "")


@pytest.mark.parametrize("source", ["{{ text|thousands }}", "{{ text|percent }}", "{{ text|day }}", "{{ text|yuan }}"])
def test_nothing_is_written_for_nothing(render: Render, source: str) -> None:
    assert render(source, text=None) in ("", "—")


def test_a_chip_has_a_known_tone() -> None:
    assert 'class="rx-chip is-late"' in chip("逾期", "late")
    with pytest.raises(TemplateSyntaxError):
        chip("逾期", "urgent")


def test_the_letter_of_a_class_is_read_out_unless_words_beside_it_say_it(render: Render) -> None:
    assert render("{% class_letter grade %}", grade=RiskClass.C) == '<span class="rx-class c">C</span>'
    assert render("{% class_letter 'd' 'xl' %}") == '<span class="rx-class d xl" aria-hidden="true">D</span>'


def test_amounts_are_whole_fen_written_in_yuan() -> None:
    assert yuan(800_000) == "8,000.00 元"
    assert yuan(-5) == "-0.05 元"
    assert thousands(1_284_530) == "1,284,530"


def test_a_share_is_rounded_down_so_that_nearly_all_is_not_all() -> None:
    assert percent(0.9996) == "99.9%"
    assert percent(1.0) == "100.0%"
    assert percent(0.987) == "98.7%"
    assert percent(0.9, 0) == "90%"


def test_days_and_instants(render: Render) -> None:
    assert render("{{ on|day }}", on=date(2026, 11, 23)) == '<time datetime="2026-11-23">2026-11-23</time>'
    at = datetime(2026, 11, 22, 17, 5, tzinfo=UTC)
    assert render("{{ at|day }}", at=at) == '<time datetime="2026-11-23T01:05:00+08:00">2026-11-23 01:05</time>'


def test_long_days_follow_the_language() -> None:
    assert "2026年2月3日" in long_day(date(2026, 2, 3))
    assert "2026年10月" in month(date(2026, 10, 1))
    with override("en"):
        assert "3 February 2026" in long_day(date(2026, 2, 3))
        assert "October 2026" in month(date(2026, 10, 1))


def test_a_title_follows_the_language() -> None:
    title = Title(zh="行政处罚", en="Penalty")
    assert lang(title) == "行政处罚"
    assert lang("如报送") == "如报送"
    with override("en"):
        assert lang(title) == "Penalty"


def test_the_language_chosen_by_a_reader_reaches_the_page(render: Render) -> None:
    with override("en"):
        assert "Search" in render("{% include 'ui/_search_box.html' %}")


# ── highlighting ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_words_asked_for_are_marked() -> None:
    assert marked("福州示例榕海贸易有限公司", "榕海贸易") == "福州示例<mark>榕海贸易</mark>有限公司"


def test_pieces_are_marked_when_the_whole_is_not_there() -> None:
    assert marked("示例榕海国际贸易公司", "榕海贸易") == "示例<mark>榕海</mark>国际<mark>贸易</mark>公司"


def test_width_and_case_do_not_matter() -> None:
    assert marked("ＡＢＣ示例", "abc") == "<mark>ＡＢＣ</mark>示例"


@given(st.text(), st.text())
def test_marking_changes_nothing_but_the_marks(text: str, query: str) -> None:
    assert marked(text, query).replace("<mark>", "").replace("</mark>", "") == marked(text, "")


# ── drawings ─────────────────────────────────────────────────────────────────────────────────────────────────────────
TERM = Term(date(2026, 9, 28), date(2027, 9, 28), today=date(2026, 11, 23), repair_from=date(2026, 12, 28))


def test_the_term_bar_places_today_and_the_first_day_of_repair() -> None:
    drawn = term_bar(TERM)

    assert '<rect class="run" x="0" y="24" width="15.3%"' in drawn
    assert '<rect class="can" x="24.9%" y="24" width="75.1%"' in drawn
    assert "2026-12-28 起可申请修复" in drawn
    assert "style=" not in drawn


def test_a_term_that_is_over_is_full() -> None:
    over = Term(date(2025, 1, 1), date(2026, 1, 1), today=date(2026, 11, 23))

    assert 'width="100.0%"' in term_bar(over)
    assert "修复" not in term_bar(over)


def test_a_term_of_one_day_can_be_drawn() -> None:
    assert "<svg" in term_bar(Term(date(2026, 1, 1), date(2026, 1, 1), today=date(2026, 1, 1)))


def test_a_bar_adds_its_parts() -> None:
    drawn = bar_line({"g": 1182, "r": 14, "v": 0, "n": 38})

    assert 'viewBox="0 0 1234 8"' in drawn
    assert '<rect class="n" x="1196" width="38"' in drawn
    assert 'class="v"' not in drawn
    with pytest.raises(KeyError):
        bar_line({"x": 1})


def test_a_bar_of_nothing_is_empty() -> None:
    assert "<rect" not in bar_line({"g": 0})
    assert 'viewBox="0 0 1 8"' in share_bar(0, 0, "r")


def test_a_share_below_the_cut_axis_is_hollow_at_its_end() -> None:
    assert 'class="" cx="96.0%"' in share_dot(1.0, 0.9)
    assert 'class="below" cx="4.0%"' in share_dot(0.84, 0.9)


def test_a_qr_code_is_a_drawing_with_a_name() -> None:
    drawn = qr("https://示例/s/91990000MA0000015Q", "本页地址")

    assert 'aria-label="本页地址"' in drawn
    assert "style=" not in drawn


# ── addresses, pages, forms ──────────────────────────────────────────────────────────────────────────────────────────
def test_a_query_is_changed_in_one_place(render: Render) -> None:
    path = "/?q=榕&kind=penalty&page=2"
    assert render("{% query_with page=3 %}", path) == "?q=%E6%A6%95&amp;kind=penalty&amp;page=3"
    assert render("{% query_with page=None kind='' %}", path) == "?q=%E6%A6%95"


def test_pages_of_a_list_say_where_we_are(render: Render) -> None:
    page = Paginator(range(1234), 20).get_page(2)

    written = render("{% pagination page '批' %}", "/?state=waiting", page=page)

    assert "第 21–40 批，共 1,234 批" in written
    assert 'href="?state=waiting&amp;page=1"' in written
    assert 'href="?state=waiting&amp;page=3"' in written


def test_a_short_list_has_no_buttons(render: Render) -> None:
    assert "href" not in render("{% pagination page %}", page=Paginator(range(3), 20).get_page(1))


def test_the_menu_marks_the_page_shown(rf: object) -> None:
    request = rf.get("/")  # type: ignore[attr-defined]
    request.resolver_match = ResolverMatch(lambda: None, (), {}, url_name="rules", namespaces=["portal"])

    assert current({"request": request}, "portal:rules", "portal:rules_kind") == ' aria-current="page"'  # type: ignore[arg-type]
    assert current({"request": request}, "portal:home") == ""  # type: ignore[arg-type]


class Entry(forms.Form):
    name = forms.CharField(label="名称", help_text="全称")
    kinds = forms.MultipleChoiceField(choices=[("a", "警告"), ("b", "罚款")], widget=forms.CheckboxSelectMultiple)
    region = forms.ChoiceField(choices=[("1", "示例区")])


def test_a_wrong_field_is_tied_to_its_hint_and_its_error(render: Render) -> None:
    written = render("{% include 'ui/_field.html' %}", field=Entry({})["name"])

    assert 'aria-describedby="id_name-hint id_name-error"' in written
    assert 'aria-invalid="true"' in written
    assert 'id="id_name-error"' in written


def test_each_control_has_its_look(render: Render) -> None:
    assert "form-control" in render("{{ field|control }}", field=Entry()["name"])
    assert "form-select" in render("{{ field|control }}", field=Entry()["region"])
    choices = render("{% include 'ui/_field.html' %}", field=Entry()["kinds"])
    assert "<fieldset>" in choices
    assert choices.count('type="checkbox"') == 2


def test_the_error_summary_leads_to_the_fields_and_takes_the_focus(render: Render) -> None:
    written = render("{% include 'ui/_errors.html' %}", form=Entry({}))

    assert 'href="#id_name"' in written
    assert "data-focus" in written
    assert "有 3 处要改" in written


# ── labels ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("kind", LABELS)
def test_every_word_has_a_label(kind: type) -> None:
    assert issubclass(kind, StrEnum)
    assert set(LABELS[kind]) == set(kind)  # type: ignore[call-overload]


def test_a_label_follows_the_language() -> None:
    assert label(Severity.GENERAL) == "一般失信"
    with override("en"):
        assert label(Severity.GENERAL) == "General"
