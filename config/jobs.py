"""What runs in the background: the modules whose jobs a worker knows, and what falls due when."""

from rongxin.classification.jobs import classify_changed, classify_in_full, keep_decided
from rongxin.classification.measuring import measure_hits
from rongxin.classification.telling import tell_of_shown
from rongxin.disclosure.bulk_jobs import keep_bulk_files
from rongxin.disclosure.look_report import report_looks
from rongxin.disclosure.reminding import remind_of_deadlines
from rongxin.disclosure.status_jobs import keep_status_lists
from rongxin.entrance.tidy import tell_denials, tidy_sessions
from rongxin.exchange.recipients.jobs import wake_recipients
from rongxin.governance.incidents.jobs import keep_incident_hours
from rongxin.governance.rules.jobs import bring_rules_into_force
from rongxin.intake.tidy import tidy_files
from rongxin.jobs.schedules import Daily, Every, Schedule
from rongxin.jobs.tidy import tidy
from rongxin.ledger.jobs import close_day, sequence_events, sign_checkpoint, tidy_exports
from rongxin.notices.jobs import forget_addresses, make_notices, seal_addresses_anew, send_outside
from rongxin.records.citing import find_cited
from rongxin.records.publication import commit_published
from rongxin.remedies.declarations.jobs import keep_declarations
from rongxin.remedies.following import follow_acts
from rongxin.remedies.unwinding.jobs import follow_records
from rongxin.workflow.jobs import keep_clocks

MODULES: tuple[str, ...] = (
    "rongxin.jobs.tidy",
    "rongxin.ledger.jobs",
    "rongxin.records.citing",
    "rongxin.records.publication",
    "rongxin.classification.jobs",
    "rongxin.classification.measuring",
    "rongxin.classification.trying",
    "rongxin.intake.jobs",
    "rongxin.intake.tidy",
    "rongxin.entrance.tidy",
    "rongxin.workflow.jobs",
    "rongxin.remedies.following",
    "rongxin.governance.rules.jobs",
    "rongxin.governance.incidents.jobs",
    "rongxin.remedies.declarations.jobs",
    "rongxin.remedies.declarations.inviting",
    "rongxin.notices.jobs",
    "rongxin.remedies.unwinding.jobs",
    "rongxin.notices.confirming",
    "rongxin.disclosure.reminding",
    "rongxin.disclosure.look_report",
    "rongxin.disclosure.status_jobs",
    "rongxin.disclosure.bulk_jobs",
    "rongxin.exchange.recipients.jobs",
)

SCHEDULES: tuple[Schedule, ...] = (
    Daily(tidy, at="03:10"),
    Daily(tidy_sessions, at="03:20"),
    Every(tell_denials, minutes=60),
    Every(tidy_files, minutes=60),
    Daily(remind_of_deadlines, at="08:30"),
    Daily(seal_addresses_anew, at="03:30"),
    Daily(forget_addresses, at="03:40"),
    Every(keep_clocks, minutes=60),
    Every(follow_acts, seconds=60),
    Daily(keep_declarations, at="08:20"),
    Every(bring_rules_into_force, minutes=5),
    Every(keep_incident_hours, minutes=5),
    # New events ask for it at once; this catches up what a full queue or a missing template held back.
    Every(make_notices, minutes=5),
    Every(send_outside, minutes=5),
    Every(wake_recipients, seconds=5),
    Every(sequence_events, seconds=10),
    Every(sign_checkpoint, seconds=60),
    Every(commit_published, seconds=60),
    Every(find_cited, seconds=60),
    # Events noted by hand ask for it at once; this catches up corrections by batch.
    Every(follow_records, minutes=5),
    Daily(close_day, at="00:10"),
    Daily(classify_in_full, at="02:30"),
    Every(classify_changed, minutes=60),
    Every(keep_decided, minutes=1),
    # Tells of a run once, within minutes after it is shown.
    Every(tell_of_shown, minutes=5),
    Daily(measure_hits, at="05:10"),
    Daily(tidy_exports, at="03:50"),
    # Makes the report of the week before, once.
    Daily(report_looks, at="04:10"),
    # Sign only what is due: touched by an event, twenty minutes old, or of the day before.
    Every(keep_status_lists, seconds=60),
    # Makes files anew on a new day, and when something in them ended.
    Every(keep_bulk_files, minutes=10),
)
