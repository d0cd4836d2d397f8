"""What ``rongxin check`` refuses about the log: secrets that lie beside the data, or are missing."""

from collections.abc import Iterator
from typing import Any, Final, Literal

from django.core.checks import CheckMessage, Error, Tags, register

from config.environment import Environment, environment
from rongxin.ledger.suites import SuiteUnavailable, UnknownSuite, named

SECRETS: Final[dict[Literal["signing", "stream", "payload"], str]] = {
    "signing": "signs checkpoints",
    "stream": "makes the pseudonyms of subjects",
    "payload": "seals the contents of events",
}


@register(Tags.security, deploy=True)
def ledger_is_safe(app_configs: Any, **more: Any) -> list[CheckMessage]:
    """The log's secrets come from the environment, and its hash function is there."""
    return list(faults_of(environment))


def faults_of(of: Environment) -> Iterator[CheckMessage]:
    """Each unsafe setting of the log."""
    for key, what in SECRETS.items():
        name = f"ledger_{key}_key"
        if not getattr(of, name).get_secret_value():
            yield _fault(
                name,
                f"the key that {what} is missing; one made under RONGXIN_VAR lies beside the data",
                f"Give RONGXIN_{name.upper()} 64 hexadecimal characters (openssl rand -hex 32) and keep them apart.",
            )
            continue
        try:
            of.ledger_key(key)
        except ValueError as error:
            yield _fault(name, str(error), "openssl rand -hex 32 makes one.")
    try:
        named(of.ledger_suite)
    except (UnknownSuite, SuiteUnavailable) as error:
        yield _fault("ledger_suite", str(error), "Choose sha256, or a Python whose OpenSSL has sm3.")
    try:
        of.witnesses()
    except ValueError as error:
        yield _fault(
            "ledger_witnesses", str(error), "Give each witness as NAME=PUBLIC KEY IN HEXADECIMAL, with commas between."
        )


def _fault(name: str, message: str, hint: str) -> CheckMessage:
    return Error(f"RONGXIN_{name.upper()}: {message}", hint=hint, id=f"rongxin.{name}")
