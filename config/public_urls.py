"""Addresses of the public host where the administrators have one of their own."""

from django.urls import include, path

from rongxin.api import interface

handler500 = "rongxin.ui.views.failed"
urlpatterns = [
    path("", include("rongxin.portal.urls")),
    path("api/v1/", interface.api.urls),
    path("desk/", include("rongxin.desk.urls")),
    path("enterprise/", include("rongxin.enterprise.urls")),
    path("", include("rongxin.entrance.urls")),
    path("", include("rongxin.ui.urls")),
]
