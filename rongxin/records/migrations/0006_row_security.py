"""What records say beyond their envelope: public where the record is, else where the matrix lets records be read."""

from django.db import migrations

from rongxin.storage.rows import any_of, asks, reached, row_security, through

IS_PUBLIC = f"p.display = 'public' AND {asks('portal', 'desk', 'enterprise')}"


class Migration(migrations.Migration):
    dependencies = [("records", "0005_fewer_indexes"), ("departments", "0003_who_asks")]
    operations = [
        row_security(
            "records_recordcontent",
            read=through(
                "records_record",
                "id = record_id",
                f"({any_of(IS_PUBLIC, reached('p.provider_id', 'batch:read', 'text:clear', 'record:withdraw'))})",
            ),
        ),
    ]
