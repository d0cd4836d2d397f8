"""When a repair can be asked for and granted. Pure, by the rules of the day."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.repair import Prospect, Way, prospect
from rongxin.policy.words import Severity, Title
from rongxin.records.standing import Standing
from rongxin.remedies.repairs.models import Ground


class Defect(StrEnum):
    """What the formal check can find: told all at once, or never."""

    PROOF = "proof"
    COMMITMENT = "commitment"
    IDENTITY = "identity"
    RULING = "ruling"
    UNREADABLE = "unreadable"


DEFECTS: Final = {
    Defect.PROOF: Title(zh="缺少义务履行完毕的证明", en="The proof that the duties are fulfilled is missing"),
    Defect.COMMITMENT: Title(zh="承诺书没有签章或者与承诺人不符", en="The commitment is not sealed, or not the firm's"),
    Defect.IDENTITY: Title(zh="申请人与记录的主体不符", en="Whoever applies is not the subject of the record"),
    Defect.RULING: Title(zh="缺少法院裁定书", en="The court's ruling is missing"),
    Defect.UNREADABLE: Title(zh="材料不清晰、打不开", en="Files cannot be read"),
}


@dataclass(frozen=True)
class Possible:
    """Whether repair can be asked for now: ``why_not`` None when it can."""

    prospect: Prospect
    why_not: Title | None


def prospect_of(standing: Standing, policy: Policy, on: date) -> Prospect:
    """How the act can be repaired, seen on a day."""
    record = standing.record
    kind: RecordKind = policy.kinds[record.kind]
    return prospect(policy, kind, Severity(record.severity), record.decided_on, record.valid_to, on)


def possible(standing: Standing, policy: Policy, on: date, ground: str = Ground.FULFILLED) -> Possible:
    """Whether repair of the act can be asked for, and granted, on a day for this ground."""
    found = prospect_of(standing, policy, on)
    return Possible(found, _ended(standing) or _not_open(found, ground))


def _ended(standing: Standing) -> Title | None:
    if standing.is_withdrawn:
        return Title(zh="这条记录已经撤回，不用修复。", en="The record is withdrawn; nothing is to be repaired.")
    if standing.is_repaired:
        return Title(zh="这条记录已经修复。", en="The record is repaired already.")
    return None


def _not_open(found: Prospect, ground: str) -> Title | None:
    match found.way:
        case Way.NOT_ADVERSE:
            return Title(
                zh="这条记录不是失信信息，不用修复。", en="It speaks against nobody; nothing is to be repaired."
            )
        case Way.ELSEWHERE:
            return found.where
        case Way.UNKNOWN_SEVERITY:
            return Title(
                zh="失信程度还没有确定，没有公示。请先由认定单位确定；认为有误的，可以提出异议。",
                en="Its severity is not known, so it is not displayed. The authority must say first; an objection is open.",
            )
        case Way.TOO_EARLY if ground == Ground.FULFILLED and found.first_on is not None:
            return Title(
                zh=f"最短公示期没有满，{found.first_on:%Y}年{found.first_on.month}月{found.first_on.day}日起可以申请。",
                en=f"The shortest display is not over; from {found.first_on.isoformat()} on.",
            )
        case Way.OVER:
            return Title(zh="公示期已经届满，自动停止公示，不用申请。", en="The term is over; display ended by itself.")
    return None
