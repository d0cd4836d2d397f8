"""What happened to an account is never changed or removed. Accounts switched off before this day count as ended now."""

from django.db import migrations
from django.utils import timezone

from rongxin.storage.growing import only_grow


def say_who_ended(apps, schema_editor):
    apps.get_model("accounts", "Account").objects.filter(is_active=False).update(ended_at=timezone.now())


class Migration(migrations.Migration):

    dependencies = [("accounts", "0004_login")]
    operations = [
        migrations.RunPython(say_who_ended, migrations.RunPython.noop),
        only_grow(
            "accounts_events_only_grow", "events of accounts are never changed or removed", "accounts_accountevent"
        ),
    ]
