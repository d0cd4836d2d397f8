"""Made-up departments, subjects and records, written through the real actions. A test says only what matters to it."""

import hashlib
import json
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import polars as pl
import time_machine
from django.utils import timezone

from config.environment import ROOT
from rongxin.accounts.actions import open_account
from rongxin.accounts.models import STAFF_ROLES, Account
from rongxin.accounts.permissions import Role
from rongxin.departments import actions as departments
from rongxin.departments.models import Department
from rongxin.engine.cells import document_key
from rongxin.intake.envelope import envelope
from rongxin.policy.kinds import RecordKind
from rongxin.policy.loader import load_pack, pack_sources
from rongxin.policy.pack import Policy
from rongxin.primitives import uscc as codes
from rongxin.records import actions as records
from rongxin.records.appending import SCHEMA, Origin, append
from rongxin.records.display import SHANGHAI
from rongxin.records.models import Effect, Record, RecordEvent
from rongxin.rulebook import actions as rulebook
from rongxin.subjects.models import Subject
from rongxin.subjects.registration import register

PENALTY = "administrative_penalty"
LICENCE = "administrative_licence"
PLATFORM = "350100"
PASSWORD = "a-long-demonstration-password"
_NUMBERS = count(1)


@cache
def the_pack() -> tuple[Policy, dict[str, str]]:
    folder = ROOT / "policies"
    return load_pack(folder, "fuzhou"), pack_sources(folder, "fuzhou")


def the_rules() -> Policy:
    """The pack of this platform, released as the first version of the rulebook."""
    policy, sources = the_pack()
    rulebook.seed(policy, sources)
    return policy


def at(day: str, clock: str = "10:00") -> datetime:
    """An instant of a day in Shanghai."""
    return datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=SHANGHAI)


def a_code(kind: str = "91") -> str:
    """A made-up unified code with right check characters; ``kind`` 91 enterprise, 92 sole trader, 11 public body."""
    return codes.make(kind[0], kind[1], "990000", f"MA{next(_NUMBERS):06d}")


def a_department(code: str = "demo", name: str = "福州市示例市场监督管理局", **more: Any) -> Department:
    return departments.enter(code, name, **{"region": "990000", **more})


def an_account(role: Role, department: Department, username: str = "officer") -> Account:
    """An account of any role with the password PASSWORD: of staff in the department, of everybody else in none."""
    if role in STAFF_ROLES:
        return open_account(username, PASSWORD, display_name="示例人员", department=department, role=role)
    account = Account(username=username, display_name=username, role=role)
    account.set_password(PASSWORD)
    account.save()
    return account


def a_subject(name: str = "福州示例榕海茶业有限公司", uscc: str = "", **columns: Any) -> Subject:
    """A subject on the register; calling it again with the same code and another name renames it."""
    on = columns.pop("on", date(2026, 1, 5))
    code = uscc or a_code()
    frame = pl.DataFrame({"uscc": [code], "name": [name]} | {key: [value] for key, value in columns.items()})
    register(frame, source="示例登记库", on=on)
    return Subject.objects.get(uscc=code)


def a_sole_trader(name: str = "示例陈三小吃店", **columns: Any) -> Subject:
    return a_subject(name, a_code("92"), **columns)


def a_record(
    subject: Subject | None = None,
    *,
    kind: str = PENALTY,
    department: Department | None = None,
    recorded_at: datetime | None = None,
    decided_on: date | None = None,
    severity: str = "",
    batch: str = "",
    **fields: Any,
) -> Record:
    """One record, through the envelope and ``append``. ``fields`` are canonical values of the kind's fields.

    The same document number for the same subject is the same act: with other fields it becomes a new version.
    """
    return some_records(
        1,
        subject or a_subject(),
        kind=kind,
        department=department,
        recorded_at=recorded_at,
        decided_on=decided_on,
        severity=severity,
        batch=batch,
        **fields,
    )[0]


def some_records(
    number: int,
    subject: Subject,
    *,
    kind: str = PENALTY,
    department: Department | None = None,
    recorded_at: datetime | None = None,
    decided_on: date | None = None,
    severity: str = "",
    batch: str = "",
    **fields: Any,
) -> list[Record]:
    """Records of one batch on one subject, all alike but for their document number."""
    policy = the_rules()
    provider = department or a_department()
    instant = recorded_at or timezone.now()
    today = instant.astimezone(SHANGHAI).date()
    decided = decided_on or today - timedelta(days=3)
    contents = [_content(kind, subject, provider, decided, fields) for _ in range(number)]
    found = policy.kinds[kind]
    frame = _frame(contents, found, subject, severity or ("general" if kind == PENALTY else "none"))
    origin = Origin(
        batch=batch or f"B-示例-{next(_NUMBERS):06d}",
        provider=provider,
        kind=kind,
        kind_digest=policy.kind_digest(kind),
        policy_digest=policy.digest,
        platform=PLATFORM,
        released_by="示例审核员",
    )
    with time_machine.travel(instant, tick=False):
        append(envelope(frame, found, policy, today).select(*SCHEMA), origin)
    keys = frame["act_key"].to_list()
    latest = {record.act_key: record for record in Record.objects.filter(act_key__in=keys).order_by("version")}
    return [latest[key] for key in keys]


