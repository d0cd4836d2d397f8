"""Who acted for whom, and how that ended, is never changed or removed. Mandates, claims and invitations are seen by the logins that
they concern and by the offices of their cases; a login of an enterprise sees its firms, whom it acts with, the cases and documents
about its firms, and claims that would replace it.

Policies of one verb add up: some stand here beside those of accounts, cases and documents. A policy cannot ask the table that it
guards. So functions of the owner, for whom the policies of mandates are not forced, look at all mandates and give the numbers of the
asker's alone. A proxy's last day counts here, too: ``rongxin.day`` is the day on which the request began, by the clock of the platform.
"""

from django.db import migrations

from rongxin.storage.growing import only_grow
from rongxin.storage.guards import Guard
from rongxin.storage.rows import any_of, asks, own, reached, row_security, through

OF_OWNER = "RETURNS SETOF bigint LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER"
FUNCTIONS = (
    f"""
    CREATE FUNCTION rongxin_firms() {OF_OWNER}
    BEGIN ATOMIC
        WITH firms AS (
            SELECT COALESCE(s.merged_into_id, s.id) AS id FROM mandates_mandate m JOIN subjects_subject s ON s.id = m.subject_id
            WHERE m.account_id = (SELECT rongxin_account())
            AND (m.until IS NULL OR m.until >= NULLIF(current_setting('rongxin.day', true), '')::date) AND NOT EXISTS (
                SELECT 1 FROM mandates_mandateend e WHERE e.mandate_id IN (m.id, m.given_by_id)
            )
        )
        SELECT id FROM firms UNION ALL SELECT k.id FROM subjects_subject k WHERE k.merged_into_id IN (SELECT id FROM firms);
    END
    """,
    f"""
    CREATE FUNCTION rongxin_partners() {OF_OWNER}
    BEGIN ATOMIC
        WITH near AS (
            SELECT m.id, m.account_id, m.given_by_id FROM mandates_mandate m WHERE m.account_id = (SELECT rongxin_account())
        ), around AS (
            SELECT id, account_id FROM near
            UNION SELECT m.id, m.account_id FROM mandates_mandate m JOIN near ON m.given_by_id = near.id
            UNION SELECT m.id, m.account_id FROM mandates_mandate m JOIN near ON m.id = near.given_by_id
        )
        SELECT account_id FROM around
        UNION SELECT e.by_id FROM mandates_mandateend e JOIN around ON e.mandate_id = around.id
        UNION SELECT c.account_id FROM mandates_claim c JOIN near ON c.replaces_id = near.id
        UNION SELECT m.account_id FROM mandates_claim c JOIN mandates_mandate m ON m.id = c.replaces_id
            WHERE c.account_id = (SELECT rongxin_account());
    END
    """,
    # Those of the asker, their proxies, those who gave them, and those that the asker's claims would replace.
    f"""
    CREATE FUNCTION rongxin_mandates() {OF_OWNER}
    BEGIN ATOMIC
        WITH near AS (SELECT m.id, m.given_by_id FROM mandates_mandate m WHERE m.account_id = (SELECT rongxin_account()))
        SELECT id FROM near
        UNION SELECT given_by_id FROM near
        UNION SELECT m.id FROM mandates_mandate m JOIN near ON m.given_by_id = near.id
        UNION SELECT c.replaces_id FROM mandates_claim c WHERE c.account_id = (SELECT rongxin_account());
    END
    """,
    # Cases of claims that would take a mandate from the asker.
    f"""
    CREATE FUNCTION rongxin_cases_against() {OF_OWNER}
    BEGIN ATOMIC
        SELECT c.case_id FROM mandates_claim c JOIN mandates_mandate m ON m.id = c.replaces_id
            WHERE m.account_id = (SELECT rongxin_account());
    END
    """,
)
NAMES = "rongxin_firms, rongxin_partners, rongxin_mandates, rongxin_cases_against"

