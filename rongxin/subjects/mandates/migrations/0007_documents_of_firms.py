"""A login of an enterprise reads the official documents about the enterprises that it acts for, except papers with a code.

Their files and withdrawals are seen where the document is (documents, 0003).
"""

from django.db import migrations

CONDITION = (
    "(SELECT rongxin_asks('enterprise')) AND template <> 'claim_code' AND firm IN "
    "(SELECT s.uscc FROM subjects_subject s WHERE s.id IN (SELECT f.id FROM rongxin_firms() AS f(id)))"
)


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE POLICY documents_document_of_firms ON documents_document FOR SELECT USING ({CONDITION})"
        )


def open_again(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP POLICY documents_document_of_firms ON documents_document")


class Migration(migrations.Migration):
    dependencies = [("mandates", "0006_cases_of_firms"), ("documents", "0004_firm_of_document")]
    operations = [migrations.RunPython(guard, open_again)]
