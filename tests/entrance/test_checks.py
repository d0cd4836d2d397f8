"""``rongxin check`` refuses what is not safe in service, and says what to do."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from config.environment import Environment
from rongxin.entrance.checks import faults_of

SAFE: dict[str, Any] = {
    "secret_key": SecretStr("x" * 50),
    "hosts": "credit.example.gov.cn",
    "admin_host": "guanli.example.gov.cn",
    "https": True,
    "demo": False,
    "debug": False,
}


def test_safe_settings_have_no_fault() -> None:
    assert list(faults_of(Environment(**SAFE))) == []


@pytest.mark.parametrize(
    ("unsafe", "fault"),
    [
        ({"debug": True}, "rongxin.debug"),
        ({"secret_key": SecretStr("")}, "rongxin.secret_key"),
        ({"secret_key": SecretStr("x" * 49)}, "rongxin.secret_key"),
        ({"https": False}, "rongxin.https"),
        ({"admin_host": ""}, "rongxin.admin_host"),
        ({"admin_host": "credit.example.gov.cn"}, "rongxin.admin_host"),
        ({"hosts": "*"}, "rongxin.hosts"),
        ({"hosts": ".example.gov.cn"}, "rongxin.hosts"),
        ({"hosts": ""}, "rongxin.hosts"),
        ({"demo": True}, "rongxin.demo"),
        ({"mail_url": SecretStr("smtp://mail")}, "rongxin.mail_from"),
        ({"mail_url": SecretStr("file:"), "mail_from": "a@example.gov.cn"}, "rongxin.mail_url"),
        ({"sms_url": "http://sms.example.gov.cn", "sms_secret": SecretStr("s" * 32)}, "rongxin.sms_url"),
        ({"sms_url": "file:", "sms_secret": SecretStr("s" * 32)}, "rongxin.sms_url"),
        ({"sms_url": "https://sms.example.gov.cn"}, "rongxin.sms_secret"),
    ],
)
def test_an_unsafe_setting_is_named_with_what_to_do(unsafe: dict[str, Any], fault: str) -> None:
    found = list(faults_of(Environment(**{**SAFE, **unsafe})))
    assert [each.id for each in found] == [fault]
    assert found[0].hint


def run(**more: str) -> subprocess.CompletedProcess[str]:
    # The tests of the browser leave Django's switch for their event loop behind; a platform in service has none.
    ours = ("RONGXIN_", "DJANGO_ALLOW_ASYNC_UNSAFE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)} | more
    command = [sys.executable, "-m", "rongxin.cli", "check"]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_the_command_refuses_and_accepts(tmp_path: Path) -> None:
    refused = run(RONGXIN_VAR=str(tmp_path), RONGXIN_DEBUG="1")
    assert refused.returncode == 1
    for fault in ("rongxin.debug", "rongxin.https", "rongxin.secret_key", "rongxin.admin_host"):
        assert fault in refused.stdout
    accepted = run(
        RONGXIN_VAR=str(tmp_path),
        RONGXIN_SECRET_KEY="".join(map(chr, range(40, 120))),
        RONGXIN_HOSTS="credit.example.gov.cn",
        RONGXIN_ADMIN_HOST="guanli.example.gov.cn",
        RONGXIN_HTTPS="true",
        **{f"RONGXIN_LEDGER_{name}_KEY": "5a" * 32 for name in ("SIGNING", "STREAM", "PAYLOAD")},
    )
    assert accepted.returncode == 0, accepted.stdout


def test_safe_cookies_under_https(tmp_path: Path) -> None:
    names = "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"
    code = f"import config.settings as s; print([getattr(s, name) for name in {names}])"
    environment = os.environ | {"RONGXIN_HTTPS": "true", "RONGXIN_VAR": str(tmp_path)}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert told.stdout.strip() == "['__Host-rongxin_session', '__Host-csrftoken', True, True]"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.gov.cn", ("mail.example.gov.cn", 25, False, False)),
        ("smtp://u%40x:p@mail:587", ("mail", 587, True, False)),
        ("smtps://u:p@mail", ("mail", 465, False, True)),
    ],
)
def test_mail_is_set_by_one_address(url: str, expected: tuple[object, ...]) -> None:
    told = Environment(mail_url=SecretStr(url)).mail()
    assert (told["EMAIL_HOST"], told["EMAIL_PORT"], told["EMAIL_USE_TLS"], told["EMAIL_USE_SSL"]) == expected


def test_mail_by_anything_else_is_refused() -> None:
    with pytest.raises(ValueError, match="neither smtp nor smtps"):
        Environment(mail_url=SecretStr("http://mail")).mail()
