from django.apps import AppConfig


class EnterpriseConfig(AppConfig):
    name = "rongxin.enterprise"
    label = "enterprise"

    def ready(self) -> None:
        from rongxin.enterprise import remedies
        from rongxin.notices.recipients import name_subject
        from rongxin.subjects.mandates.queries import claim_of
        from rongxin.subjects.mandates.workflow import NAME

        remedies.add_to_cases()
        name_subject(NAME, lambda case: claim_of(case.number).subject.uscc)
