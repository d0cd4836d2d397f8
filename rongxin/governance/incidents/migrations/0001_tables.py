import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('incidents', '0001_initial'),
    ]

    initial = True

    dependencies = [
        ('departments', '0001_tables'),
        ('workflow', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case', verbose_name='案件')),
                ('sort', models.CharField(choices=[('leak', '泄露'), ('tampering', '篡改'), ('misuse', '违规使用（利用信用信息谋私等）')], max_length=10, verbose_name='类型')),
                ('found_by', models.CharField(choices=[('verifying', '账本核验'), ('firm', '企业反映'), ('staff', '工作人员报告'), ('audit', '审计、检查'), ('monitoring', '运行监测')], max_length=10, verbose_name='发现方式')),
                ('system', models.CharField(choices=[('platform', '本平台'), ('interface', '数据接口'), ('department', '部门业务系统'), ('elsewhere', '其他系统或者纸面')], max_length=10, verbose_name='涉及系统')),
                ('data', models.JSONField(verbose_name='涉及的数据')),
                ('concerned', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department', verbose_name='涉及单位')),
                ('estimate', models.PositiveIntegerField(null=True, verbose_name='估计涉及企业数')),
                ('description', models.CharField(max_length=500, verbose_name='经过')),
                ('containment', models.CharField(blank=True, max_length=500, verbose_name='已采取的措施')),
                ('discovered_at', models.DateTimeField(db_index=True, verbose_name='发现时间')),
                ('report_due_at', models.DateTimeField(verbose_name='报告期限')),
                ('reported_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('grade', models.CharField(blank=True, choices=[('minor', '一般'), ('serious', '较大'), ('grave', '重大')], max_length=8, verbose_name='分级')),
                ('must_report', models.BooleanField(null=True, verbose_name='须报告')),
                ('reported_at', models.DateTimeField(null=True, verbose_name='报告时间')),
                ('reported_to', models.CharField(blank=True, max_length=12, verbose_name='报告对象')),
                ('message', models.CharField(blank=True, max_length=500, verbose_name='告知企业的话')),
            ],
            options={
                'verbose_name': '信息安全事件',
            },
        ),
        migrations.CreateModel(
            name='Affected',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('incident', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='incidents.incident')),
                ('uscc', models.CharField(max_length=18, verbose_name='统一社会信用代码')),
                ('why', models.CharField(choices=[('named', '指定'), ('looked', '账本里有查询'), ('faulty', '账本核验有误')], max_length=8, verbose_name='理由')),
                ('looks', models.PositiveIntegerField(default=0)),
                ('first_at', models.DateTimeField(null=True)),
                ('last_at', models.DateTimeField(null=True)),
                ('told_at', models.DateTimeField(null=True, verbose_name='告知时间')),
            ],
            options={
                'verbose_name': '受影响企业',
                'constraints': [models.UniqueConstraint(fields=('incident', 'uscc'), name='incidents_affected_once')],
            },
        ),
        migrations.CreateModel(
            name='Search',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='incidents.incident')),
                ('why', models.CharField(choices=[('named', '指定'), ('looked', '账本里有查询'), ('faulty', '账本核验有误')], max_length=8)),
                ('username', models.CharField(blank=True, max_length=150, verbose_name='账号')),
                ('department', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department')),
                ('since', models.DateTimeField(null=True)),
                ('until', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_at', models.DateTimeField()),
                ('found', models.PositiveIntegerField(null=True)),
                ('unknown', models.PositiveIntegerField(null=True)),
                ('hidden', models.PositiveIntegerField(null=True)),
            ],
            options={
                'verbose_name': '受影响企业查找',
                'constraints': [models.CheckConstraint(condition=models.Q(('why', 'faulty'), models.Q(('since__isnull', False), ('until__isnull', False)), _connector='OR'), name='incidents_search_has_days')],
            },
        ),
    ]
