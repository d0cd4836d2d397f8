"""Pictures of pages, to be looked at by people: each on a desk and on a phone, into ``var/shots``."""

from typing import TYPE_CHECKING

from tests.ui.sources import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = ROOT / "var" / "shots"
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


def shoot(page: "Page", url: str, name: str) -> None:
    """Two pictures of ``url``, whole pages. AssertionError when something hangs over the side of the phone."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for form, size in SIZES.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(url)
        page.wait_for_load_state("networkidle")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], f"{url} is {width} px wide on a {form} of {size['width']} px"
        page.screenshot(path=FOLDER / f"{name}-{form}.png", full_page=True)
