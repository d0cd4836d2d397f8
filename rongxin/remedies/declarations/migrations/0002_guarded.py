"""What an enterprise declares is seen where its case is, and by everybody where the enterprise shows it and it stands; whether its
last day has passed is asked by the code. Only the procedures write.
"""

from django.db import migrations

from rongxin.storage.rows import any_of, row_security, through

CASE = through("workflow_case", "id = case_id")
SHOWN = "(is_public AND ended = '' AND (NOT needs_look OR verified_on IS NOT NULL))"


class Migration(migrations.Migration):
    replaces = [("declarations", "0002_row_security")]
    dependencies = [("declarations", "0001_tables"), ("workflow", "0002_guarded")]
    operations = [
        row_security("declarations_declaration", read=any_of(SHOWN, CASE)),
        row_security("declarations_falsehood", read=CASE),
    ]
