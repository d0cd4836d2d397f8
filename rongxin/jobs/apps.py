"""The Django app of the background work."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "rongxin.jobs"
    label = "jobs"
    verbose_name = "后台任务"
