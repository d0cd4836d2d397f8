from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "rongxin.notices"
    label = "notices"

    def ready(self) -> None:
        from rongxin.notices import checking, contacts, jobs  # noqa: F401
        from rongxin.subjects.mandates import ending
        from rongxin.workflow import outbox

        outbox.when_written(jobs.wake)
        ending.when_ended(contacts.forget_mandates)
