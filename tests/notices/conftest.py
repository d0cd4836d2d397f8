from collections.abc import Iterator

import pytest
import time_machine
from django.conf import LazySettings
from django.utils import timezone
from pydantic import SecretStr

from config.environment import environment
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.notices.contacts import Owner, set_contact
from rongxin.notices.jobs import make_notices
from rongxin.notices.models import Contact
from rongxin.policy.notices import ChannelName, NoticeTemplate
from rongxin.policy.pack import Policy
from rongxin.workflow.models import Case
from tests.factories import at
from tests.intake.coverage.batches import an_officer
from tests.notices.servers import Gateway, MailSink, mail_server, sms_gateway
from tests.workflow.conftest import Bureau, changed, in_force, open_bureau, rules, toy_is_known  # noqa: F401

SECRET = "示例-gateway-secret"
ACCEPTED = {
    "name": "accepted",
    "title": {"zh": "已受理：{number}", "en": "Accepted: {number}"},
    "body": {
        "zh": "{title}：{step}。理由：{reason}。到期 {due_on}。",
        "en": "{title}: {step}. {reason}. Due {due_on}.",
    },
    "values": ["number", "title", "step", "reason", "due_on"],
    "to": ["owner", "head"],
    "outside": ["email", "sms"],
}
GRANTED = ACCEPTED | {"name": "granted", "to": ["owner", "credit_office", "opener"], "outside": ["email"]}


def a_template(given: dict[str, object]) -> NoticeTemplate:
    return NoticeTemplate.model_validate(given, strict=False)


def telling_rules(*more: dict[str, object]) -> Policy:
    """The rules of the toy with what its steps tell."""
    pack = rules()
    own = {str(each["name"]): a_template(each) for each in (ACCEPTED, GRANTED, *more)}
    return changed(pack, notices=dict(pack.notices) | own)


@pytest.fixture
def bureau(db: None, toy_is_known: None) -> Iterator[Bureau]:  # noqa: F811
    """The bureau of the workflow's tests, with rules that tell."""
    with time_machine.travel(at("2026-11-12"), tick=False):
        in_force(telling_rules())
        yield open_bureau()


@pytest.fixture
def accepted(bureau: Bureau) -> Case:
    """A case with one step that tells; nothing was told yet."""
    case = bureau.open()
    bureau.take(case, "accept")
    return case


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Iterator[MailSink]:
    """Mail is switched on and goes to a server of the test's own."""
    with mail_server() as sink:
        use_mail(monkeypatch, settings, sink.port)
        yield sink


def use_mail(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, port: int) -> None:
    monkeypatch.setattr(environment, "mail_url", SecretStr(f"smtp://127.0.0.1:{port}"))
    monkeypatch.setattr(environment, "mail_from", "platform@credit.example.gov.cn")
    for name, value in environment.mail().items():
        setattr(settings, name, value)
    settings.EMAIL_TIMEOUT = 2


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """SMS are switched on and go to a gateway of the test's own."""
    with sms_gateway() as gateway:
        monkeypatch.setattr(environment, "sms_url", gateway.url)
        monkeypatch.setattr(environment, "sms_secret", SecretStr(SECRET))
        yield gateway


def give_address(bureau: Bureau, address: str = "office@scjg.example.gov.cn", mobile: str = "") -> None:
    """The department of the bureau has an address that was confirmed; with ``mobile`` a number for SMS, too."""
    confirmed(bureau.department, ChannelName.EMAIL, address, by=bureau.reviewer)
    if mobile:
        confirmed(bureau.department, ChannelName.SMS, mobile, by=bureau.reviewer)


def confirmed(owner: Owner, channel: ChannelName, address: str, *, by: Account) -> Contact:
    """An address that was entered and confirmed."""
    contact = set_contact(owner, channel, address, by=by)
    assert contact is not None
    contact.confirmed_at = timezone.now()
    contact.save()
    return contact


def tell_all() -> int:
    """What a worker does next."""
    return make_notices.call_now()


def a_head(bureau: Bureau) -> Account:
    return an_officer(bureau.department, Role.HEAD, "head")
