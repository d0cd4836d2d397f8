"""The words of the permission matrix: named actions, roles, classes of data and scopes."""

from enum import StrEnum


class Action(StrEnum):
    """``<topic>:<verb>``. Keep alphabetical; who holds them stands in ``matrix.yaml``."""

    ACCOUNT_KEEP = "account:keep"
    ACCOUNT_LOG_READ = "accountlog:read"
    BATCH_READ = "batch:read"
    BATCH_RELEASE = "batch:release"
    BATCH_SUBMIT = "batch:submit"
    CASE_ACT = "case:act"
    CASE_READ = "case:read"
    CLASS_KEEP = "class:keep"
    CLASS_OBJECT = "class:object"
    CLASS_READ = "class:read"
    CODE_MEND = "code:mend"
    CONTACT_KEEP = "contact:keep"
    COUNT_FILE = "count:file"
    DECLARATION_INVITE = "declaration:invite"
    DECLARATION_MAKE = "declaration:make"
    DOCUMENT_ISSUE = "document:issue"
    DOCUMENT_READ = "document:read"
    DUTY_KEEP = "duty:keep"
    FILE_DOWNLOAD = "file:download"
    FILE_READ = "file:read"
    INCIDENT_HANDLE = "incident:handle"
    INCIDENT_REPORT = "incident:report"
    JOB_WATCH = "job:watch"
    LEDGER_READ = "ledger:read"
    LOOK_ASK = "look:ask"
    LOOK_READ = "look:read"
    OBJECTION_MAKE = "objection:make"
    PROXY_KEEP = "proxy:keep"
    QUESTION_ANSWER = "question:answer"
    RECIPIENT_KEEP = "recipient:keep"
    RECORD_WITHDRAW = "record:withdraw"
    REPAIR_APPLY = "repair:apply"
    RULE_DRAFT = "rule:draft"
    RULE_RELEASE = "rule:release"
    SENDING_RETRY = "sending:retry"
    SUBJECT_MERGE = "subject:merge"
    TEXT_CLEAR = "text:clear"


class Role(StrEnum):
    """What somebody is here. An account has one role, so the three administrators exclude each other and all others."""

    PUBLIC = "public"
    ENTERPRISE = "enterprise"
    PROXY = "proxy"
    AGENCY = "agency"
    CLERK = "clerk"
    REVIEWER = "reviewer"
    HEAD = "head"
    INSPECTOR = "inspector"
    WINDOW = "window"
    COUNTY_OFFICE = "county_office"
    CITY_OFFICE = "city_office"
    PROVINCE_OFFICE = "province_office"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


ADMINISTRATORS: frozenset[Role] = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
"""The three of the graded protection of information systems (等保三级): none of them sees credit data."""


class Scope(StrEnum):
    """Where a grant holds, seen from who acts. ``enterprise``: an enterprise that the login acts for, by a mandate.
    ``platform``: the platform itself, no credit data.
    """

    DEPARTMENT = "department"
    REGION = "region"
    ENTERPRISE = "enterprise"
    CASE = "case"
    PLATFORM = "platform"


class DataClass(StrEnum):
    """How far a piece of information may go."""

    PUBLIC = "public"
    RESTRICTED = "restricted"
    PERSONAL = "personal"
    SECRET = "secret"  # noqa: S105 - a class of data


class Face(StrEnum):
    """Which part of the site a role works in."""

    PORTAL = "portal"
    ENTERPRISE = "enterprise"
    DESK = "desk"
    ADMINISTRATION = "administration"
