"""A login of an enterprise sees the cases about the enterprises that it acts for, except who else claims them."""

from django.db import migrations

CONDITION = (
    "(SELECT rongxin_asks('enterprise')) AND kind <> 'claim' AND firm IN "
    "(SELECT s.uscc FROM subjects_subject s WHERE s.id IN (SELECT f.id FROM rongxin_firms() AS f(id)))"
)


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE POLICY workflow_case_of_firms ON workflow_case FOR SELECT USING ({CONDITION})")


def open_again(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP POLICY workflow_case_of_firms ON workflow_case")


class Migration(migrations.Migration):
    dependencies = [("mandates", "0005_firm_of_claims"), ("workflow", "0005_firm_of_case")]
    operations = [migrations.RunPython(guard, open_again)]
