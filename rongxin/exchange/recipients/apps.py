from django.apps import AppConfig


class RecipientsConfig(AppConfig):
    name = "rongxin.exchange.recipients"
    label = "recipients"
