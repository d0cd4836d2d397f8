from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "rongxin.ledger"
    label = "ledger"
    verbose_name = "存证账本"

    def ready(self) -> None:
        from rongxin.ledger import checking  # noqa: F401
