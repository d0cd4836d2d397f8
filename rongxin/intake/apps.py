from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "rongxin.intake"
    label = "intake"

    def ready(self) -> None:
        from rongxin.intake.workflow import BATCH
        from rongxin.workflow.registry import register

        register(BATCH)