def note(
    record: Record,
    effect: Effect,
    *,
    at: datetime | None = None,
    effective_at: datetime | None = None,
    basis: str = "示例依据",
    reason: str | None = None,
) -> RecordEvent:
    """An event on the act of ``record``, noted at an instant and in effect from then on or from ``effective_at``."""
    with time_machine.travel(at or timezone.now(), tick=False):
        return records.note(
            record, effect, by="示例经办人", basis=basis, told="", effective_at=effective_at, reason=reason
        )


def _content(
    kind: str, subject: Subject, provider: Department, decided: date, fields: dict[str, Any]
) -> dict[str, Any]:
    document = f"榕示市监{'罚' if kind == PENALTY else '许'}〔{decided.year}〕{next(_NUMBERS)}号"
    common = {
        "party_name": subject.name,
        "party_category": "法人及非法人组织",
        "party_uscc": subject.uscc,
        "legal_representative": "林**",
        "source_unit": provider.name,
        "remark": "内部备注示例",
    }
    own = {
        PENALTY: {
            "penalty_document_no": document,
            "violation_type": "标签标注不符合规定",
            "violation_facts": "经查，示例公司销售的三批次茶叶标签未标注生产日期，经办人张某某在场。",
            "penalty_basis": "《中华人民共和国食品安全法》第一百二十五条",
            "penalty_category": "罚款、没收违法所得、没收非法财物",
            "penalty_content": "罚款8000元",
            "fine_amount_10k": 800_000,
            "penalty_decision_date": decided,
            "penalty_valid_to": decided.replace(year=decided.year + 1, day=min(decided.day, 28)),
            "penalty_authority": provider.name,
        },
        LICENCE: {
            "license_document_no": document,
            "license_document_name": "食品经营许可决定书",
            "license_category": "普通",
            "license_content": "准予食品经营",
            "license_decision_date": decided,
            "valid_from": decided,
            "valid_to": decided.replace(year=decided.year + 5, day=min(decided.day, 28)),
            "license_authority": provider.name,
            "record_status": "有效",
        },
    }
    found = the_pack()[0].kinds[kind]
    unknown = set(fields) - set(found.fields)
    assert not unknown, f"no such field of {kind}: {unknown}"
    return common | own.get(kind, _filed(found, subject, provider, document, decided)) | fields


def _filed(kind: RecordKind, subject: Subject, provider: Department, document: str, decided: date) -> dict[str, Any]:
    """What the envelope of any kind asks for."""
    party, filed = kind.credit.party, kind.credit.envelope
    assert filed is not None
    values = {
        party.name: subject.name,
        party.uscc: subject.uscc,
        filed.authority: provider.name,
        filed.document_number: document,
        filed.decided_on: decided,
        filed.basis: "《示例条例》第一条",
    }
    return {name: value for name, value in values.items() if name}


def _frame(contents: list[dict[str, Any]], kind: RecordKind, subject: Subject, severity: str) -> pl.DataFrame:
    filed = kind.credit.envelope
    assert filed is not None
    types = {"date": pl.Date, "amount": pl.Int64}
    schema = {name: types.get(field.type, pl.String) for name, field in kind.fields.items()}
    texts = [json.dumps(content, ensure_ascii=False, sort_keys=True, default=str) for content in contents]
    told_by = (filed.document_number,) if filed.document_number else kind.credit.identified_by
    documents = ["|".join(str(content.get(name) or "") for name in told_by) for content in contents]
    return pl.DataFrame(
        [{name: content.get(name) for name in schema} for content in contents], schema=schema
    ).with_columns(
        row=pl.int_range(2, 2 + len(contents), dtype=pl.Int64),
        subject=pl.lit(subject.pk, pl.Int64),
        method=pl.lit("code"),
        act_key=pl.Series([_sha256(f"{kind.name}|{document}|{subject.uscc}") for document in documents]),
        document_key=pl.Series([document_key(document) for document in documents]),
        polarity=pl.lit(kind.credit.polarity.value if severity == "none" else "adverse"),
        severity=pl.lit(severity),
        content=pl.Series(texts),
        content_hash=pl.Series([_sha256(text) for text in texts]),
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
