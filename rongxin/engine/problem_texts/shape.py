"""What a problem text is."""

from dataclasses import dataclass

from rongxin.policy.words import StepSeverity

REFUSE, REVIEW, WARN = StepSeverity.REFUSE, StepSeverity.REVIEW, StepSeverity.WARN


@dataclass(frozen=True, slots=True)
class ProblemText:
    """Message and suggestion in Chinese and English, as templates over the particulars of the finding."""

    zh: str
    en: str
    do_zh: str
    do_en: str
    severity: StepSeverity | None = None
