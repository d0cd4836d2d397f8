"""What a login of an enterprise sees by its mandates: its firms, whom it acts with, and claims that would replace it.

Policies of one verb add up: these stand beside those of accounts and cases. Whether a proxy's last day has passed is asked by the
code (queries.standing), by the clock of the platform.
"""

from django.db import migrations

FIRMS = """
    CREATE FUNCTION rongxin_firms() RETURNS SETOF bigint LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        WITH firms AS (
            SELECT COALESCE(s.merged_into_id, s.id) AS id FROM mandates_mandate m JOIN subjects_subject s ON s.id = m.subject_id
            WHERE m.account_id = (SELECT rongxin_account()) AND NOT EXISTS (
                SELECT 1 FROM mandates_mandateend e WHERE e.mandate_id IN (m.id, m.given_by_id)
            )
        )
        SELECT id FROM firms UNION ALL SELECT k.id FROM subjects_subject k WHERE k.merged_into_id IN (SELECT id FROM firms);
    END
"""
PARTNERS = """
    CREATE FUNCTION rongxin_partners() RETURNS SETOF bigint LANGUAGE sql STABLE PARALLEL SAFE
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
"""
OF_ENTERPRISE = "(SELECT rongxin_asks('enterprise'))"
POLICIES = {
    "accounts_account": f"{OF_ENTERPRISE} AND id IN (SELECT p.id FROM rongxin_partners() AS p(id))",
    "workflow_case": (
        f"{OF_ENTERPRISE} AND EXISTS (SELECT 1 FROM mandates_claim c JOIN mandates_mandate m ON m.id = c.replaces_id "
        "WHERE c.case_id = workflow_case.id AND m.account_id = (SELECT rongxin_account()))"
    ),
}


def guard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(FIRMS)
    schema_editor.execute(PARTNERS)
    for table, condition in POLICIES.items():
        schema_editor.execute(f"CREATE POLICY {table}_of_enterprises ON {table} FOR SELECT USING ({condition})")


def open_again(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in POLICIES:
        schema_editor.execute(f"DROP POLICY {table}_of_enterprises ON {table}")
    schema_editor.execute("DROP FUNCTION rongxin_firms, rongxin_partners")


class Migration(migrations.Migration):
    dependencies = [("mandates", "0002_mandates_only_grow"), ("workflow", "0004_row_security")]
    operations = [migrations.RunPython(guard, open_again)]
