"""Every batch gets its case, under its own number, with what is known of its way so far.

Set by set, however many there are. What was done keeps its instant; role and department of whoever did it are today's, for those
of that moment were not kept. No notice is told of it, and a batch under way gets no term for what began before there was one.
"""

import django.db.models.deletion
from django.db import migrations, models

DAY = {"postgresql": "CAST({0} AT TIME ZONE 'Asia/Shanghai' AS date)", "sqlite": "date({0}, '+8 hours')"}
TEXT = {"postgresql": "CAST('{{}}' AS jsonb)", "sqlite": "'{{}}'"}

CASES = """
INSERT INTO workflow_case (number, kind, "key", title, state, is_open, owner_id, handler_id, opened_by_id, opened_at, state_since,
    policy_digest, position, moved_at, clock, is_paused, due_on, is_provisional, calendar, escalated_on)
SELECT number, 'batch', NULL, file_name, state,
    state NOT IN ('recorded', 'nothing_new', 'returned', 'stopped', 'unreadable'),
    provider_id, NULL, submitted_by_id, received_at, COALESCE(finished_at, decided_at, checked_at, received_at),
    policy_digest, 0, 0, NULL, {false}, NULL, {false}, '', NULL
FROM intake_batch ORDER BY id
"""

LINKED = "UPDATE intake_batch SET case_id = (SELECT c.id FROM workflow_case c WHERE c.number = intake_batch.number)"

# One row for each thing that a batch tells of itself: which step, from where to where, who, when, why.
TOLD = """
SELECT b.*, 0 AS turn, 'opened' AS event, '' AS step, '' AS source, 'received' AS target, b.submitted_by_id AS doer,
    b.received_at AS at, '' AS reason FROM intake_batch b
UNION ALL
SELECT b.*, 1, 'step',
    CASE b.state WHEN 'unreadable' THEN 'close_unreadable' WHEN 'mapping' THEN 'ask_columns'
        WHEN 'recorded' THEN CASE WHEN b.decided_by_id IS NULL THEN 'record_at_once' ELSE 'check' END
        WHEN 'nothing_new' THEN CASE WHEN b.decided_by_id IS NULL THEN 'find_nothing' ELSE 'check' END ELSE 'check' END,
    'received',
    CASE WHEN b.state IN ('unreadable', 'mapping') OR (b.state IN ('recorded', 'nothing_new') AND b.decided_by_id IS NULL)
        THEN b.state ELSE 'checked' END,
    NULL, COALESCE(b.checked_at, b.received_at), ''
FROM intake_batch b WHERE b.checked_at IS NOT NULL OR b.state = 'mapping'
UNION ALL
SELECT b.*, 2, 'step', CASE b.state WHEN 'returned' THEN 'send_back' ELSE 'release' END, 'checked',
    CASE b.state WHEN 'returned' THEN 'returned' ELSE 'released' END, b.decided_by_id, b.decided_at, b.return_reason
FROM intake_batch b WHERE b.decided_by_id IS NOT NULL
UNION ALL
SELECT b.*, 3, 'step', CASE b.state WHEN 'recorded' THEN 'record' ELSE 'record_nothing' END, 'released', b.state, NULL,
    COALESCE(b.finished_at, b.decided_at), ''
FROM intake_batch b WHERE b.state IN ('recorded', 'nothing_new') AND b.decided_by_id IS NOT NULL
UNION ALL
SELECT b.*, 3, 'step', 'stop', CASE WHEN b.checked_at IS NULL THEN 'received' ELSE 'checked' END, 'stopped', b.stopped_by_id,
    COALESCE(b.finished_at, b.received_at), ''
FROM intake_batch b WHERE b.state = 'stopped'
"""

EVENTS = """
INSERT INTO workflow_caseevent (position, case_id, number, kind, step, source, target, by_id, role, department_id, at, "on",
    reason, notice, payload, due_on, is_provisional, policy_digest, "key")
SELECT cursor.value + ROW_NUMBER() OVER (ORDER BY told.at, told.case_id, told.turn), told.case_id,
    ROW_NUMBER() OVER (PARTITION BY told.case_id ORDER BY told.turn), told.event, told.step, told.source, told.target,
    told.doer, COALESCE(account.role, ''), account.department_id, told.at, {day}, told.reason, '', {nothing}, NULL, {false},
    told.policy_digest, NULL
FROM ({told}) AS told
CROSS JOIN (SELECT value FROM workflow_casecursor WHERE name = 'events') AS cursor
LEFT JOIN accounts_account account ON account.id = told.doer
"""

COUNTED = [
    "UPDATE workflow_casecursor SET value = (SELECT COALESCE(MAX(position), 0) FROM workflow_caseevent) WHERE name = 'events'",
    """UPDATE workflow_case SET
    position = (SELECT COUNT(*) FROM workflow_caseevent e WHERE e.case_id = workflow_case.id),
    moved_at = (SELECT COUNT(*) FROM workflow_caseevent e WHERE e.case_id = workflow_case.id)
    WHERE kind = 'batch'""",
]


def open_cases(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if not apps.get_model("intake", "Batch").objects.exists():
        return
    apps.get_model("workflow", "CaseCursor").objects.get_or_create(name="events")
    false = "FALSE" if vendor == "postgresql" else "0"
    schema_editor.execute(CASES.format(false=false))
    schema_editor.execute(LINKED)
    day, nothing = DAY[vendor].format("told.at"), TEXT[vendor].format()
    schema_editor.execute(EVENTS.format(told=TOLD, day=day, nothing=nothing, false=false))
    for statement in COUNTED:
        schema_editor.execute(statement)
    if vendor == "postgresql":
        # What follows changes the table, which waits for no constraint.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


CASE = models.OneToOneField(
    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.case", verbose_name="案件"
)


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0002_questions_faults_counts"),
        ("workflow", "0002_the_log_only_grows"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="case",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workflow.case",
                verbose_name="案件",
            ),
        ),
        migrations.RunPython(open_cases),
        migrations.AlterField(model_name="batch", name="case", field=CASE),
    ]
