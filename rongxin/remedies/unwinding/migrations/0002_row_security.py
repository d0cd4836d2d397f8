"""What is unwound is seen where its case is; the procedures write it. What happened before this platform unwound is left as it is."""

from django.db import migrations

from rongxin.storage.askers import PLATFORM, asks
from rongxin.storage.rows import row_security, through


def begin_now(apps, schema_editor):
    cursor = apps.get_model("records", "EventCursor")
    with asks(PLATFORM):
        last = cursor.objects.filter(name="events").first()
        if last is not None:
            cursor.objects.get_or_create(name="unwinding", defaults={"value": last.value})


class Migration(migrations.Migration):
    dependencies = [
        ("unwinding", "0001_initial"),
        ("workflow", "0004_row_security"),
        ("records", "0011_supports_only_grow"),
    ]
    operations = [
        row_security("unwinding_unwinding", read=through("workflow_case", "id = case_id")),
        row_security("unwinding_redecision", read=through("workflow_case", "id = case_id")),
        row_security("unwinding_item", read=through("unwinding_unwinding", "id = unwinding_id")),
        migrations.RunPython(begin_now, migrations.RunPython.noop),
    ]
