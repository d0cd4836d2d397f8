import django.db.models.deletion
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('rules', '0001_initial'),
    ]

    initial = True

    dependencies = [
        ('workflow', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='RuleDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case', verbose_name='案件')),
                ('base', models.CharField(max_length=64, verbose_name='所依据的版本')),
                ('digest', models.CharField(max_length=64, verbose_name='规则版本')),
                ('content', models.TextField(verbose_name='内容')),
                ('sources', models.JSONField(verbose_name='文件')),
                ('note', models.CharField(max_length=500, verbose_name='改了什么、为什么')),
                ('effective_on', models.DateField(null=True, verbose_name='生效日期')),
            ],
            options={
                'verbose_name': '规则草案',
            },
        ),
    ]
