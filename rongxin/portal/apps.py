from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "rongxin.portal"
    label = "portal"
