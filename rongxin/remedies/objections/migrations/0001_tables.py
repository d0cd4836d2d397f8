import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('objections', '0001_initial'),
    ]

    initial = True

    dependencies = [
        ('subjects', '0001_tables'),
        ('workflow', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case', verbose_name='案件')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject', verbose_name='企业')),
                ('record', models.CharField(blank=True, db_index=True, max_length=40, verbose_name='记录编号')),
                ('version', models.PositiveIntegerField(default=0, verbose_name='版本')),
                ('document', models.CharField(blank=True, max_length=128, verbose_name='文号')),
                ('ground', models.CharField(choices=[('wrong', '内容有误'), ('not_mine', '不是本企业的'), ('expired', '已经到期或者已经履行、撤销'), ('wrongly_listed', '不应当列入名单'), ('missing', '应当有而没有')], max_length=16, verbose_name='理由')),
                ('statement', models.CharField(max_length=500, verbose_name='说明')),
                ('applied_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('outcome', models.CharField(blank=True, choices=[('corrected', '已更正'), ('supplemented', '已补充'), ('display_ended', '停止公示'), ('left_list', '移出名单'), ('unfounded', '异议不成立'), ('undecided', '暂时不能查清')], max_length=16, verbose_name='结果')),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='答复')),
                ('is_statement_shown', models.BooleanField(default=False, verbose_name='在记录旁附注')),
            ],
            options={
                'verbose_name': '异议',
            },
        ),
    ]
