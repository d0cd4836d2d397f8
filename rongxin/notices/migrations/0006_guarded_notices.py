"""Messages are seen by whom they are to and where their case is; addresses by their bearer and the keeper of departments'."""

from django.db import migrations

from rongxin.storage.rows import any_of, asks, may, own, reached, row_security, through

OF_FIRM = (
    f"({asks('enterprise')} AND uscc <> '' AND uscc IN (SELECT s.uscc FROM subjects_subject s "
    "WHERE s.id IN (SELECT f.id FROM rongxin_firms() AS f(id))))"
)
OF_NOTICE = through("notices_notice", "id = notice_id")
RETRIES = may("sending:retry")
# Sent again by whoever acts on the case that it tells of; {} is the notice.
ACTS = (
    "EXISTS (SELECT 1 FROM notices_notice n JOIN workflow_case c ON c.id = n.case_id "
    f"WHERE n.id = {{}} AND {reached('c.owner_id', 'case:act')})"
)
SENDS_AGAIN = any_of(RETRIES, ACTS.format("notice_id"))
# One's own, that of a firm for whom one acts, and those of departments by the keeper of accounts, who sees no other person's.
OF_OWNER = any_of(
    own("account_id"),
    through("mandates_mandate", "id = mandate_id", own("p.account_id")),
    f"(department_id IS NOT NULL AND {may('account:keep')})",
)


class Migration(migrations.Migration):
    dependencies = [("notices", "0005_whose_addresses"), ("mandates", "0004_guarded_mandates")]
    operations = [
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
        row_security("notices_sending", read=any_of(RETRIES, OF_NOTICE), change=SENDS_AGAIN),
        row_security(
            "notices_attempt",
            read=through("notices_sending", "id = sending_id"),
            add=any_of(RETRIES, through("notices_sending", "id = sending_id", ACTS.format("p.notice_id"))),
        ),
        row_security("notices_contactchange", read=OF_OWNER, add=f"({own('by_id')} AND ({OF_OWNER}))"),
    ]
