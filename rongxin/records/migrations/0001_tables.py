import django.db.models.deletion
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('records', '0001_initial'),
        ('records', '0003_clearing'),
        ('records', '0005_fewer_indexes'),
        ('records', '0008_untold'),
        ('records', '0009_first_events_without_key'),
        ('records', '0010_supports'),
    ]

    initial = True

    dependencies = [
        ('departments', '0001_tables'),
        ('subjects', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Record',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=40, verbose_name='记录编号')),
                ('version', models.PositiveIntegerField(verbose_name='版本')),
                ('supersedes', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.record')),
                ('kind', models.CharField(max_length=63, verbose_name='种类')),
                ('kind_digest', models.CharField(max_length=64)),
                ('policy_digest', models.CharField(max_length=64, verbose_name='规则版本')),
                ('party_name', models.CharField(max_length=200, verbose_name='报送的名称')),
                ('party_code', models.CharField(blank=True, max_length=50, verbose_name='报送的代码')),
                ('act_key', models.CharField(max_length=64)),
                ('authority', models.CharField(max_length=200, verbose_name='认定单位')),
                ('authority_uscc', models.CharField(blank=True, max_length=18)),
                ('document_number', models.CharField(max_length=128, verbose_name='文号')),
                ('document_key', models.CharField(max_length=128)),
                ('decided_on', models.DateField(verbose_name='决定日期')),
                ('valid_from', models.DateField(null=True, verbose_name='有效期自')),
                ('valid_to', models.DateField(null=True, verbose_name='有效期至')),
                ('polarity', models.CharField(max_length=8, verbose_name='性质')),
                ('severity', models.CharField(max_length=8, verbose_name='失信程度')),
                ('amount_fen', models.BigIntegerField(null=True, verbose_name='金额（分）')),
                ('basis', models.TextField(blank=True, verbose_name='报送的依据')),
                ('display', models.CharField(max_length=8, verbose_name='公示')),
                ('display_reason', models.CharField(blank=True, max_length=200, verbose_name='不公示原因')),
                ('display_clause', models.CharField(blank=True, max_length=200, verbose_name='公示依据')),
                ('content_hash', models.CharField(max_length=64)),
                ('origin', models.CharField(max_length=12, verbose_name='来源平台')),
                ('region', models.CharField(max_length=12, verbose_name='地区')),
                ('provider', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department', verbose_name='信息提供单位')),
                ('recorded_at', models.DateTimeField(verbose_name='入库时间')),
            ],
            options={
                'verbose_name': '公共信用信息',
                'indexes': [models.Index(fields=['document_key'], name='records_document'), models.Index(fields=['recorded_at'], name='records_recorded_at'), models.Index(fields=['provider', 'decided_on'], name='records_provider_decided'), models.Index(condition=models.Q(('supersedes__isnull', False)), fields=['supersedes'], name='records_supersedes')],
                'constraints': [models.UniqueConstraint(fields=('act_key', 'version'), name='records_act_version'), models.UniqueConstraint(fields=('number', 'version'), name='records_number_version')],
            },
        ),
        migrations.CreateModel(
            name='RecordContent',
            fields=[
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='records.record')),
                ('text', models.TextField()),
                ('title', models.CharField(max_length=300, verbose_name='标题')),
            ],
        ),
        migrations.CreateModel(
            name='RecordEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.BigIntegerField(unique=True)),
                ('record', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.record')),
                ('act_key', models.CharField(max_length=64, null=True)),
                ('effect', models.CharField(choices=[('recorded', '入库'), ('corrected', '更正'), ('disputed', '提出异议'), ('dispute_ended', '异议办结'), ('suspended', '暂停公示'), ('resumed', '恢复公示'), ('repaired', '已修复'), ('repair_revoked', '撤销修复'), ('withdrawn', '撤回'), ('annulled', '决定被撤销'), ('sealed', '封存'), ('unsealed', '解除封存'), ('erased', '删除内容')], max_length=16, verbose_name='事项')),
                ('effective_at', models.DateTimeField(verbose_name='生效时间')),
                ('recorded_at', models.DateTimeField(verbose_name='记载时间')),
                ('by', models.CharField(max_length=64, verbose_name='经办')),
                ('basis', models.CharField(blank=True, max_length=300, verbose_name='依据')),
                ('reason', models.CharField(max_length=200, null=True, verbose_name='公开的说明')),
            ],
            options={
                'verbose_name': '记录事项',
                'indexes': [models.Index(condition=models.Q(('act_key__isnull', False)), fields=['act_key', 'position'], name='records_event_act'), models.Index(condition=models.Q(('act_key__isnull', True)), fields=['record'], name='records_event_first')],
            },
        ),
        migrations.CreateModel(
            name='EventCursor',
            fields=[
                ('name', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('value', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Untold',
            fields=[
                ('batch', models.CharField(max_length=32, primary_key=True, serialize=False, verbose_name='批次')),
                ('since', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Sighting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.record')),
                ('provider', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department')),
                ('batch', models.CharField(max_length=32, verbose_name='批次')),
                ('row', models.PositiveIntegerField(verbose_name='行')),
                ('seen_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('batch', 'row'), name='records_sighting_once')],
            },
        ),
        migrations.CreateModel(
            name='Resolution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.record')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject')),
                ('method', models.CharField(max_length=24, verbose_name='认定方式')),
                ('by', models.CharField(max_length=64, verbose_name='经办')),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('record',), name='records_one_resolution')],
            },
        ),
        migrations.CreateModel(
            name='Clearing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.record')),
                ('field', models.CharField(max_length=63)),
                ('decision', models.CharField(choices=[('as_filed', '原文公开'), ('masked', '隐去所标后公开'), ('withheld', '不公开'), ('reopened', '重新核对')], max_length=8)),
                ('text', models.TextField(blank=True)),
                ('by', models.CharField(max_length=64, verbose_name='经办')),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '文本核对',
                'indexes': [models.Index(fields=['record', 'field'], name='records_clearing_field')],
            },
        ),
        migrations.CreateModel(
            name='Support',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effect_sort', models.CharField(choices=[('record', '记录'), ('entry', '名单列入'), ('measure', '措施'), ('ban', '禁入'), ('clause', '条款')], max_length=8)),
                ('effect', models.CharField(max_length=64, verbose_name='效果')),
                ('effect_act', models.CharField(blank=True, max_length=64)),
                ('sort', models.CharField(choices=[('record', '记录'), ('entry', '名单列入'), ('measure', '措施'), ('ban', '禁入'), ('clause', '条款')], max_length=8)),
                ('support', models.CharField(max_length=64, verbose_name='依据')),
                ('support_act', models.CharField(blank=True, max_length=64)),
                ('necessity', models.CharField(choices=[('necessary', '必要依据'), ('contributing', '辅助依据')], max_length=12, verbose_name='必要性')),
                ('ends_when_repaired', models.BooleanField(default=False, verbose_name='修复后终止')),
                ('basis', models.CharField(max_length=300, verbose_name='理由')),
                ('by', models.CharField(max_length=64, verbose_name='经办')),
                ('made_at', models.DateTimeField(verbose_name='登记时间')),
            ],
            options={
                'verbose_name': '效果的依据',
                'indexes': [models.Index(fields=['effect_act'], name='records_support_effect_act'), models.Index(fields=['support_act'], name='records_support_act'), models.Index(fields=['effect', 'effect_sort'], name='records_support_effect'), models.Index(fields=['support', 'sort'], name='records_support_support')],
            },
        ),
        migrations.CreateModel(
            name='SupportEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('support', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='end', to='records.support')),
                ('basis', models.CharField(max_length=300, verbose_name='理由')),
                ('by', models.CharField(max_length=64, verbose_name='经办')),
                ('ended_at', models.DateTimeField(verbose_name='终止时间')),
            ],
            options={
                'verbose_name': '效果的依据终止',
            },
        ),
        migrations.CreateModel(
            name='Candidate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effect', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.record')),
                ('effect_act', models.CharField(max_length=64)),
                ('cited', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.record')),
                ('cited_act', models.CharField(max_length=64)),
                ('found_at', models.DateTimeField(verbose_name='发现时间')),
                ('is_confirmed', models.BooleanField(null=True, verbose_name='是依据')),
                ('decided_by', models.CharField(blank=True, max_length=64, verbose_name='经办')),
                ('decided_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': '可能的依据',
                'indexes': [models.Index(fields=['cited_act'], name='records_candidate_cited')],
                'constraints': [models.UniqueConstraint(fields=('effect_act', 'cited_act'), name='records_candidate_once')],
            },
        ),
    ]
