"""What happened to an account is never changed or removed. Accounts switched off before this day count as ended now."""

from django.db import migrations
from django.utils import timezone

TOLD = "events of accounts are never changed or removed"


def protect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION accounts_events_only_grow() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{TOLD}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        schema_editor.execute(
            "CREATE TRIGGER accounts_accountevent_only_grows BEFORE UPDATE OR DELETE ON accounts_accountevent "
            "FOR EACH ROW EXECUTE FUNCTION accounts_events_only_grow()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        schema_editor.execute(
            f"CREATE TRIGGER accounts_accountevent_no_{verb.lower()} BEFORE {verb} ON accounts_accountevent "
            f"BEGIN SELECT RAISE(ABORT, '{TOLD}'); END"
        )


def release(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION accounts_events_only_grow() CASCADE")
        return
    for verb in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER accounts_accountevent_no_{verb}")


def say_who_ended(apps, schema_editor):
    apps.get_model("accounts", "Account").objects.filter(is_active=False).update(ended_at=timezone.now())


class Migration(migrations.Migration):

    dependencies = [("accounts", "0004_login")]
    operations = [
        migrations.RunPython(say_who_ended, migrations.RunPython.noop),
        migrations.RunPython(protect, release),
    ]
