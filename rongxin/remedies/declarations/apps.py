from django.apps import AppConfig


class DeclarationsConfig(AppConfig):
    name = "rongxin.remedies.declarations"
    label = "declarations"

    def ready(self) -> None:
        from rongxin.notices.recipients import name_subject
        from rongxin.remedies.declarations.falsehoods import FALSEHOOD
        from rongxin.remedies.declarations.workflow import DECLARATION
        from rongxin.subjects.mandates.outside import code_of_case
        from rongxin.workflow.registry import register

        for table in (DECLARATION, FALSEHOOD):
            register(table)
            name_subject(table.name, code_of_case)
