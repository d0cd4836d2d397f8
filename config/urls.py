"""Addresses where one host name serves everything; each face keeps its own."""

from django.urls import include, path

from config import public_urls

handler500 = "rongxin.ui.views.failed"
urlpatterns = [*public_urls.urlpatterns, path("administration/", include("rongxin.administration.urls"))]
