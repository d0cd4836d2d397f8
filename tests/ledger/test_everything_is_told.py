"""Nobody forgets the ledger: every table is told of, or says here why not, and rows are made only where it is told."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

from config.environment import ROOT

PACKAGE = ROOT / "rongxin"

TOLD = {
    "accounts.AccountEvent",
    "accounts.MachineKey",
    "departments.Department",
    "departments.Duty",
    "documents.Document",
    "documents.Withdrawal",
    "incidents.Affected",
    "incidents.Incident",
    "incidents.Search",
    "intake.HeadMapping",
    "mandates.Mandate",
    "mandates.MandateEnd",
    "notices.ContactChange",
    "notices.Serving",
    "notices.ServingNote",
    "recipients.Acknowledgement",
    "recipients.Address",
    "recipients.Recipient",
    "recipients.RecipientKey",
    "recipients.Retraction",
    "recipients.SpotCheck",
    "records.Clearing",
    "records.RecordEvent",
    "records.Resolution",
    "records.Support",
    "records.SupportEnd",
    "rulebook.Release",
    "subjects.Judgement",
    "subjects.Merge",
    "subjects.Split",
    "subjects.Succession",
    "workflow.CaseEvent",
    "workflow.Evidence",
}
"""Whoever makes a row of these tells the ledger in the same function, or is part of a function that does (PARTS)."""

PARTS = {
    ("rongxin/records/splitting.py", "_replace"): "split and rejoin",
    ("rongxin/subjects/splitting.py", "begin"): "records.splitting.split",
    ("rongxin/subjects/splitting.py", "remember"): "records.splitting.split",
    ("rongxin/subjects/splitting.py", "finish"): "records.splitting.rejoin",
}

OTHERWISE = {
    "accounts.Account": "each change is an AccountEvent",
    "accounts.CodeGenerator": "each change is an AccountEvent",
    "accounts.Denial": "counts refused requests until the ledger is told of all of them",
    "accounts.FormerPassword": "each change is an AccountEvent",
    "accounts.Invitation": "each change is an AccountEvent",
    "accounts.RecoveryCode": "each change is an AccountEvent",
    "accounts.SecurityKey": "each change is an AccountEvent",
    "accounts.SignUp": "counts the accounts of a place for a day",
    "classification.Adjustment": "each step is one of its case",
    "classification.DecidedWith": "kept with a step of a case, which is told; no right rests on it",
    "classification.HitReport": "numbers of all enterprises together",
    "classification.Run": "reckoned from records and rules, which are told; whether it is used is a case",
    "classification.Trial": "what a draft would do; nobody has a class by it",
    "classification.Use": "each step is one of its case",
    "declarations.Declaration": "each step is one of its case",
    "declarations.Falsehood": "each step is one of its case",
    "declarations.InvitationList": "an offer; no right rests on it",
    "declarations.Invited": "an offer; no right rests on it",
    "disclosure.BulkEdition": "a copy of what is displayed",
    "disclosure.StatusCheck": "when the lists were last checked",
    "disclosure.StatusIndices": "a permutation drawn at random",
    "disclosure.StatusList": "a copy of what is displayed, signed",
    "documents.DocumentFile": "its digest is told with its document",
    "documents.Series": "counts the numbers of documents, which are told",
    "inquiries.Inquiry": "each step is one of its case",
    "intake.Batch": "each step is one of its case",
    "intake.BatchCounter": "counts the numbers of batches",
    "intake.CodeFault": "worklist made from files that came in; no right rests on it",
    "intake.IdempotencyKey": "answers of the API to the same request",
    "intake.Question": "each answer is a Judgement or decides what the batch records",
    "intake.RowProblem": "what a check found; the check is a step of a case",
    "intake.SourceCount": "what a department says it decided; no right rests on it",
    "jobs.Due": "running of the programme",
    "jobs.Run": "running of the programme",
    "mandates.Claim": "each step is one of its case",
    "mandates.ProxyInvitation": "gives no right; the Mandate that comes of it does",
    "notices.Attempt": "what was sent outside; told to nobody but the sender",
    "notices.CodeAsked": "counts codes for a day",
    "notices.Contact": "addresses, which are personal; each change is a ContactChange",
    "notices.Notice": "tells of a CaseEvent",
    "notices.Receipt": "that a message was opened; a table that only grows",
    "notices.Sending": "what was sent outside",
    "notices.ServingProof": "its digest is told with its serving",
    "objections.Objection": "each step is one of its case",
    "recipients.Call": "a waking without content",
    "recipients.CallAttempt": "what became of a waking",
    "recipients.Page": "which positions were handed over; an acknowledgement is told",
    "recipients.Paper": "a Document, which is told",
    "recipients.SpotFile": "its digest is told with its spot check",
    "records.Candidate": "proposes a Support; no right rests on it",
    "records.EventCursor": "counts RecordEvents",
    "records.Record": "made with a RecordEvent, whose hash is told",
    "records.RecordContent": "made with a Record",
    "records.Sighting": "the same act sent again changes nothing",
    "records.Untold": "what the ledger is still to be told",
    "repairs.Repair": "each step is one of its case",
    "repairs.RepairNotice": "a Document, which is told",
    "repairs.Revocation": "each step is one of its case",
    "rules.RuleDraft": "each step is one of its case",
    "subjects.Identifier": "what a register says; its batch is a case",
    "subjects.Subject": "what a register says; its batch is a case",
    "subjects.SubjectName": "what a register says; its batch is a case",
    "unwinding.Item": "found by the platform; what a person settles is told by unwinding.settle",
    "unwinding.Redecision": "each step is one of its case",
    "unwinding.Unwinding": "each step is one of its case",
    "workflow.Case": "each change is a CaseEvent",
    "workflow.CaseCursor": "counts CaseEvents",
    "workflow.CaseDocument": "a Document, which is told",
    "workflow.CaseSeries": "counts the numbers of cases",
    "workflow.Consumer": "running of the programme",
    "workflow.Delivery": "running of the programme",
    "workflow.EvidenceFile": "its digest is told with its Evidence",
}

TELLS = {
    "append",
    "log",
    "log_incident",
    "log_many",
    "log_firms",
    "tell",
    "tell_chunk",
    "tell_judgements",
    "_log",
    "_tell",
}
MAKES = {"create", "bulk_create", "get_or_create", "update_or_create"}
# Loaded as columns, by functions that are parts of the one that tells.
LOADED = {
    "records_recordevent": "rongxin/records/appending.py",
    "records_resolution": "rongxin/records/appending.py",
}


def models() -> set[str]:
    own = (each for each in apps.get_models() if each.__module__.startswith("rongxin."))
    return {each._meta.label for each in own if each._meta.app_label != "ledger"}


@cache
def sources() -> dict[str, ast.Module]:
    paths = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def functions() -> Iterator[tuple[str, str, ast.AST]]:
    for place, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield place, node.name, node


def made_in(function: ast.AST) -> set[str]:
    """The told tables of which the function makes rows."""
    names = {label.split(".")[1] for label in TOLD}
    return {
        call.func.value.value.id
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in MAKES
        and isinstance(call.func.value, ast.Attribute)
        and call.func.value.attr in ("objects", "_default_manager")
        and isinstance(call.func.value.value, ast.Name)
        and call.func.value.value.id in names
    }


def called_in(function: ast.AST) -> set[str]:
    return {
        call.func.id for call in ast.walk(function) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    }


def test_every_table_is_told_of_or_says_why_not() -> None:
    assert models() == TOLD | OTHERWISE.keys()
    assert not TOLD & OTHERWISE.keys()


def test_rows_are_made_only_where_the_ledger_is_told() -> None:
    makers = {(place, name): function for place, name, function in functions() if made_in(function)}
    forgot = {place for place, function in makers.items() if not TELLS & called_in(function)}
    assert forgot == PARTS.keys()
    # Nothing is looked for in vain: there is a maker of each.
    assert {name for each in makers.values() for name in made_in(each)} == {label.split(".")[1] for label in TOLD}


@pytest.mark.parametrize("table", sorted({apps.get_model(label)._meta.db_table for label in TOLD}))
def test_rows_are_inserted_past_the_models_in_one_place_only(table: str) -> None:
    texts = {
        place
        for place, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and f"INSERT INTO {table} " in node.value
    }
    assert texts == ({LOADED[table]} if table in LOADED else set())


def test_a_part_belongs_to_a_function_that_tells() -> None:
    tells = {Path(place).stem + "." + name for place, name, function in functions() if TELLS & called_in(function)}
    assert {"splitting.split", "splitting.rejoin", "appending._append_chunk"} <= tells
