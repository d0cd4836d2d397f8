"""Addresses: each face keeps its own."""

from django.urls import include, path

from rongxin.api import interface

handler500 = "rongxin.ui.views.failed"
urlpatterns = [
    path("", include("rongxin.portal.urls")),
    path("api/v1/", interface.api.urls),
    path("desk/", include("rongxin.desk.urls")),
    path("", include("rongxin.ui.urls")),
]
