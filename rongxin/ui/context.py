"""What every page knows: whose platform this is and how the reader wants to see it. No query."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import get_language

from config.environment import environment
from rongxin import __version__
from rongxin.ui.appearance import COOKIE, Appearance


@dataclass(frozen=True, slots=True)
class Platform:
    """``language`` is the value of ``<html lang>``; ``demo`` says that the data are made up."""

    name: str
    host_department: str
    demo: bool
    version: str
    language: str
    appearance: Appearance


def platform(request: HttpRequest) -> dict[str, Platform]:
    """Context processor: ``platform`` for every template."""
    return {
        "platform": Platform(
            name=environment.platform_name,
            host_department=environment.host_department,
            demo=environment.demo,
            version=__version__,
            language="en" if get_language() == "en" else "zh-CN",
            appearance=Appearance.from_cookie(request.COOKIES.get(COOKIE, "")),
        )
    }
