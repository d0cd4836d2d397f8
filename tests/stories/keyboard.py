"""A page with the keyboard alone."""

from collections.abc import Callable

from playwright.sync_api import Page


def focused(page: Page, said: Callable[[str, str], bool]) -> None:
    """Go on with the Tab key until ``said`` of the text and the name of what has the focus."""
    for _ in range(150):
        page.keyboard.press("Tab")
        text, name = page.evaluate("(e => [e.innerText || '', e.name || ''])(document.activeElement)")
        if said(text.strip(), name):
            return
    raise AssertionError("the keyboard does not reach it")


def press(page: Page, words: str) -> None:
    focused(page, lambda text, name: text.startswith(words))
    page.keyboard.press("Enter")


def type_into(page: Page, field: str, text: str) -> None:
    focused(page, lambda words, name: name == field)
    page.keyboard.type(text)


def hit(page: Page, key: str) -> None:
    """Press the ``key`` that a page listens to, once its scripts are there to hear it: text is on the page before them."""
    page.wait_for_load_state()
    page.keyboard.press(key)
