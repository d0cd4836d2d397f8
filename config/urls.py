"""Addresses: each face keeps its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("rongxin.portal.urls")),
    path("desk/", include("rongxin.desk.urls")),
    path("", include("rongxin.ui.urls")),
]
