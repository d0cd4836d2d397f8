from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "rongxin.administration"
    label = "administration"
