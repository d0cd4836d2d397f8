"""Official documents of a case: issued inside a step, so that a number is taken only when the step succeeds."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from rongxin.departments.models import Department
from rongxin.documents.glyphs import NoGlyph
from rongxin.documents.issuing import ValuesUnfit, issue
from rongxin.policy.words import Title
from rongxin.workflow.barring import Bar, Barred, NotPossible
from rongxin.workflow.models import Case, CaseDocument
from rongxin.workflow.table import Answer, Taken


def issue_in(taken: Taken, template: str, values: Mapping[str, Any], *, authority: Department) -> dict[str, Answer]:
    """Issue a document in the transaction of the step, last in its effect; returns what the log keeps of it.

    It is listed on the page of the case. Raises NotPossible where the values cannot be printed, and NoSuchTemplate.
    """
    signed = taken.by.display_name if taken.by else "平台"
    try:
        document = issue(template, values, authority=authority, by=signed, firm=taken.case.firm)
    except ValuesUnfit as unfit:
        told = Title(zh="；".join(each.told.zh for each in unfit.faults), en=str(unfit))
        raise NotPossible(Barred(Bar.GUARD, told)) from unfit
    except NoGlyph as missing:
        told = Title(zh="文书里有排不出来的字，请改用常用字。", en="A character cannot be printed; use another.")
        raise NotPossible(Barred(Bar.GUARD, told)) from missing
    CaseDocument.objects.create(case=taken.case, document=document)
    return {"document": document.number, "code": document.code}


def documents_of(case: Case) -> QuerySet[CaseDocument]:
    """The documents of a case, in the order in which they were issued."""
    return CaseDocument.objects.filter(case=case).select_related("document__withdrawn").order_by("pk")
