"""Drafts of rules that were tried. A report names a few enterprises: whoever may look at classes sees it, the platform writes it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rongxin.storage.rows import may, row_security


class Migration(migrations.Migration):

    dependencies = [
        ('classification', '0002_guarded'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Trial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rules', models.CharField(max_length=64, verbose_name='现行规则')),
                ('draft', models.CharField(max_length=64, verbose_name='规则草案')),
                ('content', models.TextField(verbose_name='草案内容')),
                ('day', models.DateField(verbose_name='计算日')),
                ('snapshot', models.CharField(blank=True, max_length=32, verbose_name='快照')),
                ('run', models.BigIntegerField(null=True, verbose_name='后台任务')),
                ('asked_at', models.DateTimeField(verbose_name='提出')),
                ('begun_at', models.DateTimeField(null=True, verbose_name='开始')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='完成')),
                ('report', models.TextField(blank=True, verbose_name='结果')),
                ('failure', models.CharField(blank=True, choices=[('other_snapshot', '草案还改了记录的种类或者字段，现有的数据里没有它要看的内容。请先单独发布种类的修改，再起草分值。'), ('no_plan', '草案的指标看的字段不存在或者不能这样比较。请对照指标说明改好，重新起草。'), ('nothing_in_force', '试算的那一天，分界、上限或者轻微信息的月数没有数值。请在草案里补上那一天起的数值，重新起草。')], max_length=16, verbose_name='没有结果的原因')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '规则试算',
                'constraints': [models.UniqueConstraint(fields=('rules', 'draft', 'day'), name='classification_tried_once'), models.CheckConstraint(condition=models.Q(('finished_at', None), models.Q(models.Q(('failure', ''), ('report', ''), _negated=True), models.Q(('report', ''), ('failure', ''), _connector='OR')), _connector='OR'), name='classification_trial_ends_with_one')],
            },
        ),
        row_security("classification_trial", read=may("class:read")),
    ]
