import django.db.models.deletion
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('declarations', '0001_initial'),
    ]

    initial = True

    dependencies = [
        ('departments', '0001_tables'),
        ('subjects', '0001_tables'),
        ('workflow', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Declaration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case', verbose_name='案件')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject', verbose_name='企业')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='编号')),
                ('item', models.CharField(max_length=63, verbose_name='事项')),
                ('told', models.JSONField(verbose_name='内容')),
                ('digest', models.CharField(max_length=64)),
                ('declared_on', models.DateField(verbose_name='申报日期')),
                ('until', models.DateField(verbose_name='有效至')),
                ('replaces', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='declarations.declaration', verbose_name='代替')),
                ('is_public', models.BooleanField(default=False, verbose_name='公开')),
                ('needs_look', models.BooleanField(default=False, verbose_name='可能写到个人')),
                ('verified_on', models.DateField(null=True, verbose_name='核实日期')),
                ('verified_how', models.CharField(blank=True, choices=[('original', '核对原件'), ('issuer', '向出具单位核实'), ('system', '系统比对')], max_length=10, verbose_name='核实方式')),
                ('verified_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department', verbose_name='核实单位')),
                ('is_examined', models.BooleanField(default=False, verbose_name='正在查核')),
                ('ended', models.CharField(blank=True, choices=[('withdrawn', '已撤回'), ('replaced', '已被新的一版代替'), ('expired', '已到期'), ('false', '经查核不实')], max_length=10, verbose_name='结束')),
                ('ended_on', models.DateField(null=True, verbose_name='结束日期')),
            ],
            options={
                'verbose_name': '自主申报',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended', '')), fields=('subject', 'digest'), name='declarations_same_stands_once'), models.CheckConstraint(condition=models.Q(('verified_on', None), models.Q(('verified_how', ''), _negated=True), _connector='OR'), name='declarations_verified_somehow'), models.CheckConstraint(condition=models.Q(models.Q(('ended', ''), ('ended_on', None)), models.Q(models.Q(('ended', ''), _negated=True), ('ended_on__isnull', False)), _connector='OR'), name='declarations_ended_on_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Falsehood',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case', verbose_name='案件')),
                ('declaration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='declarations.declaration', verbose_name='申报')),
                ('ground', models.CharField(max_length=500, verbose_name='认为不实的依据')),
                ('statement', models.CharField(blank=True, max_length=500, verbose_name='企业的陈述')),
                ('proposed', models.CharField(blank=True, choices=[('false', '申报不实'), ('not_false', '不能认定不实'), ('corrected', '企业已经更正')], max_length=10, verbose_name='拟定')),
                ('reasons', models.CharField(blank=True, max_length=500, verbose_name='理由')),
                ('decided', models.CharField(blank=True, choices=[('false', '申报不实'), ('not_false', '不能认定不实'), ('corrected', '企业已经更正')], max_length=10, verbose_name='决定')),
                ('is_open', models.BooleanField(default=True, verbose_name='在办')),
            ],
            options={
                'verbose_name': '自主申报查核',
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_open', True)), fields=('declaration',), name='declarations_one_open_falsehood')],
            },
        ),
    ]
