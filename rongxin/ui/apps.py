from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "rongxin.ui"
    label = "ui"
