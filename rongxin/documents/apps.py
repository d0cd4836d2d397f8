from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "rongxin.documents"
    label = "documents"
    verbose_name = "文书"
