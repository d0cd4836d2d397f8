"""What the firm of demo-firm declares of itself: verified, waiting, one that could not be verified, and one that is examined."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.demonstration.codes import numbered_code
from rongxin.demonstration.staff import FIRM, LEAD
from rongxin.remedies.declarations.actions import declare, examine
from rongxin.remedies.declarations.models import Declaration
from rongxin.subjects.mandates.queries import NoMandate, demand
from rongxin.workflow.actions import take_step
from rongxin.workflow.evidence import attach

_HELD: Final = 1
_PAPER: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 297]/Contents 4 0 R/Resources<</Font<</F<</Type/Font"
    b"/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n4 0 obj<</Length 45>>stream\n"
    b"BT /F 24 Tf 60 150 Td (Made-up evidence) Tj ET\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@transaction.atomic
def declare_some() -> None:
    """Declare a few things, each as far as it is; once, and not where nobody holds the firm."""
    firm, lead = Account.objects.filter(username=FIRM).first(), Account.objects.filter(username=LEAD).first()
    if firm is None or lead is None or Declaration.objects.exists():
        return
    try:
        mandate = demand(firm, numbered_code("9", "1", _HELD), Action.DECLARATION_MAKE)
    except NoMandate:
        return
    today = timezone.localdate()
    long_ago, lately = (today - timedelta(days=400)).isoformat(), (today - timedelta(days=90)).isoformat()

    def declared(item: str, *, is_shown: bool = True, **given: str) -> Declaration:
        made = declare(mandate, item, given)
        attach(made.case, name="示例材料.pdf", content=_PAPER, by=firm)
        if is_shown:
            take_step(made.number, "publish", by=firm)
        return made

    quality = declared(
        "certification",
        system="质量管理体系",
        standard="GB/T 19001-2016",
        certificate_number="示例-Q-0001",
        issued_by="示例认证有限公司",
        issued_on=long_ago,
    )
    take_step(quality.number, "verify", by=lead, answers={"how": "issuer"})
    declared("products", products="示例产品的加工、包装和销售", markets="福建省示例市场")
    gift = declared("social_responsibility", what="向示例小学捐赠图书", amount="5", given_on=lately)
    take_step(gift.number, "cannot", by=lead, reason="材料里没有受赠单位的印章，请补充票据")
    declared("taxes_paid", is_shown=False, year="2025", taxes="120.5", in_time="是")
    honour = declared("honour", honour="示例守合同重信用企业", given_by="示例行业协会", given_on=long_ago)
    take_step(honour.number, "verify", by=lead, answers={"how": "original"})
    found = examine(honour, "授予单位书面答复没有授予过这项荣誉", by=lead)
    attach(found.case, name="答复.pdf", content=_PAPER, by=lead)
    take_step(found.case.number, "notify", by=lead)
