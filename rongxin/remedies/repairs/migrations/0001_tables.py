import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('repairs', '0001_initial'),
    ]

    initial = True

    dependencies = [
        ('documents', '0001_tables'),
        ('subjects', '0001_tables'),
        ('workflow', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Repair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case', verbose_name='案件')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject', verbose_name='企业')),
                ('record', models.CharField(db_index=True, max_length=40, verbose_name='记录编号')),
                ('version', models.PositiveIntegerField(verbose_name='版本')),
                ('document', models.CharField(blank=True, max_length=128, verbose_name='文号')),
                ('ground', models.CharField(choices=[('fulfilled', '已经纠正、履行完毕'), ('reorganisation', '法院裁定批准重整计划或者认可和解协议')], max_length=16, verbose_name='理由')),
                ('statement', models.CharField(max_length=500, verbose_name='整改和履行情况')),
                ('commitment_code', models.CharField(max_length=20, unique=True, verbose_name='承诺编码')),
                ('commitment', models.TextField(verbose_name='承诺内容')),
                ('applied_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('defects', models.JSONField(default=list, verbose_name='需要补正的')),
                ('outcome', models.CharField(blank=True, max_length=8, verbose_name='拟办意见')),
                ('refusal', models.CharField(blank=True, choices=[('not_fulfilled', '义务没有履行完毕'), ('not_corrected', '失信行为没有纠正'), ('too_early', '最短公示期没有满'), ('false_material', '材料不真实'), ('barred', '法律、行政法规规定不可修复')], max_length=16, verbose_name='不予修复的原因')),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='理由')),
            ],
            options={
                'verbose_name': '信用修复',
            },
        ),
        migrations.CreateModel(
            name='Revocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case', verbose_name='案件')),
                ('repair', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='repairs.repair', verbose_name='信用修复')),
                ('ground', models.CharField(choices=[('commitment_broken', '违背修复承诺'), ('false_material', '提供虚假材料'), ('plan_failed', '重整计划、和解协议没有执行')], max_length=20, verbose_name='事由')),
                ('facts', models.CharField(max_length=500, verbose_name='查明的情况')),
                ('said', models.CharField(blank=True, max_length=500, verbose_name='企业的陈述')),
                ('outcome', models.CharField(blank=True, max_length=8, verbose_name='拟办意见')),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='理由')),
            ],
            options={
                'verbose_name': '撤销信用修复',
            },
        ),
        migrations.CreateModel(
            name='RepairNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.CharField(max_length=40)),
                ('version', models.PositiveIntegerField()),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document')),
            ],
            options={
                'verbose_name': '信用修复告知书',
                'constraints': [models.UniqueConstraint(fields=('record', 'version'), name='repairs_notice_once')],
            },
        ),
    ]
