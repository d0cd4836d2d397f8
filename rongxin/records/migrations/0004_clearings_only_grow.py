"""Clearings are added, never changed or removed: a decision that proves wrong is followed by another."""

from django.db import migrations, models

from rongxin.storage.growing import only_grow


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
        only_grow("records_clearings_only_grow", "clearings are never changed or removed", "records_clearing"),
    ]
