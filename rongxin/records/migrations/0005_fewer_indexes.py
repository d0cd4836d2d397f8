"""Foreign keys nobody searches by carry no index: every record loaded paid for four of them.

Only the indexes go. Altering the fields would make the tables of SQLite anew, without the triggers that protect them.
"""

import django.db.models.deletion
from django.db import migrations, models

UNSEARCHED = (
    ("records_record", "provider_id"),
    ("records_record", "supersedes_id"),
    ("records_recordevent", "record_id"),
    ("records_sighting", "provider_id"),
)


def indexes(schema_editor, table, column):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    return [
        name
        for name, told in found.items()
        if told["index"] and not told["unique"] and told["columns"] == [column] and "_id_" in name
    ]


def drop(apps, schema_editor):
    for table, column in UNSEARCHED:
        for name in indexes(schema_editor, table, column):
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def restore(apps, schema_editor):
    for table, column in UNSEARCHED:
        schema_editor.execute(f"CREATE INDEX {table}_{column}_fk ON {table} ({column})")


def key(to, **options):
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to, **options
    )


class Migration(migrations.Migration):

    dependencies = [("departments", "0001_initial"), ("records", "0004_clearings_only_grow")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, restore)],
            state_operations=[
                migrations.AlterField(
                    "record", "provider", key("departments.department", verbose_name="信息提供单位")
                ),
                migrations.AlterField("record", "supersedes", key("records.record", null=True)),
                migrations.AlterField("recordevent", "record", key("records.record")),
                migrations.AlterField("sighting", "provider", key("departments.department")),
            ],
        ),
        migrations.AddIndex(
            "record",
            models.Index(
                condition=models.Q(("supersedes__isnull", False)), fields=["supersedes"], name="records_supersedes"
            ),
        ),
    ]
