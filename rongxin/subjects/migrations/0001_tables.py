import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('subjects', '0001_initial'),
        ('subjects', '0003_same_as_and_succession'),
        ('subjects', '0004_splits_and_answers'),
        ('subjects', '0005_name_blocks'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Subject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uscc', models.CharField(max_length=18, unique=True, verbose_name='统一社会信用代码')),
                ('name', models.CharField(max_length=200, verbose_name='名称')),
                ('category', models.CharField(choices=[('enterprise', '企业'), ('cooperative', '农民专业合作社'), ('sole_trader', '个体工商户'), ('public_body', '机关事业单位'), ('social_organisation', '社会组织'), ('other', '其他组织')], max_length=24, verbose_name='类别')),
                ('status', models.CharField(choices=[('active', '存续'), ('revoked', '吊销'), ('closed', '注销'), ('moved', '迁出'), ('unknown', '登记状态未提供')], default='unknown', max_length=12, verbose_name='登记状态')),
                ('legal_form', models.CharField(blank=True, max_length=100, verbose_name='企业类型')),
                ('established_on', models.DateField(null=True, verbose_name='成立日期')),
                ('region', models.CharField(blank=True, max_length=12, verbose_name='登记地区')),
                ('address', models.CharField(blank=True, max_length=400, verbose_name='住所')),
                ('business_scope', models.TextField(blank=True, verbose_name='经营范围')),
                ('registered_capital', models.CharField(blank=True, max_length=60, verbose_name='注册资本')),
                ('source', models.CharField(max_length=200, verbose_name='来源')),
                ('source_on', models.DateField(verbose_name='来源日期')),
                ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject')),
            ],
            options={
                'verbose_name': '信用主体',
                'indexes': [models.Index(django.db.models.functions.text.Substr('uscc', 9, 9), name='subjects_organisation_part')],
            },
        ),
        migrations.CreateModel(
            name='SubjectName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='subjects.subject')),
                ('text', models.CharField(max_length=200, verbose_name='名称')),
                ('normalised', models.CharField(max_length=200)),
                ('head_block', models.CharField(max_length=8, null=True)),
                ('tail_block', models.CharField(max_length=8, null=True)),
                ('valid_from', models.DateField(null=True, verbose_name='自')),
                ('valid_to', models.DateField(null=True, verbose_name='至')),
                ('source', models.CharField(max_length=200, verbose_name='来源')),
            ],
            options={
                'verbose_name': '名称',
                'indexes': [models.Index(fields=['normalised'], name='subjects_name_normalised'), models.Index(fields=['head_block'], name='subjects_name_head'), models.Index(fields=['tail_block'], name='subjects_name_tail')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('valid_to', None)), fields=('subject',), name='subjects_one_present_name')],
            },
        ),
        migrations.CreateModel(
            name='Identifier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='subjects.subject')),
                ('kind', models.CharField(choices=[('uscc', '统一社会信用代码'), ('registration_number', '工商注册号'), ('organisation_code', '组织机构代码')], max_length=24, verbose_name='种类')),
                ('value', models.CharField(max_length=50, verbose_name='代码')),
                ('source', models.CharField(max_length=200, verbose_name='来源')),
            ],
            options={
                'verbose_name': '代码',
                'indexes': [models.Index(fields=['value'], name='subjects_identifier_value')],
                'constraints': [models.UniqueConstraint(fields=('subject', 'kind', 'value'), name='subjects_identifier_once'), models.UniqueConstraint(condition=models.Q(('kind', 'uscc')), fields=('value',), name='subjects_uscc_of_one_subject')],
            },
        ),
        migrations.CreateModel(
            name='Judgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=32)),
                ('name_normalised', models.CharField(max_length=200)),
                ('code', models.CharField(blank=True, max_length=50, verbose_name='报送的代码')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject')),
                ('verdict', models.CharField(choices=[('same', '就是该主体'), ('different', '不是该主体')], max_length=12)),
                ('by', models.CharField(max_length=64, verbose_name='经办')),
                ('basis', models.CharField(blank=True, max_length=300, verbose_name='依据')),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'verbose_name': '归属认定',
                'indexes': [models.Index(fields=['name_normalised', 'code'], name='subjects_judgement_party')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kept', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject')),
                ('absorbed', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject')),
                ('basis', models.CharField(max_length=300, verbose_name='依据')),
                ('answers', models.JSONField(default=dict, verbose_name='核对说明')),
                ('by', models.CharField(max_length=64, verbose_name='经办')),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(blank=True, max_length=64)),
                ('ended_basis', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'verbose_name': '主体合并',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('absorbed',), name='subjects_absorbed_once'), models.CheckConstraint(condition=models.Q(('kept', models.F('absorbed')), _negated=True), name='subjects_merge_of_two')],
            },
        ),
        migrations.CreateModel(
            name='Split',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject')),
                ('moved', models.JSONField(default=dict, verbose_name='移出的名称和代码')),
                ('basis', models.CharField(max_length=300, verbose_name='依据')),
                ('by', models.CharField(max_length=64, verbose_name='经办')),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(blank=True, max_length=64)),
                ('ended_basis', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'verbose_name': '主体拆分',
                'constraints': [models.CheckConstraint(condition=models.Q(('origin', models.F('other')), _negated=True), name='subjects_split_into_two')],
            },
        ),
        migrations.CreateModel(
            name='Succession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('merger', '合并'), ('division', '分立'), ('conversion', '转型为企业')], max_length=12)),
                ('predecessor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject')),
                ('successor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject')),
                ('effective_on', models.DateField(verbose_name='生效日期')),
                ('document', models.CharField(max_length=200, verbose_name='文书')),
                ('by', models.CharField(max_length=64, verbose_name='经办')),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(blank=True, max_length=64)),
                ('ended_basis', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'verbose_name': '承继关系',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('predecessor', 'successor'), name='subjects_succession_once')],
            },
        ),
    ]
