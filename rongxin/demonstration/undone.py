"""What rests on what, to try: an entry of a list that rests on a penalty, and one whose penalty was withdrawn, with its case."""

import tempfile
from pathlib import Path
from typing import Final

import polars as pl

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.models import Account
from rongxin.demonstration.authorities import SHOWN
from rongxin.demonstration.codes import numbered_code
from rongxin.demonstration.loading import as_csv, take_in
from rongxin.demonstration.staff import LEAD
from rongxin.policy.pack import Policy
from rongxin.records import supports, withdrawing
from rongxin.records.bearing import Sort
from rongxin.records.citing import find_cited
from rongxin.records.display import Moment
from rongxin.records.queries import of_subject
from rongxin.records.supports import Ground, Ref
from rongxin.records.withdrawing import Envelope, Wish
from rongxin.records.withdrawing import Ground as Why
from rongxin.remedies.unwinding.jobs import find_affected, follow_records
from rongxin.remedies.unwinding.queries import waiting
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.models import Subject
from rongxin.subjects.queries import by_uscc

LIST: Final = "serious_violation_list"
PENALTY: Final = "administrative_penalty"
_HELD: Final = (1, 8)
"""The famous whom the shown enterprise holds: their penalties are what entries rest on."""
_FIRST_NUMBER: Final = 901


def show_unwinding() -> None:
    """Enter one entry for each of two penalties, confirm what it rests on, and withdraw the first penalty; once, not where there
    are no two penalties.
    """
    policy = rulebook.current()
    penalties = _penalties(policy)
    if len(penalties) < 2 or supports.resting_on(Ref(Sort.RECORD, each.number) for _, each in penalties):
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "严重违法失信名单.csv"
        file.write_text(as_csv(_entries(penalties), policy.kinds[LIST]), encoding="utf-8")
        take_in(LIST, file)
    find_cited.call_now()
    for _, penalty in penalties:
        for found in supports.candidates_of(penalty):
            ground = Ground(support=Ref(Sort.RECORD, penalty.number), basis="列入决定书载明所依据的行政处罚决定")
            supports.confirm(found.pk, ground, policy, by=SHOWN.clerk)
    firm, penalty = penalties[0]
    Access(Account.objects.get(username=LEAD), Purpose.SUPERVISION).look([firm.uscc], "file")
    wish = Wish(ground=Why.ANNULLED, basis="示例行政判决书", words="原处罚决定已被撤销", decided_on=Moment.now().day)
    withdrawing.withdraw(penalty.number, wish, by=Account.objects.get(username=SHOWN.reviewer))
    follow_records.call_now()
    for number in waiting():
        find_affected.call_now(number)


def _penalties(policy: Policy) -> list[tuple[Subject, Envelope]]:
    """A penalty by the department that is shown, of each of two firms or both of one."""
    found = []
    for number in _HELD:
        firm = by_uscc(numbered_code("9", "1", number))
        shown = of_subject(firm, policy, Moment.now(), kind=PENALTY, limit=20) if firm else []
        found += [(firm, each.record) for each in shown if firm and each.record.provider.code == SHOWN.code]
    return found[:2]


def _entries(penalties: list[tuple[Subject, Envelope]]) -> pl.DataFrame:
    today = Moment.now().day
    rows = [
        {
            "entry_document_no": f"{SHOWN.mark}严〔{today.year}〕{number}号",
            "entered_on": today.isoformat(),
            "entry_authority": SHOWN.name,
            "entry_authority_uscc": SHOWN.uscc,
            "basis": "《市场监督管理严重违法失信名单管理办法》",
            "party_name": firm.name,
            "party_category": "法人及非法人组织",
            "party_code": firm.uscc,
            "reason": f"依据{penalty.document_number}行政处罚决定，属于示例严重违法情形",
        }
        for number, (firm, penalty) in enumerate(penalties, start=_FIRST_NUMBER)
    ]
    return pl.DataFrame(rows)
