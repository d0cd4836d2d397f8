from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "rongxin.notices"
    label = "notices"

    def ready(self) -> None:
        from rongxin.notices import checking, jobs  # noqa: F401
        from rongxin.workflow import outbox

        outbox.when_written(jobs.wake)
