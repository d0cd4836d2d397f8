from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "rongxin.desk"
    label = "desk"

    def ready(self) -> None:
        from rongxin.desk import claims

        claims.add_to_cases()
