"""Requests that were refused, until the ledger is told of all of them: counted for the account, told and removed by the platform."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rongxin.storage.rows import own, row_security

OWN = own("account_id")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_row_security")]
    operations = [
        migrations.CreateModel(
            name="Denial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.CharField(max_length=12)),
                ("action", models.CharField(blank=True, max_length=32)),
                ("route", models.CharField(max_length=80)),
                ("told_at", models.DateTimeField()),
                ("untold", models.PositiveIntegerField(default=0)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "route", "act", "action"), name="accounts_denials_of_page"
                    )
                ],
            },
        ),
        row_security("accounts_denial", read=OWN, add=OWN, change=OWN),
    ]
