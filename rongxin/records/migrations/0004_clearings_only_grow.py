"""Clearings are added, never changed or removed: a decision that proves wrong is followed by another."""

from django.db import migrations, models

TOLD = "clearings are never changed or removed"


def protect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION records_clearings_only_grow() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{TOLD}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        schema_editor.execute(
            "CREATE TRIGGER records_clearing_only_grows BEFORE UPDATE OR DELETE ON records_clearing "
            "FOR EACH ROW EXECUTE FUNCTION records_clearings_only_grow()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        schema_editor.execute(
            f"CREATE TRIGGER records_clearing_no_{verb.lower()} BEFORE {verb} ON records_clearing "
            f"BEGIN SELECT RAISE(ABORT, '{TOLD}'); END"
        )


def release(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION records_clearings_only_grow() CASCADE")
        return
    for verb in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER records_clearing_no_{verb}")


class Migration(migrations.Migration):

    dependencies = [("records", "0003_clearing")]
    operations = [
        migrations.AlterField(
            model_name="clearing",
            name="decision",
            field=models.CharField(
                choices=[
                    ("as_filed", "原文公开"),
                    ("masked", "隐去所标后公开"),
                    ("withheld", "不公开"),
                    ("reopened", "重新核对"),
                ],
                max_length=8,
            ),
        ),
        migrations.RunPython(protect, release),
    ]
