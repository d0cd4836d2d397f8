import django.db.models.deletion
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('ledger', '0001_initial'),
        ('ledger', '0004_audits'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Log',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(max_length=200, unique=True, verbose_name='名称')),
                ('suite', models.PositiveSmallIntegerField(verbose_name='杂凑算法')),
                ('began_at', models.DateTimeField(verbose_name='开始时间')),
            ],
            options={
                'verbose_name': '存证账本',
                'verbose_name_plural': '存证账本',
            },
        ),
        migrations.CreateModel(
            name='Pending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.PositiveSmallIntegerField()),
                ('of', models.CharField(max_length=16)),
                ('identifier', models.CharField(max_length=64)),
                ('payload', models.TextField()),
                ('salt', models.BinaryField()),
                ('time', models.BigIntegerField()),
                ('sealed', models.TextField(blank=True, default='')),
            ],
            options={
                'verbose_name': '待入账事项',
                'verbose_name_plural': '待入账事项',
            },
        ),
        migrations.CreateModel(
            name='Stream',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('log', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.log')),
                ('stream', models.BinaryField()),
                ('count', models.BigIntegerField()),
                ('head', models.BinaryField()),
                ('time', models.BigIntegerField()),
            ],
            options={
                'verbose_name': '事项序列',
                'verbose_name_plural': '事项序列',
                'constraints': [models.UniqueConstraint(fields=('log', 'stream'), name='ledger_stream_once')],
            },
        ),
        migrations.CreateModel(
            name='SubjectKey',
            fields=[
                ('stream', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='ledger.stream')),
                ('sealed', models.BinaryField()),
            ],
            options={
                'verbose_name': '主体密钥',
                'verbose_name_plural': '主体密钥',
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('pk', models.CompositePrimaryKey('log_id', 'index', blank=True, editable=False, primary_key=True, serialize=False)),
                ('log', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.log')),
                ('index', models.BigIntegerField()),
                ('entry', models.BinaryField()),
                ('leaf', models.BinaryField()),
                ('stream', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.stream')),
                ('number', models.BigIntegerField()),
                ('salt', models.BinaryField(null=True)),
                ('payload', models.BinaryField(null=True)),
                ('key', models.BinaryField(null=True)),
            ],
            options={
                'verbose_name': '账目',
                'verbose_name_plural': '账目',
                'constraints': [models.UniqueConstraint(fields=('stream', 'number'), name='ledger_entry_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Cut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('log', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.log')),
                ('size', models.BigIntegerField()),
                ('root', models.BinaryField()),
                ('frontier', models.BinaryField()),
                ('time', models.BigIntegerField()),
            ],
            options={
                'verbose_name': '树根',
                'verbose_name_plural': '树根',
                'constraints': [models.UniqueConstraint(fields=('log', 'size'), name='ledger_cut_once')],
            },
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('cut', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='ledger.cut')),
                ('note', models.TextField(verbose_name='签名文本')),
                ('signed_at', models.DateTimeField(verbose_name='签署时间')),
            ],
            options={
                'verbose_name': '检查点',
                'verbose_name_plural': '检查点',
            },
        ),
        migrations.CreateModel(
            name='Cosignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.checkpoint')),
                ('witness', models.CharField(max_length=200, verbose_name='见证方')),
                ('line', models.TextField()),
                ('cosigned_at', models.DateTimeField(verbose_name='见证时间')),
            ],
            options={
                'verbose_name': '见证签名',
                'verbose_name_plural': '见证签名',
                'constraints': [models.UniqueConstraint(fields=('checkpoint', 'witness'), name='ledger_cosigned_once')],
            },
        ),
        migrations.CreateModel(
            name='HeadsMap',
            fields=[
                ('cut', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='ledger.cut')),
                ('number', models.BigIntegerField()),
                ('lines', models.BigIntegerField()),
                ('root', models.BinaryField()),
                ('made_at', models.DateTimeField(verbose_name='生成时间')),
            ],
            options={
                'verbose_name': '序列末端表',
                'verbose_name_plural': '序列末端表',
            },
        ),
        migrations.CreateModel(
            name='Withholding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stream', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.stream')),
                ('number', models.BigIntegerField()),
                ('until', models.DateField(verbose_name='封存至')),
                ('order', models.CharField(max_length=100, verbose_name='文书号')),
                ('by', models.CharField(max_length=64, verbose_name='经办')),
                ('approved_by', models.CharField(max_length=64, verbose_name='批准')),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '封存',
                'verbose_name_plural': '封存',
                'constraints': [models.UniqueConstraint(fields=('stream', 'number'), name='ledger_withheld_once'), models.CheckConstraint(condition=models.Q(('by', models.F('approved_by')), _negated=True), name='ledger_withheld_by_two')],
            },
        ),
        migrations.CreateModel(
            name='Audit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('log', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.log')),
                ('task', models.CharField(choices=[('verify', '全账核对'), ('export', '导出'), ('looks', '查阅周报')], max_length=8, verbose_name='事项')),
                ('day', models.DateField(null=True)),
                ('with_contents', models.BooleanField(default=False, verbose_name='含内容')),
                ('by', models.CharField(blank=True, max_length=150, verbose_name='经办')),
                ('asked_at', models.DateTimeField(auto_now_add=True, verbose_name='提出时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='完成时间')),
                ('size', models.BigIntegerField(default=0)),
                ('wrong', models.BigIntegerField(default=0)),
                ('told', models.JSONField(default=list)),
            ],
            options={
                'verbose_name': '账本审计',
                'verbose_name_plural': '账本审计',
                'indexes': [models.Index(fields=['log', 'task'], name='ledger_audit_task')],
            },
        ),
    ]
