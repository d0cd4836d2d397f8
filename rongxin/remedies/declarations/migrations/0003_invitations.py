"""Lists of enterprises that are invited to declare: seen by the office that made them, written by the platform."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rongxin.storage.rows import reached, row_security, through

OFFICE = reached("office_id", "declaration:invite")


class Migration(migrations.Migration):

    dependencies = [
        ('declarations', '0002_guarded'),
        ('departments', '0002_guarded'),
        ('subjects', '0004_changed_at'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='InvitationList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(blank=True, max_length=6, verbose_name='地区')),
                ('groups', models.JSONField(verbose_name='对象')),
                ('as_of', models.DateField(null=True, verbose_name='计算日')),
                ('counts', models.JSONField(default=dict, verbose_name='户数')),
                ('job', models.BigIntegerField(null=True, verbose_name='后台任务')),
                ('asked_at', models.DateTimeField(verbose_name='提出')),
                ('drafted_at', models.DateTimeField(null=True, verbose_name='拟好')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='发出')),
                ('dropped_at', models.DateTimeField(null=True, verbose_name='取消')),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department', verbose_name='单位')),
            ],
            options={
                'verbose_name': '邀请名单',
            },
        ),
        migrations.CreateModel(
            name='Invited',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(max_length=63, verbose_name='对象')),
                ('told_at', models.DateTimeField(null=True, verbose_name='已通知')),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='declarations.invitationlist', verbose_name='邀请名单')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject', verbose_name='企业')),
            ],
            options={
                'verbose_name': '受邀企业',
            },
        ),
        migrations.AddConstraint(
            model_name='invitationlist',
            constraint=models.CheckConstraint(condition=models.Q(('sent_at', None), models.Q(('drafted_at__isnull', False), ('dropped_at', None)), _connector='OR'), name='declarations_sent_as_drafted'),
        ),
        migrations.AddConstraint(
            model_name='invitationlist',
            constraint=models.CheckConstraint(condition=models.Q(('drafted_at', None), ('as_of__isnull', False), _connector='OR'), name='declarations_drafted_as_of'),
        ),
        migrations.AddConstraint(
            model_name='invited',
            constraint=models.UniqueConstraint(fields=('list', 'subject'), name='declarations_invited_once'),
        ),
        row_security("declarations_invitationlist", read=OFFICE),
        row_security("declarations_invited", read=through("declarations_invitationlist", "id = list_id")),
    ]
