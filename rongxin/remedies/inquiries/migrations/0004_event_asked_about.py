"""An inquiry may be about an event of the ledger, once for each."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inquiries', '0003_firm_of_inquiries'),
    ]

    operations = [
        migrations.AddField(
            model_name='inquiry',
            name='event',
            field=models.CharField(blank=True, max_length=80, verbose_name='账本事项'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.UniqueConstraint(condition=models.Q(('event', ''), _negated=True), fields=('event',), name='inquiries_event_asked_once'),
        ),
    ]
