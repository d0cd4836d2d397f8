import django.db.models.deletion
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('departments', '0001_initial'),
        ('departments', '0002_duties'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Department',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=32, unique=True, verbose_name='单位代码')),
                ('name', models.CharField(max_length=200, verbose_name='名称')),
                ('short_name', models.CharField(max_length=60, verbose_name='简称')),
                ('uscc', models.CharField(blank=True, max_length=18, verbose_name='统一社会信用代码')),
                ('region', models.CharField(max_length=12, verbose_name='所属地区')),
                ('determines', models.BooleanField(default=True, verbose_name='认定单位')),
                ('provides', models.BooleanField(default=True, verbose_name='信息提供单位')),
            ],
            options={
                'verbose_name': '单位',
                'ordering': ('region', 'code'),
            },
        ),
        migrations.CreateModel(
            name='Duty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department', verbose_name='单位')),
                ('item', models.CharField(max_length=30, verbose_name='目录编码')),
                ('power_code', models.CharField(blank=True, max_length=40, verbose_name='权责事项编码')),
                ('power_title', models.CharField(blank=True, max_length=200, verbose_name='权责事项')),
                ('since', models.DateField(verbose_name='自')),
                ('until', models.DateField(null=True, verbose_name='至')),
                ('nothing_new_on', models.DateField(null=True, verbose_name='本期无新增')),
                ('nothing_new_by', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'verbose_name': '归集职责',
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('department', 'item'), name='departments_duty_once')],
            },
        ),
    ]
