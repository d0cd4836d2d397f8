from django.apps import AppConfig


class DepartmentsConfig(AppConfig):
    name = "rongxin.departments"
    label = "departments"
