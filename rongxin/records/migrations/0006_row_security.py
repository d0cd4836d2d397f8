"""What records say beyond their envelope: public where the record is, else where the matrix lets records be read."""

from django.db import migrations

from rongxin.storage.rows import any_of, asks, reached, row_security, through

IS_PUBLIC = f"p.display = 'public' AND {asks('portal', 'desk', 'enterprise')}"

# Whose record it is stands in its standing resolution; an enterprise reads all that is kept of it.
OWN = (
    f"{asks('enterprise')} AND EXISTS (SELECT 1 FROM records_resolution o WHERE o.record_id = p.id AND o.ended_at IS NULL "
    "AND o.subject_id IN (SELECT f.id FROM rongxin_firms() AS f(id)))"
)


class Migration(migrations.Migration):
    dependencies = [("records", "0005_fewer_indexes"), ("mandates", "0003_row_security")]
    operations = [
        row_security(
            "records_recordcontent",
            read=through(
                "records_record",
                "id = record_id",
                f"({any_of(IS_PUBLIC, OWN, reached('p.provider_id', 'batch:read', 'text:clear', 'record:withdraw'))})",
            ),
        ),
    ]
