from django.apps import AppConfig


class InquiriesConfig(AppConfig):
    name = "rongxin.remedies.inquiries"
    label = "inquiries"

    def ready(self) -> None:
        from rongxin.remedies.inquiries.workflow import INQUIRY
        from rongxin.workflow.registry import register

        register(INQUIRY)
