"""What is answered instead of a page where the pages of the public site are not at hand: on the administrators' host."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.csrf import csrf_failure

from rongxin.entrance.hosts import is_administration


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _fault(request, HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _fault(request, HTTPStatus.FORBIDDEN)


def absent(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _fault(request, HTTPStatus.NOT_FOUND)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token."""
    return forbidden(request) if is_administration(request) else csrf_failure(request, reason)


def _fault(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    return render(request, "entrance/fault.html", {"status": status.value}, status=status)
