from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("classification", "0004_hits")]

    operations = [
        migrations.AddField("use", "told_at", models.DateTimeField("已告知", null=True)),
    ]
