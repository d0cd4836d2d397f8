"""Addresses of the administrators' host: their pages, the way in, nothing else."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView


def robots(request: HttpRequest) -> HttpResponse:
    """Nothing here is for crawlers."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")


handler400 = "rongxin.entrance.faults.refused"
handler403 = "rongxin.entrance.faults.forbidden"
handler404 = "rongxin.entrance.faults.absent"
handler500 = "rongxin.ui.views.failed"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="entrance:inside")),
    path("robots.txt", robots),
    path("administration/", include("rongxin.administration.urls")),
    path("", include("rongxin.entrance.urls")),
    path("", include("rongxin.ui.urls")),
]
