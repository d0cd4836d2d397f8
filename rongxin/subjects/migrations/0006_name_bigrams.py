from django.db import migrations

from rongxin.subjects.search import index_bigrams


class Migration(migrations.Migration):
    dependencies = [
        ("subjects", "0005_name_blocks"),
    ]

    operations = [migrations.RunPython(index_bigrams, migrations.RunPython.noop)]
