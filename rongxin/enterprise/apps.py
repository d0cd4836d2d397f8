from django.apps import AppConfig


class EnterpriseConfig(AppConfig):
    name = "rongxin.enterprise"
    label = "enterprise"
