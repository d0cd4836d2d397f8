"""Addresses of the shared parts."""

from django.urls import path

from rongxin.ui import views

app_name = "ui"
urlpatterns = [
    path("display", views.display, name="display"),
    path("language", views.language, name="language"),
    path("healthz", views.healthz, name="healthz"),
    path("robots.txt", views.robots, name="robots"),
]
