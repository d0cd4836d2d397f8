import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rongxin.storage.tables import TablesTogether


class Migration(TablesTogether):

    replaces = [
        ('notices', '0001_initial'),
        ('notices', '0004_firms_addresses'),
    ]

    initial = True

    dependencies = [
        ('departments', '0001_tables'),
        ('documents', '0001_tables'),
        ('mandates', '0001_tables'),
        ('workflow', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120)),
                ('name', models.CharField(max_length=40)),
                ('department', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department')),
                ('account', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('uscc', models.CharField(blank=True, max_length=18, verbose_name='统一社会信用代码')),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case')),
                ('event', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.caseevent')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('title_zh', models.CharField(max_length=300, verbose_name='标题')),
                ('title_en', models.CharField(max_length=300)),
                ('body_zh', models.TextField(verbose_name='内容')),
                ('body_en', models.TextField()),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('policy_digest', models.CharField(max_length=64, verbose_name='规则版本')),
            ],
            options={
                'verbose_name': '消息',
                'indexes': [models.Index(condition=models.Q(('department__isnull', False)), fields=['department', 'at'], name='notices_of_department'), models.Index(condition=models.Q(('account__isnull', False)), fields=['account', 'at'], name='notices_of_account'), models.Index(condition=models.Q(('uscc', ''), _negated=True), fields=['uscc', 'at'], name='notices_of_subject')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('account__isnull', True), ('department__isnull', False), ('uscc', '')), models.Q(('account__isnull', False), ('department__isnull', True), ('uscc', '')), models.Q(('account__isnull', True), ('department__isnull', True), models.Q(('uscc', ''), _negated=True)), _connector='OR'), name='notices_one_recipient'), models.UniqueConstraint(condition=models.Q(('department__isnull', False)), fields=('key', 'department'), name='notices_department_told_once'), models.UniqueConstraint(condition=models.Q(('account__isnull', False)), fields=('key', 'account'), name='notices_account_told_once'), models.UniqueConstraint(condition=models.Q(('uscc', ''), _negated=True), fields=('key', 'uscc'), name='notices_subject_told_once')],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('notice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='notices.notice')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(verbose_name='已读时间')),
            ],
            options={
                'verbose_name': '已读回执',
                'constraints': [models.UniqueConstraint(fields=('notice', 'account'), name='notices_read_once')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('email', '邮件'), ('sms', '短信')], max_length=8)),
                ('department', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department')),
                ('account', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mandate', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mandates.mandate')),
                ('sealed', models.TextField()),
                ('topics', models.JSONField(default=list, verbose_name='提醒的事项')),
                ('set_at', models.DateTimeField(verbose_name='登记时间')),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='确认时间')),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('code_until', models.DateTimeField(null=True)),
                ('code_reason', models.CharField(blank=True, max_length=24)),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('set_aside_at', models.DateTimeField(null=True, verbose_name='停用时间')),
            ],
            options={
                'verbose_name': '联系方式',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('account__isnull', True), ('department__isnull', False), ('mandate__isnull', True)), models.Q(('account__isnull', False), ('department__isnull', True), ('mandate__isnull', True)), models.Q(('account__isnull', True), ('department__isnull', True), ('mandate__isnull', False)), _connector='OR'), name='notices_contact_of_one'), models.UniqueConstraint(condition=models.Q(('department__isnull', False)), fields=('department', 'channel'), name='notices_department_contact_once'), models.UniqueConstraint(condition=models.Q(('account__isnull', False)), fields=('account', 'channel'), name='notices_account_contact_once'), models.UniqueConstraint(condition=models.Q(('mandate__isnull', False)), fields=('mandate', 'channel'), name='notices_mandate_contact_once')],
            },
        ),
        migrations.CreateModel(
            name='CodeAsked',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('address', models.CharField(blank=True, max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['account', 'at'], name='notices_codes_of_account'), models.Index(fields=['address', 'at'], name='notices_codes_to_address')],
            },
        ),
        migrations.CreateModel(
            name='ContactChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('email', '邮件'), ('sms', '短信')], max_length=8)),
                ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department')),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mandate', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mandates.mandate')),
                ('is_removal', models.BooleanField(default=False)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(verbose_name='时间')),
            ],
            options={
                'verbose_name': '联系方式变更',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Sending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('notice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='sendings', to='notices.notice')),
                ('channel', models.CharField(choices=[('email', '邮件'), ('sms', '短信')], max_length=8)),
                ('department', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department')),
                ('account', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mandate', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mandates.mandate')),
                ('message_id', models.UUIDField(unique=True)),
                ('state', models.CharField(choices=[('waiting', '待发'), ('taken', '发送中'), ('sent', '已发出'), ('gave_up', '未发出')], default='waiting', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('allowed', models.PositiveSmallIntegerField()),
                ('due_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=24)),
            ],
            options={
                'verbose_name': '外发',
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'taken'])), fields=['channel', 'due_at'], name='notices_sendings_due'), models.Index(condition=models.Q(('state', 'gave_up')), fields=['notice'], name='notices_sendings_given_up')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('account__isnull', True), ('department__isnull', False), ('mandate__isnull', True)), models.Q(('account__isnull', False), ('department__isnull', True), ('mandate__isnull', True)), models.Q(('account__isnull', True), ('department__isnull', True), ('mandate__isnull', False)), _connector='OR'), name='notices_sending_to_one'), models.CheckConstraint(condition=models.Q(('attempts__lte', models.F('allowed'))), name='notices_sending_gives_up'), models.UniqueConstraint(condition=models.Q(('department__isnull', False)), fields=('notice', 'channel', 'department'), name='notices_department_sent_once'), models.UniqueConstraint(condition=models.Q(('account__isnull', False)), fields=('notice', 'channel', 'account'), name='notices_account_sent_once'), models.UniqueConstraint(condition=models.Q(('mandate__isnull', False)), fields=('notice', 'channel', 'mandate'), name='notices_mandate_sent_once')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sending', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tries', to='notices.sending')),
                ('number', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
                ('is_sent', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, max_length=24)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '外发记录',
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('by__isnull', True)), fields=('sending', 'number'), name='notices_attempt_ends_once')],
            },
        ),
        migrations.CreateModel(
            name='Serving',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case')),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document')),
                ('document_name', models.CharField(max_length=120, verbose_name='文书')),
                ('way', models.CharField(choices=[('direct', '直接送达'), ('post', '邮寄送达'), ('electronic', '电子送达'), ('left', '留置送达'), ('public', '公告送达')], max_length=12, verbose_name='送达方式')),
                ('on', models.DateField(verbose_name='日期')),
                ('served_on', models.DateField(null=True, verbose_name='送达日期')),
                ('tracking', models.CharField(blank=True, max_length=30, verbose_name='邮件号')),
                ('days', models.PositiveSmallIntegerField(null=True, verbose_name='公告期间')),
                ('has_consent', models.BooleanField(default=False, verbose_name='已同意电子送达')),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                ('department', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.department')),
                ('at', models.DateTimeField(verbose_name='记载时间')),
                ('policy_digest', models.CharField(max_length=64, verbose_name='规则版本')),
            ],
            options={
                'verbose_name': '送达',
                'ordering': ('-pk',),
                'constraints': [models.CheckConstraint(condition=models.Q(('way', 'public'), ('days__isnull', True), _connector='XOR'), name='notices_public_has_days'), models.CheckConstraint(condition=models.Q(models.Q(('way', 'post'), _negated=True), ('served_on__isnull', True), _connector='OR'), name='notices_post_waits'), models.CheckConstraint(condition=models.Q(models.Q(('way', 'electronic'), _negated=True), ('has_consent', True), _connector='OR'), name='notices_electronic_by_consent')],
            },
        ),
        migrations.CreateModel(
            name='ServingNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serving', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='notices.serving')),
                ('kind', models.CharField(choices=[('received', '已签收'), ('returned', '退件'), ('void', '更正作废')], max_length=8)),
                ('on', models.DateField(verbose_name='日期')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='原因')),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(verbose_name='记载时间')),
            ],
            options={
                'verbose_name': '送达后续',
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('serving', 'kind'), name='notices_serving_note_once'), models.UniqueConstraint(condition=models.Q(('kind__in', ['received', 'returned'])), fields=('serving',), name='notices_letter_ends_once')],
            },
        ),
        migrations.CreateModel(
            name='ServingProof',
            fields=[
                ('serving', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='proof', serialize=False, to='notices.serving')),
                ('media_type', models.CharField(max_length=20)),
                ('sha256', models.CharField(max_length=64)),
                ('content', models.BinaryField()),
            ],
            options={
                'verbose_name': '送达回证',
            },
        ),
    ]
