"""What ``rongxin check`` refuses: settings that are not safe for a platform in service, each with what to do."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import OperationalError

from config.environment import Environment, environment
from rongxin.storage.serving import HINT, faults_of_role

LEAST_KEY = 50
LEAST_SECRET = 32


@register(Tags.security, deploy=True)
def settings_are_safe(app_configs: Any, **more: Any) -> list[CheckMessage]:
    """Django's own deploy checks follow; these are the platform's."""
    return [*faults_of(environment), *faults_of_database()]


def faults_of(of: Environment) -> Iterator[CheckMessage]:
    """Each unsafe setting of ``of``."""
    hosts = of.host_names()
    if of.debug:
        yield _fault("debug", "error pages show code and settings", "Leave RONGXIN_DEBUG out.")
    if len(of.secret_key.get_secret_value()) < LEAST_KEY:
        yield _fault(
            "secret_key",
            "the signing key is missing or short; one made under RONGXIN_VAR lies beside the data it seals",
            f"Give RONGXIN_SECRET_KEY {LEAST_KEY} or more random characters and keep them apart from backups.",
        )
    if not of.https:
        yield _fault("https", "passwords and cookies travel in clear", "Serve over HTTPS and set RONGXIN_HTTPS=true.")
    if not of.admin_host:
        yield _fault(
            "admin_host",
            "the administrators' pages share the public host name",
            "Give them one that only the office network reaches: RONGXIN_ADMIN_HOST.",
        )
    elif of.admin_host in hosts:
        yield _fault(
            "admin_host",
            "the administrators' host name is one of the public ones",
            "Take it out of RONGXIN_HOSTS or choose another RONGXIN_ADMIN_HOST.",
        )
    if not hosts or any(host.startswith(("*", ".")) for host in hosts):
        yield _fault("hosts", "any host name is served", "Name the host names in RONGXIN_HOSTS, each whole.")
    if of.demo:
        yield _fault("demo", "everybody knows the demonstration accounts", "Leave RONGXIN_DEMO out.")
    if of.mail_url.get_secret_value() and not of.mail_from:
        yield _fault("mail_from", "mail has no sender", "Set RONGXIN_MAIL_FROM.")
    yield from _outside(of)


def _outside(of: Environment) -> Iterator[CheckMessage]:
    """What is unsafe about mails and SMS."""
    if of.mail_url.get_secret_value().startswith("file:"):
        yield _fault(
            "mail_url", "addresses lie in files in clear", "file: is for demonstration; set smtp:// or smtps://."
        )
    if of.sms_url and not of.sms_url.startswith("https://"):
        yield _fault("sms_url", "numbers travel or lie in clear", "Set the https:// address of the gateway.")
    if of.sms_url and len(of.sms_secret.get_secret_value()) < LEAST_SECRET:
        hint = f"Agree on {LEAST_SECRET} or more random characters with the gateway: RONGXIN_SMS_SECRET."
        yield _fault("sms_secret", "the gateway cannot tell who asks", hint)


def faults_of_database() -> Iterator[CheckMessage]:
    """What is wrong with the role under which PostgreSQL is asked; that it cannot be asked is wrong, too."""
    try:
        faults = faults_of_role()
    except OperationalError:
        yield _fault("database_url", "the database does not answer", "Start it, or mend the address.")
        return
    for fault in faults:
        yield _fault("database_url", fault, HINT)


def _fault(name: str, message: str, hint: str) -> CheckMessage:
    return Error(f"RONGXIN_{name.upper()}: {message}", hint=hint, id=f"rongxin.{name}")
