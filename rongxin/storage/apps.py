from django.apps import AppConfig


class StorageConfig(AppConfig):
    name = "rongxin.storage"
    label = "storage"
    verbose_name = "数据存取"

    def ready(self) -> None:
        from rongxin.storage import half_way  # noqa: F401
