import django.db.models.deletion
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('documents', '0001_initial'),
        ('documents', '0004_firm_of_document'),
    ]

    initial = True

    dependencies = [
        ('departments', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Series',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department', verbose_name='发文机关')),
                ('word', models.CharField(max_length=16, verbose_name='机关代字')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年份')),
                ('last', models.PositiveIntegerField(default=0, verbose_name='已用到')),
            ],
            options={
                'verbose_name': '文号序列',
                'constraints': [models.UniqueConstraint(fields=('authority', 'word', 'year'), name='documents_series_once')],
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=40, verbose_name='文号')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department', verbose_name='发文机关')),
                ('authority_name', models.CharField(max_length=200, verbose_name='发文机关标志')),
                ('series_word', models.CharField(max_length=16, verbose_name='机关代字')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年份')),
                ('ordinal', models.PositiveIntegerField(verbose_name='序号')),
                ('template', models.CharField(max_length=40, verbose_name='模板')),
                ('title', models.CharField(max_length=300, verbose_name='标题')),
                ('policy_digest', models.CharField(max_length=64, verbose_name='规则版本')),
                ('values', models.TextField(verbose_name='内容')),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='核验编号')),
                ('sha256', models.CharField(max_length=64, verbose_name='PDF 校验值')),
                ('typeset_with', models.CharField(max_length=60, verbose_name='排版程序与字体')),
                ('issued_on', models.DateField(verbose_name='成文日期')),
                ('issued_at', models.DateTimeField(verbose_name='签发时间')),
                ('issued_by', models.CharField(max_length=150, verbose_name='签发人')),
                ('firm', models.CharField(max_length=18, null=True, verbose_name='企业')),
            ],
            options={
                'verbose_name': '文书',
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['number'], name='documents_by_number')],
                'constraints': [models.UniqueConstraint(fields=('authority', 'series_word', 'year', 'ordinal'), name='documents_document_number_once')],
            },
        ),
        migrations.CreateModel(
            name='DocumentFile',
            fields=[
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='documents.document', verbose_name='文书')),
                ('content', models.BinaryField(verbose_name='PDF')),
            ],
            options={
                'verbose_name': '文书文件',
            },
        ),
        migrations.CreateModel(
            name='Withdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawn', to='documents.document', verbose_name='文书')),
                ('reason', models.CharField(max_length=300, verbose_name='原因')),
                ('by', models.CharField(max_length=150, verbose_name='撤回人')),
                ('at', models.DateTimeField(verbose_name='撤回时间')),
            ],
            options={
                'verbose_name': '文书撤回',
            },
        ),
    ]
