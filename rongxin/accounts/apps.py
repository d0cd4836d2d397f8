from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "rongxin.accounts"
    label = "accounts"

    def ready(self) -> None:
        from rongxin.accounts import events

        events.listen()
