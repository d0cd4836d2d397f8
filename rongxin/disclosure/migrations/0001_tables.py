from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('disclosure', '0001_status_lists_and_bulk_files'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='StatusList',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('drawn_at', models.DateTimeField()),
                ('bits', models.BinaryField(null=True)),
                ('token', models.TextField(blank=True)),
                ('position', models.BigIntegerField(default=0)),
                ('day', models.DateField(null=True)),
                ('policy_digest', models.CharField(blank=True, max_length=64)),
                ('signed_at', models.DateTimeField(null=True)),
                ('valid_until', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': '状态清单',
            },
        ),
        migrations.CreateModel(
            name='StatusIndices',
            fields=[
                ('block', models.BigIntegerField(primary_key=True, serialize=False)),
                ('indices', models.BinaryField()),
            ],
            options={
                'verbose_name': '状态清单序位',
            },
        ),
        migrations.CreateModel(
            name='StatusCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.BigIntegerField(default=0)),
                ('checked_at', models.DateTimeField(null=True)),
                ('faults', models.JSONField(default=list)),
            ],
            options={
                'verbose_name': '状态清单核对',
            },
        ),
        migrations.CreateModel(
            name='BulkEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=16, unique=True)),
                ('base', models.CharField(blank=True, max_length=16)),
                ('day', models.DateField()),
                ('position', models.BigIntegerField()),
                ('manifest', models.JSONField()),
                ('made_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '批量文件',
            },
        ),
    ]
