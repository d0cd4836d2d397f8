"""The search index of names; its shape differs between SQLite and PostgreSQL (rongxin/subjects/search.py)."""

from django.db import migrations

from rongxin.storage.guards import Guard
from rongxin.subjects.search import create_name_index, drop_name_index


class Migration(migrations.Migration):
    replaces = [("subjects", "0002_name_index"), ("subjects", "0006_name_bigrams")]
    dependencies = [("subjects", "0001_tables")]
    operations = [Guard(create_name_index, drop_name_index)]
