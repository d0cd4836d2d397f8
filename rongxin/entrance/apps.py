from django.apps import AppConfig


class EntranceConfig(AppConfig):
    name = "rongxin.entrance"
    label = "entrance"

    def ready(self) -> None:
        from rongxin.entrance import checks  # noqa: F401 - registers them
