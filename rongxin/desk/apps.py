from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "rongxin.desk"
    label = "desk"

    def ready(self) -> None:
        from rongxin.desk import batch_panels
        from rongxin.desk.case_panels import show_as
        from rongxin.intake.moving import KIND

        show_as(KIND, batch_panels.BATCH_LOOKS)
