"""Public addresses. They are cited on paper and must never change."""

from django.urls import path, register_converter

from rongxin.portal import views
from rongxin.portal.addresses import RecordNumber, Uscc

register_converter(Uscc, "uscc")
register_converter(RecordNumber, "record_number")

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("search", views.search, name="search"),
    path("s/<uscc:uscc>", views.subject, name="subject"),
    path("r/<record_number:number>", views.record, name="record"),
    path("newest", views.newest, name="newest"),
    path("rules", views.rules, name="rules"),
    path("rules/<slug:kind>", views.rules_kind, name="rules_kind"),
]
