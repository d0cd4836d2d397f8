from django.apps import AppConfig


class UnwindingConfig(AppConfig):
    name = "rongxin.remedies.unwinding"
    label = "unwinding"

    def ready(self) -> None:
        from rongxin.records.waking import when_noted
        from rongxin.remedies.unwinding import jobs
        from rongxin.remedies.unwinding.redeciding import REDECISION
        from rongxin.remedies.unwinding.workflow import UNWINDING
        from rongxin.workflow.registry import register

        register(UNWINDING)
        register(REDECISION)
        when_noted(jobs.wake)
