import django.db.models.deletion
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('inquiries', '0001_initial'),
        ('inquiries', '0004_event_asked_about'),
    ]

    initial = True

    dependencies = [
        ('subjects', '0001_tables'),
        ('workflow', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Inquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case', verbose_name='案件')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subjects.subject', verbose_name='企业')),
                ('about', models.CharField(choices=[('look', '为何被查询'), ('decision', '为何这样决定')], max_length=8, verbose_name='询问')),
                ('happened_on', models.DateField(verbose_name='查询或者决定的日期')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='文号或者编号')),
                ('event', models.CharField(blank=True, max_length=80, verbose_name='账本事项')),
                ('outcome', models.CharField(blank=True, choices=[('explained', '说明原因'), ('not_ours', '本单位没有查询或者决定'), ('withheld', '依法不予说明')], max_length=10, verbose_name='答复')),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='说明')),
            ],
            options={
                'verbose_name': '企业询问',
                'constraints': [models.UniqueConstraint(condition=models.Q(('event', ''), _negated=True), fields=('event',), name='inquiries_event_asked_once')],
            },
        ),
    ]
