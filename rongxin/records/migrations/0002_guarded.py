"""The database itself refuses to change or remove a record, an event, a sighting, a clearing, a support or its end, whoever asks;
candidates for supports are decided once and stay.

What records say beyond their envelope is public where the record is, else seen where the matrix lets records be read. Decisions about
texts that may name persons are seen and made where it lets texts be cleared; what the public may read because of them the platform
looks up beside the words at hand.
"""

from django.db import migrations

from rongxin.storage.growing import only_grow
from rongxin.storage.rows import any_of, asks, reached, row_security, through

IS_PUBLIC = f"p.display = 'public' AND {asks('portal', 'desk', 'enterprise')}"

# Whose record it is stands in its standing resolution; an enterprise reads all that is kept of it.
OWN = (
    f"{asks('enterprise')} AND EXISTS (SELECT 1 FROM records_resolution o WHERE o.record_id = p.id AND o.ended_at IS NULL "
    "AND o.subject_id IN (SELECT f.id FROM rongxin_firms() AS f(id)))"
)
CLEARS = through("records_record", "id = record_id", reached("p.provider_id", "text:clear"))


class Migration(migrations.Migration):
    replaces = [
        ("records", "0002_records_only_grow"),
        ("records", "0004_clearings_only_grow"),
        ("records", "0006_row_security"),
        ("records", "0007_guarded_clearings"),
        ("records", "0011_supports_only_grow"),
    ]
    dependencies = [("records", "0001_tables"), ("mandates", "0002_guarded")]
    operations = [
        only_grow(
            "records_only_grow",
            "records, events and sightings are never changed or removed",
            "records_record",
            "records_recordevent",
            "records_sighting",
        ),
        only_grow("records_clearings_only_grow", "clearings are never changed or removed", "records_clearing"),
        only_grow(
            "records_supports_only_grow",
            "supports and their ends are never changed or removed",
            "records_support",
            "records_supportend",
        ),
        row_security(
            "records_recordcontent",
            read=through(
                "records_record",
                "id = record_id",
                f"({any_of(IS_PUBLIC, OWN, reached('p.provider_id', 'batch:read', 'text:clear', 'record:withdraw'))})",
            ),
        ),
        row_security("records_clearing", read=CLEARS, add=CLEARS),
    ]
