import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('recipients', '0001_initial'),
    ]

    initial = True

    dependencies = [
        ('documents', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Recipient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='名称')),
                ('uscc', models.CharField(max_length=18, verbose_name='统一社会信用代码')),
                ('sort', models.CharField(choices=[('agency', '信用服务机构'), ('department', '行政机关'), ('website', '网站、平台')], max_length=10, verbose_name='类型')),
                ('office', models.CharField(max_length=100, verbose_name='联系部门')),
                ('proposed_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_at', models.DateTimeField(verbose_name='提出时间')),
                ('registered_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('registered_at', models.DateTimeField(null=True, verbose_name='登记时间')),
                ('end_proposed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('end_proposed_at', models.DateTimeField(null=True, verbose_name='提出终止时间')),
                ('end_reason', models.CharField(blank=True, max_length=200, verbose_name='终止原因')),
                ('ended_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_at', models.DateTimeField(null=True, verbose_name='终止时间')),
                ('start', models.BigIntegerField(null=True)),
                ('served', models.BigIntegerField(null=True)),
                ('acknowledged', models.BigIntegerField(null=True)),
            ],
            options={
                'verbose_name': '数据接收单位',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('uscc',), name='recipients_once'), models.CheckConstraint(condition=models.Q(('registered_by', None), models.Q(('registered_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='recipients_registered_by_two'), models.CheckConstraint(condition=models.Q(('ended_by', None), ('registered_at', None), models.Q(('ended_by', models.F('end_proposed_by')), _negated=True), _connector='OR'), name='recipients_ended_by_two')],
            },
        ),
        migrations.CreateModel(
            name='RecipientKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recipients.recipient')),
                ('prefix', models.CharField(max_length=14, unique=True)),
                ('digest', models.CharField(max_length=64)),
                ('made_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_at', models.DateTimeField(verbose_name='生成时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='停用时间')),
            ],
            options={
                'verbose_name': '接收单位密钥',
            },
        ),
        migrations.CreateModel(
            name='Page',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recipient', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recipients.recipient')),
                ('after', models.BigIntegerField()),
                ('up_to', models.BigIntegerField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '已交付的页',
                'indexes': [models.Index(fields=['recipient', 'up_to'], name='recipients_page_up_to')],
            },
        ),
        migrations.CreateModel(
            name='Acknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recipient', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recipients.recipient')),
                ('up_to', models.BigIntegerField()),
                ('served_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '接收确认',
                'constraints': [models.UniqueConstraint(fields=('recipient', 'up_to'), name='recipients_acknowledged_once')],
            },
        ),
        migrations.CreateModel(
            name='Address',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recipients.recipient')),
                ('url', models.CharField(max_length=500)),
                ('secret', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('proved_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('woken', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': '唤醒地址',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('recipient',), name='recipients_one_address')],
            },
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('address', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recipients.address')),
                ('kind', models.CharField(choices=[('challenge', '验证地址'), ('wake', '唤醒')], max_length=9)),
                ('newest', models.BigIntegerField()),
                ('made_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', '待发'), ('taken', '已送达'), ('given_up', '已放弃')], default='waiting', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '唤醒',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at'], name='recipients_call_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('address', 'kind'), name='recipients_one_call_waits')],
            },
        ),
        migrations.CreateModel(
            name='CallAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recipients.call')),
                ('at', models.DateTimeField()),
                ('outcome', models.CharField(max_length=20)),
                ('status', models.PositiveSmallIntegerField(null=True)),
            ],
            options={
                'verbose_name': '唤醒尝试',
            },
        ),
        migrations.CreateModel(
            name='SpotCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recipients.recipient')),
                ('number', models.CharField(db_index=True, max_length=40, verbose_name='记录编号')),
                ('position', models.BigIntegerField()),
                ('seen_at', models.DateTimeField(verbose_name='查看时间')),
                ('url', models.CharField(max_length=500, verbose_name='网页地址')),
                ('sha256', models.CharField(max_length=64, verbose_name='截图校验值')),
                ('media_type', models.CharField(max_length=20)),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(verbose_name='登记时间')),
            ],
            options={
                'verbose_name': '抽查',
                'constraints': [models.UniqueConstraint(fields=('recipient', 'number', 'sha256'), name='recipients_spot_once')],
            },
        ),
        migrations.CreateModel(
            name='SpotFile',
            fields=[
                ('spot', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='recipients.spotcheck')),
                ('content', models.BinaryField()),
            ],
            options={
                'verbose_name': '抽查截图',
            },
        ),
        migrations.CreateModel(
            name='Retraction',
            fields=[
                ('spot', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='retraction', serialize=False, to='recipients.spotcheck')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '抽查撤销',
            },
        ),
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=40, verbose_name='记录编号')),
                ('template', models.CharField(max_length=40)),
                ('said', models.CharField(max_length=64)),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document')),
            ],
            options={
                'verbose_name': '同步文书',
                'constraints': [models.UniqueConstraint(fields=('number', 'template', 'said'), name='recipients_paper_once')],
            },
        ),
    ]
