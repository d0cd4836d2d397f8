import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('intake', '0001_initial'),
        ('intake', '0002_questions_faults_counts'),
        ('intake', '0003_the_case_of_a_batch'),
        ('intake', '0006_firm_of_rows'),
    ]

    initial = True

    dependencies = [
        ('departments', '0001_tables'),
        ('subjects', '0001_tables'),
        ('workflow', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case', verbose_name='案件')),
                ('number', models.CharField(max_length=32, unique=True, verbose_name='批次号')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department', verbose_name='信息提供单位')),
                ('kind', models.CharField(max_length=63, verbose_name='记录种类')),
                ('policy_digest', models.CharField(max_length=64, verbose_name='规则版本')),
                ('channel', models.CharField(choices=[('page', '网页'), ('command', '命令'), ('form', '单条填报'), ('api', '接口'), ('question', '归属认定')], max_length=8, verbose_name='渠道')),
                ('state', models.CharField(choices=[('received', '已收到'), ('mapping', '待对列'), ('checked', '待发布'), ('released', '入库中'), ('recorded', '已入库'), ('nothing_new', '无新增'), ('returned', '已退回'), ('stopped', '已停止'), ('unreadable', '无法读取')], default='received', max_length=12, verbose_name='状态')),
                ('file_name', models.CharField(max_length=200, verbose_name='文件名')),
                ('file_size', models.BigIntegerField(verbose_name='大小（字节）')),
                ('file_sha256', models.CharField(max_length=64, verbose_name='文件摘要')),
                ('file_format', models.CharField(blank=True, max_length=40, verbose_name='格式')),
                ('submitted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='报送人')),
                ('received_at', models.DateTimeField(verbose_name='收到时间')),
                ('checked_at', models.DateTimeField(null=True, verbose_name='校验完成')),
                ('run', models.BigIntegerField(null=True, verbose_name='后台任务')),
                ('rows', models.PositiveIntegerField(default=0, verbose_name='文件行数')),
                ('accepted', models.PositiveIntegerField(default=0, verbose_name='可入库')),
                ('withheld', models.PositiveIntegerField(default=0, verbose_name='其中依法不公示')),
                ('rejected', models.PositiveIntegerField(default=0, verbose_name='退回')),
                ('in_review', models.PositiveIntegerField(default=0, verbose_name='待核归属')),
                ('refused_person', models.PositiveIntegerField(default=0, verbose_name='拒收自然人')),
                ('duplicates', models.PositiveIntegerField(default=0, verbose_name='已有')),
                ('recorded', models.PositiveIntegerField(default=0, verbose_name='已入库')),
                ('findings', models.JSONField(default=list, verbose_name='文件提示')),
                ('coded', models.PositiveIntegerField(default=0, verbose_name='填有代码的行')),
                ('sheets', models.JSONField(default=list, verbose_name='工作表')),
                ('layout', models.CharField(blank=True, max_length=40, verbose_name='版式')),
                ('template_version', models.CharField(blank=True, max_length=40, verbose_name='模板版本')),
                ('decided_days', models.JSONField(default=dict, verbose_name='待发布行的决定日期')),
                ('continues', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.batch', verbose_name='接续批次')),
                ('round', models.PositiveSmallIntegerField(default=1, verbose_name='第几次报送')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='审核时间')),
                ('stopped_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='停止人')),
                ('return_reason', models.CharField(blank=True, max_length=500, verbose_name='退回原因')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='办结时间')),
            ],
            options={
                'verbose_name': '批次',
                'ordering': ('-received_at',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('recorded', 'nothing_new', 'returned', 'stopped', 'unreadable')), _negated=True), fields=('provider', 'kind', 'file_sha256'), name='intake_same_file_once'), models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='intake_two_people')],
            },
        ),
        migrations.CreateModel(
            name='RowProblem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='intake.batch')),
                ('row', models.PositiveIntegerField(verbose_name='行')),
                ('field', models.CharField(blank=True, max_length=63, verbose_name='列')),
                ('code', models.CharField(max_length=60)),
                ('severity', models.CharField(max_length=8)),
                ('value', models.CharField(blank=True, max_length=200, verbose_name='填写的值')),
                ('params', models.JSONField(default=dict)),
                ('suggestion', models.CharField(blank=True, max_length=200, verbose_name='建议值')),
                ('firm', models.CharField(blank=True, default='', max_length=18, verbose_name='企业')),
            ],
            options={
                'indexes': [models.Index(fields=['batch', 'severity', 'row'], name='intake_problem_row')],
            },
        ),
        migrations.CreateModel(
            name='BatchCounter',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('value', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='HeadMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department')),
                ('kind', models.CharField(max_length=63)),
                ('head', models.CharField(max_length=200, verbose_name='列名（归一）')),
                ('written', models.CharField(max_length=200, verbose_name='列名')),
                ('field', models.CharField(blank=True, max_length=63, verbose_name='对应的栏')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('provider', 'kind', 'head'), name='intake_head_once')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.batch')),
                ('row', models.PositiveIntegerField(verbose_name='行')),
                ('party_name', models.CharField(max_length=200, verbose_name='报送的名称')),
                ('name_normalised', models.CharField(max_length=200)),
                ('party_code', models.CharField(blank=True, max_length=50, verbose_name='报送的代码')),
                ('reasons', models.JSONField(default=list, verbose_name='原因')),
                ('candidates', models.JSONField(default=list, verbose_name='候选')),
                ('state', models.CharField(choices=[('open', '待认定'), ('answered', '已认定'), ('sent_back', '已退回更正')], default='open', max_length=12, verbose_name='状态')),
                ('subject', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject')),
                ('asked_at', models.DateTimeField(verbose_name='提出时间')),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('answered_at', models.DateTimeField(null=True, verbose_name='认定时间')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('follow_up', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.batch')),
            ],
            options={
                'verbose_name': '归属问题',
                'indexes': [models.Index(fields=['state', 'asked_at'], name='intake_question_state')],
                'constraints': [models.UniqueConstraint(fields=('batch', 'row'), name='intake_question_once')],
            },
        ),
        migrations.CreateModel(
            name='CodeFault',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department')),
                ('kind', models.CharField(max_length=63)),
                ('batch', models.CharField(max_length=32, verbose_name='批次')),
                ('row', models.PositiveIntegerField(verbose_name='行')),
                ('field', models.CharField(max_length=63, verbose_name='列')),
                ('value', models.CharField(max_length=50, verbose_name='填写的代码')),
                ('party_name', models.CharField(blank=True, max_length=200, verbose_name='报送的名称')),
                ('fault', models.CharField(choices=[('wrong', '错码'), ('placeholder', '占位代码'), ('doubled', '重码'), ('old', '旧码待转换')], max_length=12, verbose_name='问题')),
                ('problem', models.CharField(max_length=60)),
                ('found_on', models.DateField(verbose_name='发现日期')),
                ('state', models.CharField(choices=[('open', '待处理'), ('mended', '已更正'), ('confirmed', '核实无误')], default='open', max_length=12, verbose_name='状态')),
                ('subject', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject')),
                ('right_code', models.CharField(blank=True, max_length=18, verbose_name='正确代码')),
                ('mended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mended_at', models.DateTimeField(null=True, verbose_name='处理时间')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='说明')),
            ],
            options={
                'verbose_name': '重错码',
                'indexes': [models.Index(fields=['provider', 'state', 'found_on'], name='intake_fault_provider')],
                'constraints': [models.UniqueConstraint(fields=('batch', 'row', 'field', 'fault'), name='intake_fault_once')],
            },
        ),
        migrations.CreateModel(
            name='SourceCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department')),
                ('kind', models.CharField(max_length=63)),
                ('month', models.DateField(verbose_name='月份')),
                ('produced', models.PositiveIntegerField(verbose_name='产生数量')),
                ('own_published', models.PositiveIntegerField(verbose_name='本单位公示数量')),
                ('unreported', models.PositiveIntegerField(default=0, verbose_name='未报送数量')),
                ('unreported_basis', models.CharField(blank=True, max_length=300, verbose_name='未报送依据')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('filed_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '产生数量',
                'constraints': [models.UniqueConstraint(fields=('provider', 'kind', 'month'), name='intake_source_count_once')],
            },
        ),
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('key', models.CharField(max_length=100)),
                ('request_sha256', models.CharField(max_length=64)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.batch')),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'key'), name='intake_idempotency_once')],
            },
        ),
    ]
