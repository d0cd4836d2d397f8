from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "rongxin.workflow"
    label = "workflow"
