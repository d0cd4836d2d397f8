"""An incident is seen where its case is; firms are added and taken out by whoever handles incidents there."""

from django.db import migrations

from rongxin.storage.rows import reached, row_security, through

OF_INCIDENT = "id = incident_id"
SEEN = through("incidents_incident", OF_INCIDENT)
HANDLES = through(
    "incidents_incident",
    OF_INCIDENT,
    f"EXISTS (SELECT 1 FROM workflow_case c WHERE c.id = p.case_id AND {reached('c.owner_id', 'incident:handle')})",
)


class Migration(migrations.Migration):
    replaces = [("incidents", "0002_row_security")]
    dependencies = [("incidents", "0001_tables"), ("workflow", "0002_guarded")]
    operations = [
        row_security("incidents_incident", read=through("workflow_case", "id = case_id")),
        row_security("incidents_affected", read=SEEN, add=HANDLES, remove=HANDLES),
        row_security("incidents_search", read=SEEN, add=HANDLES),
    ]
