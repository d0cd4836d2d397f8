from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "rongxin.rulebook"
    label = "rulebook"
    verbose_name = "规则库"
