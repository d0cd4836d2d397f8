from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "rongxin.desk"
    label = "desk"

    def ready(self) -> None:
        from rongxin.desk import servings, told
        from rongxin.desk.case_panels import add_panel_to_all

        add_panel_to_all(servings.panel)
        add_panel_to_all(told.panel)
