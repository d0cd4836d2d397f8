import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('accounts', '0001_initial'),
        ('accounts', '0002_machine_keys'),
        ('accounts', '0003_roles_of_the_matrix'),
        ('accounts', '0004_login'),
        ('accounts', '0006_enterprise_logins'),
        ('accounts', '0008_denials'),
    ]

    initial = True

    dependencies = [
        ('departments', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(max_length=64, unique=True, verbose_name='用户名')),
                ('display_name', models.CharField(max_length=64, verbose_name='姓名或工号')),
                ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department', verbose_name='单位')),
                ('role', models.CharField(choices=[('public', 'public'), ('enterprise', 'enterprise'), ('proxy', 'proxy'), ('agency', 'agency'), ('clerk', 'clerk'), ('reviewer', 'reviewer'), ('head', 'head'), ('inspector', 'inspector'), ('window', 'window'), ('county_office', 'county_office'), ('city_office', 'city_office'), ('province_office', 'province_office'), ('auditor', 'auditor'), ('system_admin', 'system_admin'), ('security_admin', 'security_admin'), ('audit_admin', 'audit_admin')], max_length=16, verbose_name='角色')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='停用时间')),
                ('password_set_at', models.DateTimeField(null=True, verbose_name='密码设定时间')),
                ('live_session', models.CharField(blank=True, max_length=43)),
            ],
            options={
                'verbose_name': '账号',
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['public', 'enterprise', 'proxy', 'agency', 'clerk', 'reviewer', 'head', 'inspector', 'window', 'county_office', 'city_office', 'province_office', 'auditor', 'system_admin', 'security_admin', 'audit_admin'])), name='accounts_one_role'), models.CheckConstraint(condition=models.Q(models.Q(('department__isnull', False), ('role__in', ('clerk', 'reviewer', 'head', 'inspector', 'window', 'county_office', 'city_office', 'province_office', 'auditor', 'system_admin', 'security_admin', 'audit_admin'))), models.Q(models.Q(('role__in', ('clerk', 'reviewer', 'head', 'inspector', 'window', 'county_office', 'city_office', 'province_office', 'auditor', 'system_admin', 'security_admin', 'audit_admin')), _negated=True), ('department__isnull', True)), _connector='OR'), name='accounts_staff_have_a_department')],
            },
        ),
        migrations.CreateModel(
            name='MachineKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
                ('label', models.CharField(max_length=60, verbose_name='用途')),
                ('prefix', models.CharField(max_length=12, unique=True)),
                ('digest', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField(verbose_name='生成时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='停用时间')),
                ('last_used_at', models.DateTimeField(null=True, verbose_name='最近使用')),
            ],
            options={
                'verbose_name': '接口密钥',
            },
        ),
        migrations.CreateModel(
            name='FormerPassword',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('password', models.CharField(max_length=128)),
                ('ended_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='CodeGenerator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='code_generator', to=settings.AUTH_USER_MODEL)),
                ('secret', models.TextField()),
                ('last_step', models.BigIntegerField(default=0)),
                ('set_at', models.DateTimeField()),
                ('is_demonstration', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='SecurityKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='security_keys', to=settings.AUTH_USER_MODEL)),
                ('label', models.CharField(max_length=40, verbose_name='名称')),
                ('credential', models.TextField()),
                ('uses', models.BigIntegerField(default=0)),
                ('set_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('used_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to=settings.AUTH_USER_MODEL)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('over_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('over_at', None)), fields=('account',), name='accounts_one_invitation_holds')],
            },
        ),
        migrations.CreateModel(
            name='SignUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['place', 'at'], name='accounts_sign_ups_of_place')],
            },
        ),
        migrations.CreateModel(
            name='Denial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('act', models.CharField(max_length=12)),
                ('action', models.CharField(blank=True, max_length=32)),
                ('route', models.CharField(max_length=80)),
                ('told_at', models.DateTimeField()),
                ('untold', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'route', 'act', 'action'), name='accounts_denials_of_page')],
            },
        ),
        migrations.CreateModel(
            name='AccountEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
                ('kind', models.CharField(choices=[('invited', '受邀'), ('opened', '开通'), ('login', '登录'), ('failed', '密码不对'), ('locked', '暂停登录'), ('factor_set', '设置第二重验证'), ('factor_removed', '移除第二重验证'), ('factor_failed', '第二重验证不通过'), ('factor_reset', '重置第二重验证'), ('confirmed', '再次验证'), ('recovery_codes', '生成恢复码'), ('password_set', '设置密码'), ('password_reset', '重置密码'), ('role_changed', '调整角色'), ('ended', '停用'), ('reopened', '恢复使用'), ('session_ended', '登录结束')], max_length=16, verbose_name='事件')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                ('detail', models.CharField(blank=True, max_length=200, verbose_name='说明')),
            ],
            options={
                'verbose_name': '账号日志',
                'ordering': ('-pk',),
                'indexes': [models.Index(fields=['account', 'kind', 'at'], name='accounts_events_of_one')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['invited', 'opened', 'login', 'failed', 'locked', 'factor_set', 'factor_removed', 'factor_failed', 'factor_reset', 'confirmed', 'recovery_codes', 'password_set', 'password_reset', 'role_changed', 'ended', 'reopened', 'session_ended'])), name='accounts_event_is_known')],
            },
        ),
    ]
