"""Fill the blocks of names that were registered before there were any, and index the organisation code inside the unified code."""

import polars as pl
from django.db import migrations, models
from django.db.models.functions import Substr

from rongxin.engine.name_blocks import blocks

CHUNK = 20_000
SOLE_TRADER = "sole_trader"


def fill_blocks(apps, schema_editor):
    names = apps.get_model("subjects", "SubjectName")
    connection = schema_editor.connection
    statement = "UPDATE subjects_subjectname SET head_block = %s, tail_block = %s WHERE id = %s"
    last = 0
    while True:
        part = list(
            names.objects.filter(pk__gt=last)
            .exclude(subject__category=SOLE_TRADER)
            .order_by("pk")
            .values_list("pk", "normalised")[:CHUNK]
        )
        if not part:
            return
        keys, texts = zip(*part)
        found = blocks(pl.Series(texts, dtype=pl.String))
        with connection.cursor() as cursor:
            cursor.executemany(statement, list(zip(found["head_block"], found["tail_block"], keys)))
        last = keys[-1]


class Migration(migrations.Migration):

    dependencies = [("subjects", "0004_splits_and_answers")]
    operations = [
        migrations.AddIndex(
            model_name="subject",
            index=models.Index(Substr("uscc", 9, 9), name="subjects_organisation_part"),
        ),
        migrations.RunPython(fill_blocks, migrations.RunPython.noop),
    ]
