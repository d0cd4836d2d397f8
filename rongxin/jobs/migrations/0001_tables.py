from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('jobs', '0001_initial'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('job', models.CharField(max_length=100, verbose_name='任务')),
                ('key', models.CharField(blank=True, max_length=200, verbose_name='去重键')),
                ('arguments', models.JSONField(verbose_name='参数')),
                ('queue', models.CharField(max_length=32, verbose_name='队列')),
                ('task_id', models.UUIDField(editable=False, unique=True, verbose_name='队列编号')),
                ('state', models.CharField(choices=[('waiting', '等待中'), ('running', '进行中'), ('succeeded', '已完成'), ('failed', '未成功'), ('cancelled', '已取消')], default='waiting', max_length=9, verbose_name='状态')),
                ('attempt', models.PositiveSmallIntegerField(default=0, verbose_name='第几次')),
                ('max_attempts', models.PositiveSmallIntegerField(verbose_name='最多次数')),
                ('run_after', models.DateTimeField(null=True, verbose_name='不早于')),
                ('worker', models.CharField(blank=True, max_length=64, verbose_name='执行进程')),
                ('lease_until', models.DateTimeField(null=True, verbose_name='占用至')),
                ('heartbeat_at', models.DateTimeField(null=True, verbose_name='最近续期')),
                ('stop_requested_at', models.DateTimeField(null=True, verbose_name='请求停止时间')),
                ('phase', models.CharField(blank=True, max_length=40, verbose_name='阶段')),
                ('phase_at', models.DateTimeField(null=True, verbose_name='阶段开始时间')),
                ('progress_done', models.PositiveBigIntegerField(default=0, verbose_name='已处理')),
                ('progress_total', models.PositiveBigIntegerField(null=True, verbose_name='总数')),
                ('message', models.CharField(blank=True, max_length=200, verbose_name='最近一次错误')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='提交时间')),
                ('started_at', models.DateTimeField(null=True, verbose_name='开始时间')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='结束时间')),
            ],
            options={
                'verbose_name': '后台任务',
                'verbose_name_plural': '后台任务',
                'ordering': ('-pk',),
                'indexes': [models.Index(condition=models.Q(('state', 'running')), fields=['lease_until'], name='runs_by_lease'), models.Index(condition=models.Q(('state__in', ('succeeded', 'failed', 'cancelled'))), fields=['finished_at'], name='runs_by_end')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'running')), models.Q(('key', ''), _negated=True)), fields=('job', 'key'), name='one_live_run_per_job_and_key'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'succeeded', 'failed', 'cancelled'])), name='run_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('lease_until__isnull', False), ('state', 'running'), models.Q(('worker', ''), _negated=True)), models.Q(models.Q(('state', 'running'), _negated=True), ('lease_until__isnull', True)), _connector='OR'), name='only_a_running_run_has_a_lease'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state__in', ('succeeded', 'failed', 'cancelled'))), models.Q(('finished_at__isnull', True), ('state__in', ('waiting', 'running'))), _connector='OR'), name='only_a_run_that_is_over_has_finished')],
            },
        ),
        migrations.CreateModel(
            name='Due',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('job', models.CharField(max_length=100, verbose_name='任务')),
                ('due_at', models.DateTimeField(verbose_name='应执行时间')),
                ('seen_at', models.DateTimeField(auto_now_add=True, verbose_name='记录时间')),
            ],
            options={
                'verbose_name': '计划时间',
                'verbose_name_plural': '计划时间',
                'constraints': [models.UniqueConstraint(fields=('job', 'due_at'), name='due_once')],
            },
        ),
    ]
