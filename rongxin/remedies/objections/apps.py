from django.apps import AppConfig


class ObjectionsConfig(AppConfig):
    name = "rongxin.remedies.objections"
    label = "objections"

    def ready(self) -> None:
        from rongxin.notices.recipients import name_subject
        from rongxin.remedies.objections.workflow import KIND, OBJECTION
        from rongxin.workflow.registry import register

        register(OBJECTION)
        name_subject(KIND, lambda case: case.firm or "")
