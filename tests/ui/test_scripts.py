"""Our scripts in a real browser, under the real content security policy; the page fixture fails on console errors."""

from typing import TYPE_CHECKING

import pytest

from tests.ui import addresses

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.urls("tests.ui.addresses")
HTMX_POLLS_MS = 6000


@pytest.fixture(autouse=True)
def untouched_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch in progress starts anew."""
    monkeypatch.setattr(addresses, "asked", 0)


def open_page(page: "Page", server: "LiveServer", address: str) -> None:
    page.goto(f"{server.url}{address}")
    page.wait_for_load_state()


def test_a_code_is_copied_and_that_is_said(page: "Page", live_server: "LiveServer") -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, live_server, "/records")

    page.click("[data-copy]")

    page.wait_for_function("document.getElementById('announce').textContent === '已复制'")
    assert page.evaluate("navigator.clipboard.readText()") == "91990000MA0000015Q"


def test_more_records_are_added_and_the_keyboard_goes_on_there(page: "Page", live_server: "LiveServer") -> None:
    open_page(page, live_server, "/records")

    page.focus("#more a")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=示例决定 4")

    assert page.locator(".rx-tl .ev").count() == 4
    assert page.locator(".rx-tl .yr").count() == 1
    assert page.locator("#more").count() == 0
    assert page.evaluate("document.activeElement.textContent") == "示例决定 3"


def test_without_a_script_more_records_are_a_link(page: "Page", live_server: "LiveServer") -> None:
    open_page(page, live_server, "/records?offset=2")

    assert page.locator(".rx-tl .yr").count() == 1
    assert page.locator(".rx-tl .ev").count() == 2


def test_the_display_panel_works_by_keyboard(page: "Page", live_server: "LiveServer") -> None:
    open_page(page, live_server, "/records")
    page.focus(".rx-top .rx-panel summary")
    page.keyboard.press("Enter")
    assert page.is_visible(".rx-top .rx-panel form")

    page.keyboard.press("Escape")
    assert not page.is_visible(".rx-top .rx-panel form")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"

    page.keyboard.press("Enter")
    with page.expect_navigation():
        page.check(".rx-top .rx-panel [name=theme][value=dark]")
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    assert page.url.endswith("/records")


def test_a_page_can_follow_the_device(page: "Page", live_server: "LiveServer") -> None:
    page.context.add_cookies([{"name": "display", "value": "normal.normal.auto", "url": live_server.url}])
    page.emulate_media(color_scheme="dark")
    open_page(page, live_server, "/records")
    assert page.get_attribute("html", "data-bs-theme") == "dark"

    page.emulate_media(color_scheme="light")
    page.wait_for_selector("html[data-bs-theme=light]", state="attached")


def test_the_menu_of_a_phone_opens_and_nothing_hangs_over(page: "Page", live_server: "LiveServer") -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    open_page(page, live_server, "/records")

    page.click(".rx-burger")
    page.wait_for_selector("#menu.show >> text=目录与规则")

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.keyboard.press("Escape")
    page.wait_for_selector("#menu", state="hidden")


# ── sending a file ───────────────────────────────────────────────────────────────────────────────────────────────────
def choose(page: "Page", name: str, content: bytes = b"a,b\n1,2\n") -> None:
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "text/csv", "buffer": content})


def test_a_good_file_leads_to_its_batch(page: "Page", live_server: "LiveServer") -> None:
    open_page(page, live_server, "/desk/upload")
    choose(page, "good.csv")
    assert page.text_content("[data-file-name]") == "good.csv"

    page.click("text=上传并校验")

    page.wait_for_url("**/desk/batches/B-1")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [("notes.pdf", b"x", "只收 XLSX、XLS、ODS、CSV"), ("large.csv", b"x" * 1001, "文件超过 0 MB")],
)
def test_a_wrong_file_is_told_before_it_is_sent(
    page: "Page", live_server: "LiveServer", name: str, content: bytes, told: str
) -> None:
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    open_page(page, live_server, "/desk/upload")

    choose(page, name, content)
    page.click("text=上传并校验")

    assert told in (page.text_content("#errors") or "")
    assert page.evaluate("document.activeElement.id") == "errors"
    assert posts == []


@pytest.mark.console_errors  # the browser reports the answer 422
def test_what_the_platform_refuses_is_told_in_place(page: "Page", live_server: "LiveServer") -> None:
    open_page(page, live_server, "/desk/upload")
    choose(page, "bad.csv")

    page.click("text=上传并校验")

    page.wait_for_selector("#errors:has-text('没有认得的列名')")
    assert page.is_enabled("button[type=submit]:has-text('上传并校验')")


def test_a_file_can_be_dropped(page: "Page", live_server: "LiveServer") -> None:
    open_page(page, live_server, "/desk/upload")

    page.evaluate(
        """() => {
          const files = new DataTransfer();
          files.items.add(new File(["a,b"], "dropped.csv"));
          const drop = document.querySelector(".rx-drop");
          drop.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
        }"""
    )

    assert page.text_content("[data-file-name]") == "dropped.csv"


def test_a_batch_in_progress_turns_into_its_result(page: "Page", live_server: "LiveServer") -> None:
    open_page(page, live_server, "/desk/batches/B-1")
    assert page.is_visible("progress")

    page.wait_for_selector("text=文件共", timeout=HTMX_POLLS_MS)

    assert page.locator("progress").count() == 0
    assert page.text_content("#announce") == "处理完毕"
