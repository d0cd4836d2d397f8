from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "rongxin.intake"
    label = "intake"
