"""Addresses of the workbench."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from rongxin.desk import batches, entrance, sending

app_name = "desk"
urlpatterns = [
    path("", entrance.home, name="home"),
    path("login", entrance.Login.as_view(), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("upload", sending.upload, name="upload"),
    path("record", sending.record_form, name="record_form"),
    path("templates/<slug:kind>.xlsx", sending.template, name="template"),
    path("batches", batches.listing, name="batches"),
    path("batches/<str:number>", batches.detail, name="batch"),
    path("batches/<str:number>/progress", batches.progress, name="batch_progress"),
    path("batches/<str:number>/returned.xlsx", batches.return_file, name="return_file"),
    path("batches/<str:number>/release", batches.release, name="release"),
    path("batches/<str:number>/send-back", batches.send_back, name="send_back"),
    path("batches/<str:number>/stop", batches.stop, name="stop"),
]
