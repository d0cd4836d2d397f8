from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    name = "rongxin.disclosure"
    label = "disclosure"
    verbose_name = "公开"