OF_FIRMS = (
    f"{asks('enterprise')} AND {{}} AND firm IN "
    "(SELECT s.uscc FROM subjects_subject s WHERE s.id IN (SELECT f.id FROM rongxin_firms() AS f(id)))"
)
POLICIES = (
    (
        "accounts_account",
        "of_enterprises",
        f"{asks('enterprise')} AND id IN (SELECT p.id FROM rongxin_partners() AS p(id))",
    ),
    (
        "workflow_case",
        "of_enterprises",
        f"{asks('enterprise')} AND id IN (SELECT f.id FROM rongxin_cases_against() AS f(id))",
    ),
    # Except who else claims them.
    ("workflow_case", "of_firms", OF_FIRMS.format("kind <> 'claim'")),
    # Except papers with a code. Files and withdrawals are seen where the document is (documents).
    ("documents_document", "of_firms", OF_FIRMS.format("template <> 'claim_code'")),
)

OF_CASE = through("workflow_case", "id = case_id")
ACTS_ON_CASE = through(
    "workflow_case",
    "id = case_id",
    f"({any_of(reached('p.owner_id', 'case:act'), reached('p.handler_id', 'case:act'))})",
)
OWN = f"({asks('enterprise')} AND {own('account_id')})"
AROUND = f"({asks('enterprise')} AND id IN (SELECT f.id FROM rongxin_mandates() AS f(id)))"
REPLACED = "EXISTS (SELECT 1 FROM mandates_claim c WHERE c.replaces_id = mandates_mandate.id)"
# Mandates have a column of that name, too.
GIVEN = "id = mandates_proxyinvitation.given_by_id"
IS_GIVER = f"p.role = 'enterprise' AND {own('p.account_id')}"
ENDS = f"({own('p.account_id')} OR EXISTS (SELECT 1 FROM mandates_mandate g WHERE g.id = p.given_by_id AND {own('g.account_id')}))"


def show_firms(editor):
    if editor.connection.vendor == "postgresql":
        for statement in FUNCTIONS:
            editor.execute(statement)
        for table, name, condition in POLICIES:
            editor.execute(f"CREATE POLICY {table}_{name} ON {table} FOR SELECT USING ({condition})")


def hide_firms(editor):
    if editor.connection.vendor == "postgresql":
        for table, name, _ in POLICIES:
            editor.execute(f"DROP POLICY {table}_{name} ON {table}")
        editor.execute(f"DROP FUNCTION {NAMES}")


class Migration(migrations.Migration):
    replaces = [
        ("mandates", "0002_mandates_only_grow"),
        ("mandates", "0003_row_security"),
        ("mandates", "0004_guarded_mandates"),
        ("mandates", "0005_firm_of_claims"),
        ("mandates", "0006_cases_of_firms"),
        ("mandates", "0007_documents_of_firms"),
    ]
    dependencies = [("mandates", "0001_tables"), ("workflow", "0002_guarded"), ("documents", "0002_guarded")]
    operations = [
        only_grow(
            "mandates_only_grow",
            "mandates are never changed or removed",
            "mandates_mandate",
            "mandates_mandateend",
        ),
        Guard(show_firms, hide_firms),
        # The procedure and the proxy's acceptance begin mandates, as the platform.
        row_security("mandates_mandate", read=any_of(AROUND, OF_CASE, REPLACED), is_forced=False),
        row_security(
            "mandates_mandateend",
            read=through("mandates_mandate", "id = mandate_id"),
            add=f"({own('by_id')} AND {through('mandates_mandate', 'id = mandate_id', ENDS)})",
            is_forced=False,
        ),
        row_security("mandates_claim", read=OF_CASE, add=OWN, change=any_of(OWN, ACTS_ON_CASE), is_forced=False),
        row_security(
            "mandates_proxyinvitation",
            read=through("mandates_mandate", GIVEN, own("p.account_id")),
            add=through("mandates_mandate", GIVEN, IS_GIVER),
            change=through("mandates_mandate", GIVEN, IS_GIVER),
        ),
    ]
