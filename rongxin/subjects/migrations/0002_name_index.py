"""The search index of names; its shape differs between SQLite and PostgreSQL (rongxin/subjects/search.py)."""

from django.db import migrations

from rongxin.subjects.search import create_name_index, drop_name_index


class Migration(migrations.Migration):

    dependencies = [("subjects", "0001_initial")]
    operations = [migrations.RunPython(create_name_index, drop_name_index)]
