"""What the role that serves may do with each table on PostgreSQL, beyond reading and adding rows; nothing where nothing is said.

``rongxin migrate`` grants it (rongxin.storage.serving). Rows of a table that is named nowhere are added and never changed.
"""

READ_ONLY = frozenset({"auth.Permission", "auth.Group", "contenttypes.ContentType"})
"""Tables of packages that nothing here writes."""

WITHOUT_MODEL = {"subjects_name_index": "SELECT, INSERT"}
"""Tables that migrations make by hand."""

CHANGED = frozenset(
    {
        "accounts.Account",
        "accounts.CodeGenerator",
        "accounts.Denial",
        "accounts.Invitation",
        "accounts.MachineKey",
        "accounts.RecoveryCode",
        "accounts.SecurityKey",
        "axes.AccessAttempt",
        "axes.AccessAttemptExpiration",
        "axes.AccessLog",
        "classification.Adjustment",
        "classification.HitReport",
        "classification.Run",
        "classification.Trial",
        "classification.Use",
        "declarations.Declaration",
        "declarations.Falsehood",
        "declarations.InvitationList",
        "declarations.Invited",
        "departments.Department",
        "departments.Duty",
        "disclosure.BulkEdition",
        "disclosure.StatusCheck",
        "disclosure.StatusList",
        "django_tasks_database.DBTaskResult",
        "documents.Series",
        "incidents.Affected",
        "incidents.Incident",
        "incidents.Search",
        "intake.Batch",
        "intake.BatchCounter",
        "intake.CodeFault",
        "intake.HeadMapping",
        "intake.Question",
        "intake.RowProblem",
        "intake.SourceCount",
        "jobs.Run",
        "ledger.Audit",
        "ledger.Stream",
        "recipients.Address",
        "recipients.Call",
        "recipients.Recipient",
        "recipients.RecipientKey",
        "records.Candidate",
        "records.EventCursor",
        "records.Resolution",
        "sessions.Session",
        "subjects.Identifier",
        "subjects.Judgement",
        "subjects.Merge",
        "subjects.Split",
        "subjects.Subject",
        "subjects.SubjectName",
        "subjects.Succession",
        "inquiries.Inquiry",
        "mandates.Claim",
        "mandates.ProxyInvitation",
        "notices.Contact",
        "notices.Sending",
        "objections.Objection",
        "repairs.Repair",
        "repairs.Revocation",
        "rules.RuleDraft",
        "unwinding.Item",
        "unwinding.Redecision",
        "unwinding.Unwinding",
        "workflow.Case",
        "workflow.CaseCursor",
        "workflow.CaseSeries",
        "workflow.Consumer",
    }
)
"""Tables whose rows change."""

LOCKED = frozenset({"documents.Document", "records.Record"})
"""Tables whose rows are held while something is decided about them and never change: a lock asks for the right to change a
column, so it is given for the key alone, and triggers refuse the change.
"""

SHREDDED = {"ledger.Entry": ("salt", "payload", "key")}
"""Tables of which only these columns change: they are emptied, and triggers refuse everything else."""

REMOVED = frozenset(
    {
        "accounts.CodeGenerator",
        "accounts.Denial",
        "accounts.FormerPassword",
        "accounts.RecoveryCode",
        "accounts.SecurityKey",
        "axes.AccessAttempt",
        "axes.AccessAttemptExpiration",
        "axes.AccessFailureLog",
        "axes.AccessLog",
        "classification.Run",
        "django_tasks_database.DBTaskResult",
        "declarations.Invited",
        "incidents.Affected",
        "intake.CodeFault",
        "intake.HeadMapping",
        "intake.Question",
        "intake.RowProblem",
        "accounts.SignUp",
        "jobs.Due",
        "notices.CodeAsked",
        "notices.Contact",
        "jobs.Run",
        "ledger.Audit",
        "ledger.Pending",
        "ledger.SubjectKey",
        "records.Untold",
        "sessions.Session",
        "subjects.Identifier",
    }
)
"""Tables that lose rows."""
