from django.apps import AppConfig


class RepairsConfig(AppConfig):
    name = "rongxin.remedies.repairs"
    label = "repairs"

    def ready(self) -> None:
        from rongxin.notices.recipients import name_subject
        from rongxin.remedies.repairs.revoking import KIND as REVOKING
        from rongxin.remedies.repairs.revoking import REVOCATION
        from rongxin.remedies.repairs.workflow import KIND, REPAIR
        from rongxin.workflow.registry import register

        register(REPAIR)
        register(REVOCATION)
        for kind in (KIND, REVOKING):
            name_subject(kind, lambda case: case.firm or "")
