from django.apps import AppConfig


class EnterpriseConfig(AppConfig):
    name = "rongxin.enterprise"
    label = "enterprise"

    def ready(self) -> None:
        from rongxin.enterprise import classes, declarations, remedies
        from rongxin.enterprise.case_panels import add_panel
        from rongxin.notices.recipients import name_subject
        from rongxin.remedies.declarations.falsehoods import KIND as FALSEHOOD
        from rongxin.remedies.declarations.workflow import KIND as DECLARATION
        from rongxin.subjects.mandates.queries import claim_of
        from rongxin.subjects.mandates.workflow import NAME

        classes.add_to_cases()
        remedies.add_to_cases()
        name_subject(NAME, lambda case: claim_of(case.number).subject.uscc)
        add_panel(DECLARATION, declarations.panel)
        add_panel(FALSEHOOD, declarations.falsehood_panel)
