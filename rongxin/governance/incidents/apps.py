from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "rongxin.governance.incidents"
    label = "incidents"

    def ready(self) -> None:
        from rongxin.governance.incidents.workflow import INCIDENT
        from rongxin.workflow.registry import register

        register(INCIDENT)
