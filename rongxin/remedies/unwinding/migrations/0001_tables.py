import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('unwinding', '0001_initial'),
    ]

    initial = True

    dependencies = [
        ('departments', '0001_tables'),
        ('documents', '0001_tables'),
        ('notices', '0001_tables'),
        ('workflow', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Redecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case', verbose_name='案件')),
                ('number', models.CharField(db_index=True, max_length=40, verbose_name='记录编号')),
                ('support', models.CharField(max_length=64, verbose_name='失去的依据')),
                ('is_suspended', models.BooleanField(verbose_name='已暂停公示')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='认定时间')),
            ],
            options={
                'verbose_name': '重新认定',
            },
        ),
        migrations.CreateModel(
            name='Unwinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case', verbose_name='案件')),
                ('number', models.CharField(db_index=True, max_length=40, verbose_name='记录编号')),
                ('version', models.PositiveIntegerField()),
                ('position', models.BigIntegerField()),
                ('effect', models.CharField(max_length=16, verbose_name='事项')),
                ('happened_at', models.DateTimeField(verbose_name='生效时间')),
                ('since', models.DateTimeField(null=True, verbose_name='查询自')),
                ('searched_at', models.DateTimeField(null=True, verbose_name='清单形成')),
                ('hidden', models.PositiveIntegerField(default=0)),
                ('came_back_at', models.DateTimeField(null=True, verbose_name='记录恢复')),
            ],
            options={
                'verbose_name': '消除影响',
            },
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unwinding', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='unwinding.unwinding')),
                ('sort', models.CharField(choices=[('effect', '依据这条记录的'), ('office', '查询过的单位'), ('document', '写到它的文书')], max_length=8)),
                ('ref', models.CharField(max_length=64, verbose_name='编号')),
                ('department', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department')),
                ('redecision', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='unwinding.redecision')),
                ('document', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document')),
                ('notice', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='notices.notice')),
                ('looks', models.PositiveIntegerField(default=0)),
                ('looked_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('told', '已送更正通知'), ('noted', '已核对，文书不撤回'), ('withdrawn', '文书已撤回'), ('unaffected', '不受影响'), ('over', '早已终止')], max_length=12, verbose_name='结果')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('settled_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('settled_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': '消除影响事项',
                'constraints': [models.UniqueConstraint(fields=('unwinding', 'sort', 'ref'), name='unwinding_item_once')],
            },
        ),
    ]
