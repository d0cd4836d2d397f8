from django.apps import AppConfig


class ClassificationConfig(AppConfig):
    name = "rongxin.classification"
    label = "classification"

    def ready(self) -> None:
        from rongxin.classification.adjusting import ADJUSTMENT
        from rongxin.classification.adjusting import KIND as ADJUSTING
        from rongxin.classification.using import USE
        from rongxin.notices.recipients import name_subject
        from rongxin.workflow.registry import register

        register(USE)
        register(ADJUSTMENT)
        name_subject(ADJUSTING, lambda case: case.firm or "")
