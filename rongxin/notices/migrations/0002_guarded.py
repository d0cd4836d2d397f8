"""The database itself refuses to change or remove what is proof. Messages are seen by whom they are to and where their case is;
official delivery and its proof where the case is, recorded by whoever acts on it; addresses by whose they are: an officer, a login
for its firm, a department by whoever keeps accounts.
"""

from django.db import migrations

from rongxin.storage.growing import only_grow
from rongxin.storage.rows import any_of, asks, may, own, reached, row_security, through

OF_FIRM = (
    f"({asks('enterprise')} AND uscc <> '' AND uscc IN (SELECT s.uscc FROM subjects_subject s "
    "WHERE s.id IN (SELECT f.id FROM rongxin_firms() AS f(id))))"
)
OF_NOTICE = through("notices_notice", "id = notice_id")
OF_SENDING = "id = sending_id"
OF_SERVING = through("notices_serving", "id = serving_id")
ACTS_ON_CASE = any_of(reached("p.owner_id", "case:act"), reached("p.handler_id", "case:act"))
RETRIES = may("sending:retry")
# Sent again by whoever acts on the case that it tells of; {} is the notice.
ACTS = (
    "EXISTS (SELECT 1 FROM notices_notice n JOIN workflow_case c ON c.id = n.case_id "
    f"WHERE n.id = {{}} AND {reached('c.owner_id', 'case:act')})"
)
# One's own, that of a firm for whom one acts, and those of departments by the keeper of accounts, who sees no other person's.
OF_OWNER = any_of(
    own("account_id"),
    through("mandates_mandate", "id = mandate_id", own("p.account_id")),
    f"(department_id IS NOT NULL AND {may('account:keep')})",
)


class Migration(migrations.Migration):
    replaces = [
        ("notices", "0002_proof_only_grows"),
        ("notices", "0003_row_security"),
        ("notices", "0005_whose_addresses"),
        ("notices", "0006_guarded_notices"),
    ]
    dependencies = [("notices", "0001_tables"), ("mandates", "0002_guarded")]
    operations = [
        only_grow(
            "notices_only_grow",
            "notices, receipts, attempts and servings are never changed or removed",
            "notices_notice",
            "notices_receipt",
            "notices_contactchange",
            "notices_attempt",
            "notices_serving",
            "notices_servingnote",
            "notices_servingproof",
        ),
        row_security(
            "notices_serving",
            read=through("workflow_case", "id = case_id"),
            add=through("workflow_case", "id = case_id", f"({ACTS_ON_CASE})"),
        ),
        *(
            row_security(f"notices_{name}", read=OF_SERVING, add=OF_SERVING)
            for name in ("servingnote", "servingproof")
        ),
        row_security(
            "notices_contact",
            # A department's officers are told on their inbox that its address takes nothing.
            read=any_of(OF_OWNER, reached("department_id", "case:read")),
            add=OF_OWNER,
            change=OF_OWNER,
            remove=OF_OWNER,
        ),
        row_security("notices_contactchange", read=OF_OWNER, add=f"({own('by_id')} AND ({OF_OWNER}))"),
        row_security("notices_codeasked", read=own("account_id"), add=own("account_id")),
        row_security(
            "notices_notice",
            read=any_of(
                own("account_id"),
                reached("department_id", "case:read"),
                OF_FIRM,
                f"(case_id IS NOT NULL AND NOT {asks('enterprise')} AND {through('workflow_case', 'id = case_id')})",
            ),
        ),
        row_security(
            "notices_receipt",
            read=any_of(own("account_id"), OF_NOTICE),
            add=f"({own('account_id')} AND {OF_NOTICE})",
        ),
        row_security(
            "notices_sending", read=any_of(RETRIES, OF_NOTICE), change=any_of(RETRIES, ACTS.format("notice_id"))
        ),
        row_security(
            "notices_attempt",
            read=through("notices_sending", OF_SENDING),
            add=any_of(RETRIES, through("notices_sending", OF_SENDING, ACTS.format("p.notice_id"))),
        ),
    ]
