from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "rongxin.governance.rules"
    label = "rules"

    def ready(self) -> None:
        from rongxin.governance.rules.workflow import RULES
        from rongxin.workflow.registry import register

        register(RULES)
