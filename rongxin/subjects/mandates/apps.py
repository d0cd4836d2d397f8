from django.apps import AppConfig


class MandatesConfig(AppConfig):
    name = "rongxin.subjects.mandates"
    label = "mandates"

    def ready(self) -> None:
        from rongxin.subjects.mandates.workflow import CLAIM
        from rongxin.workflow import registry

        registry.register(CLAIM)
