import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('mandates', '0001_initial'),
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
            name='Mandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject', verbose_name='企业')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
                ('role', models.CharField(choices=[('enterprise', 'enterprise'), ('proxy', 'proxy')], max_length=16, verbose_name='身份')),
                ('scope', models.JSONField(default=list, verbose_name='可办事项')),
                ('until', models.DateField(null=True, verbose_name='至')),
                ('case', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case', verbose_name='认领')),
                ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mandates.mandate', verbose_name='授权人')),
                ('began_at', models.DateTimeField(verbose_name='起')),
            ],
            options={
                'verbose_name': '经办身份',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('case__isnull', False), ('given_by', None), ('role', 'enterprise'), ('until', None)), models.Q(('case', None), ('given_by__isnull', False), ('role', 'proxy'), ('until__isnull', False)), _connector='OR'), name='mandates_holder_or_proxy')],
            },
        ),
        migrations.CreateModel(
            name='MandateEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mandate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='ended', to='mandates.mandate')),
                ('why', models.CharField(choices=[('revoked', '企业终止'), ('resigned', '本人退出'), ('replaced', '更换经办账号'), ('followed', '授权的经办账号已终止')], max_length=12, verbose_name='原因')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办')),
                ('at', models.DateTimeField(verbose_name='时间')),
            ],
            options={
                'verbose_name': '经办身份终止',
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('way', models.CharField(choices=[('counter', '到服务窗口'), ('letter', '寄信到登记住所')], max_length=8, verbose_name='核验方式')),
                ('replaces', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mandates.mandate')),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document')),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('codes', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'verbose_name': '企业认领',
            },
        ),
        migrations.CreateModel(
            name='ProxyInvitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mandates.mandate')),
                ('scope', models.JSONField(verbose_name='可办事项')),
                ('until', models.DateField(verbose_name='至')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('over_at', models.DateTimeField(null=True)),
                ('mandate', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mandates.mandate')),
            ],
            options={
                'verbose_name': '代理邀请',
            },
        ),
    ]
