"""What auditors ask of a log; the platform alone reads and writes it, whoever asks through a page was checked before."""

import django.db.models.deletion
from django.db import migrations, models

from rongxin.storage.rows import NOBODY_ELSE, row_security


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_row_security")]
    operations = [
        migrations.CreateModel(
            name="Audit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "task",
                    models.CharField(
                        choices=[("verify", "全账核对"), ("export", "导出"), ("looks", "查阅周报")],
                        max_length=8,
                        verbose_name="事项",
                    ),
                ),
                ("day", models.DateField(null=True)),
                ("with_contents", models.BooleanField(default=False, verbose_name="含内容")),
                ("by", models.CharField(blank=True, max_length=150, verbose_name="经办")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="提出时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                ("size", models.BigIntegerField(default=0)),
                ("wrong", models.BigIntegerField(default=0)),
                ("told", models.JSONField(default=list)),
                (
                    "log",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.log",
                    ),
                ),
            ],
            options={"verbose_name": "账本审计", "verbose_name_plural": "账本审计"},
        ),
        migrations.AddIndex(
            model_name="audit", index=models.Index(fields=["log", "task"], name="ledger_audit_task")
        ),
        row_security("ledger_audit", read=NOBODY_ELSE),
    ]
