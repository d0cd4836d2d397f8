from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_guarded_heads")]
    operations = [
        migrations.AddField(
            model_name="rowproblem",
            name="firm",
            field=models.CharField(blank=True, default="", max_length=18, verbose_name="企业"),
        ),
    ]
