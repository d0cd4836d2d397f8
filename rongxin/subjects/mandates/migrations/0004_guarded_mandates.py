"""Mandates, claims and invitations are seen by the logins that they concern and by the offices of their cases; a proxy's last
day counts in the database, too.

A policy cannot ask the table that it guards. So functions of the owner, for whom these policies are not forced, look at all
mandates and give the numbers of the asker's alone. ``rongxin.day`` is the day on which the request began, by the clock of the platform.
"""

from importlib import import_module

from django.db import migrations

from rongxin.storage.rows import any_of, asks, own, reached, row_security, through

BEFORE = import_module("rongxin.subjects.mandates.migrations.0003_row_security")
HEAD = "RETURNS SETOF bigint LANGUAGE sql STABLE PARALLEL SAFE"
OF_OWNER = f"{HEAD} SECURITY DEFINER"
FIRMS = BEFORE.FIRMS.replace(HEAD, OF_OWNER).replace(
    "AND NOT EXISTS",
    "AND (m.until IS NULL OR m.until >= NULLIF(current_setting('rongxin.day', true), '')::date) AND NOT EXISTS",
)
PARTNERS = BEFORE.PARTNERS.replace(HEAD, OF_OWNER)
FUNCTIONS = (
    FIRMS,
    PARTNERS,
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
OF_CASES = "workflow_case_of_enterprises ON workflow_case"
AGAINST = f"{BEFORE.OF_ENTERPRISE} AND id IN (SELECT f.id FROM rongxin_cases_against() AS f(id))"

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


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in FUNCTIONS:
            schema_editor.execute(statement.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
        schema_editor.execute(f"DROP POLICY {OF_CASES}")
        schema_editor.execute(f"CREATE POLICY {OF_CASES} FOR SELECT USING ({AGAINST})")


def open_again(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP POLICY {OF_CASES}")
        schema_editor.execute(f"CREATE POLICY {OF_CASES} FOR SELECT USING ({BEFORE.POLICIES['workflow_case']})")
        schema_editor.execute("DROP FUNCTION rongxin_mandates, rongxin_cases_against")
        for statement in (BEFORE.FIRMS, BEFORE.PARTNERS):
            schema_editor.execute(statement.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))


class Migration(migrations.Migration):
    dependencies = [("mandates", "0003_row_security")]
    operations = [
        migrations.RunPython(guard, open_again),
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
