import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('workflow', '0001_initial'),
        ('workflow', '0003_documents_of_cases'),
        ('workflow', '0005_firm_of_case'),
        ('workflow', '0006_evidence'),
    ]

    initial = True

    dependencies = [
        ('departments', '0001_tables'),
        ('documents', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='案件号')),
                ('kind', models.CharField(max_length=40, verbose_name='事项')),
                ('key', models.CharField(max_length=120, null=True)),
                ('title', models.CharField(max_length=200, verbose_name='标题')),
                ('firm', models.CharField(max_length=18, null=True, verbose_name='企业')),
                ('state', models.CharField(max_length=40, verbose_name='状态')),
                ('is_open', models.BooleanField(default=True, verbose_name='在办')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department', verbose_name='责任单位')),
                ('handler', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department', verbose_name='承办单位')),
                ('opened_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_at', models.DateTimeField(verbose_name='立案时间')),
                ('state_since', models.DateTimeField(verbose_name='状态起')),
                ('policy_digest', models.CharField(max_length=64, verbose_name='规则版本')),
                ('position', models.PositiveIntegerField(default=0)),
                ('moved_at', models.PositiveIntegerField(default=0)),
                ('clock', models.JSONField(null=True)),
                ('is_paused', models.BooleanField(default=False, verbose_name='暂停计时')),
                ('due_on', models.DateField(null=True, verbose_name='到期')),
                ('is_provisional', models.BooleanField(default=False, verbose_name='期限暂定')),
                ('calendar', models.CharField(blank=True, max_length=16)),
                ('escalated_on', models.DateField(null=True, verbose_name='督办')),
            ],
            options={
                'verbose_name': '案件',
                'indexes': [models.Index(fields=['owner', 'kind', 'state'], name='workflow_case_owner'), models.Index(fields=['handler', 'kind', 'state'], name='workflow_case_handler'), models.Index(fields=['is_open', 'due_on'], name='workflow_case_due')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'key'), name='workflow_case_opened_once')],
            },
        ),
        migrations.CreateModel(
            name='CaseSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefix', models.CharField(max_length=8)),
                ('year', models.PositiveSmallIntegerField()),
                ('value', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('prefix', 'year'), name='workflow_series_once')],
            },
        ),
        migrations.CreateModel(
            name='CaseEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.BigIntegerField(unique=True)),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('opened', '立案'), ('step', '办理'), ('warned', '临期提醒'), ('overdue', '逾期'), ('escalated', '转督办'), ('due_moved', '期限调整')], max_length=12)),
                ('step', models.CharField(blank=True, max_length=40)),
                ('source', models.CharField(blank=True, max_length=40)),
                ('target', models.CharField(max_length=40)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(blank=True, choices=[('public', 'public'), ('enterprise', 'enterprise'), ('proxy', 'proxy'), ('agency', 'agency'), ('clerk', 'clerk'), ('reviewer', 'reviewer'), ('head', 'head'), ('inspector', 'inspector'), ('window', 'window'), ('county_office', 'county_office'), ('city_office', 'city_office'), ('province_office', 'province_office'), ('auditor', 'auditor'), ('system_admin', 'system_admin'), ('security_admin', 'security_admin'), ('audit_admin', 'audit_admin')], max_length=16)),
                ('department', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department')),
                ('at', models.DateTimeField(verbose_name='记载时间')),
                ('on', models.DateField(verbose_name='日期')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='理由')),
                ('notice', models.CharField(blank=True, max_length=60)),
                ('payload', models.JSONField(default=dict)),
                ('due_on', models.DateField(null=True)),
                ('is_provisional', models.BooleanField(default=False)),
                ('policy_digest', models.CharField(max_length=64)),
                ('key', models.CharField(max_length=120, null=True, unique=True)),
            ],
            options={
                'verbose_name': '案件事项',
                'indexes': [models.Index(fields=['by', 'case', 'step'], name='workflow_event_by')],
                'constraints': [models.UniqueConstraint(fields=('case', 'number'), name='workflow_event_of_case')],
            },
        ),
        migrations.CreateModel(
            name='CaseCursor',
            fields=[
                ('name', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('value', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Consumer',
            fields=[
                ('name', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('position', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('consumer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.consumer')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.caseevent')),
                ('delivered_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('consumer', 'event'), name='workflow_delivered_once')],
            },
        ),
        migrations.CreateModel(
            name='CaseDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case')),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document')),
            ],
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case')),
                ('name', models.CharField(max_length=100, verbose_name='名称')),
                ('media_type', models.CharField(max_length=20, verbose_name='类型')),
                ('size', models.PositiveIntegerField(verbose_name='字节')),
                ('sha256', models.CharField(max_length=64)),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提交人')),
                ('department', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department')),
                ('at', models.DateTimeField(verbose_name='提交时间')),
            ],
            options={
                'verbose_name': '证据材料',
                'constraints': [models.UniqueConstraint(fields=('case', 'sha256'), name='workflow_evidence_once')],
            },
        ),
        migrations.CreateModel(
            name='EvidenceFile',
            fields=[
                ('evidence', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='workflow.evidence')),
                ('content', models.BinaryField()),
            ],
        ),
    ]
