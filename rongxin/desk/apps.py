from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "rongxin.desk"
    label = "desk"
