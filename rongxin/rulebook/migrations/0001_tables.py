import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('rulebook', '0001_initial'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(db_index=True, max_length=64, verbose_name='规则版本')),
                ('pack', models.CharField(max_length=40, verbose_name='规则包')),
                ('content', models.TextField(verbose_name='内容')),
                ('sources', models.JSONField(verbose_name='来源文件')),
                ('released_at', models.DateTimeField(db_index=True, verbose_name='发布时间')),
                ('asked_by', models.CharField(max_length=150, verbose_name='提出人')),
                ('approved_by', models.CharField(max_length=150, verbose_name='批准人')),
                ('seed', models.BooleanField(default=False, verbose_name='初始版本')),
                ('note', models.TextField(blank=True, verbose_name='说明')),
                ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebook.release', verbose_name='取代')),
            ],
            options={
                'verbose_name': '规则版本',
                'ordering': ('id',),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('approved_by', 'system:seed'), ('asked_by', 'system:seed'), ('seed', True), ('supersedes', None)), models.Q(('seed', False), ('supersedes__isnull', False), models.Q(('asked_by__in', ('', 'system:seed')), _negated=True), models.Q(('approved_by__in', ('', 'system:seed')), _negated=True), models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Lower('asked_by'), django.db.models.functions.text.Lower('approved_by')), _negated=True)), _connector='OR'), name='rulebook_release_by_two_people'), models.UniqueConstraint(condition=models.Q(('seed', True)), fields=('seed',), name='rulebook_release_one_seed')],
            },
        ),
    ]
