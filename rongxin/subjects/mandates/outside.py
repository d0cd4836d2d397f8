"""The enterprise as a party to the cases about it: whoever acts for it now, by a mandate that lets it do so."""

from collections.abc import Iterable

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.policy.words import Title
from rongxin.subjects.mandates.queries import NoMandate, mandate_for
from rongxin.subjects.models import Subject
from rongxin.workflow.models import Case
from rongxin.workflow.table import Outsider


def firm_of_case(case: Case) -> Subject | None:
    """The enterprise that the case is about, as which it counts today."""
    return firms_of_cases([case]).get(case.pk)


def firms_of_cases(cases: Iterable[Case]) -> dict[int, Subject]:
    """The same of many, by key of the case, in one query; those about no enterprise are left out."""
    codes = {case.pk: case.firm for case in cases if case.firm}
    found = (
        Subject.objects.select_related("merged_into").in_bulk(set(codes.values()), field_name="uscc") if codes else {}
    )
    firms = {key: found.get(code) for key, code in codes.items()}
    return {key: firm.merged_into or firm for key, firm in firms.items() if firm}


def code_of_case(case: Case) -> str:
    """The unified code of that enterprise, under which it is told; empty where there is none."""
    firm = firm_of_case(case)
    return firm.uscc if firm else ""


def the_firm(action: Action) -> Outsider:
    """The enterprise of a case, by a login whose mandate lets it do ``action`` for it."""

    def acts(case: Case, account: Account) -> bool:
        firm = firm_of_case(case)
        try:
            return firm is not None and mandate_for(account, firm.uscc).may(action)
        except NoMandate:
            return False

    return Outsider(Title(zh="企业", en="The enterprise"), acts)
