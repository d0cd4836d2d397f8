"""Logging in for tests: with both factors, as everybody does; in a real browser through the real pages."""

from typing import TYPE_CHECKING, Any

from django.test import Client

from rongxin.accounts.models import Account, CodeGenerator
from rongxin.accounts.one_time_codes import code_at, new_secret, present_step
from rongxin.accounts.sealing import seal, unseal
from rongxin.accounts.sessions import begin_session
from rongxin.entrance import sessions

if TYPE_CHECKING:
    from playwright.sync_api import Page

with_one_factor = Client.force_login
"""What Django itself does: a session of somebody who showed no second factor."""


def with_both_factors(client: Client, account: Any, backend: str | None = None) -> None:
    """A session as the pages of the login leave it, in the browser of ``client`` (header User-Agent)."""
    with_one_factor(client, account, backend or sessions.BACKEND)
    session = client.session
    request = type("Asked", (), {"session": session, "headers": {"User-Agent": _agent(client)}})()
    word = begin_session(Account.objects.get(pk=account.pk))
    sessions.mark(request, word)  # type: ignore[arg-type]
    session.save()


def _agent(client: Client) -> str:
    return str(client.defaults.get("HTTP_USER_AGENT", ""))


def give_generator(account: Account) -> str:
    """A generator of codes for the account; returns its secret."""
    from django.utils import timezone

    secret = new_secret()
    CodeGenerator.objects.update_or_create(
        account=account, defaults={"secret": seal(secret), "last_step": 0, "set_at": timezone.now()}
    )
    return secret


def next_code(account: Account) -> str:
    """A code of the account's generator that was not used yet, however fast the test is."""
    generator = CodeGenerator.objects.get(account=account)
    if generator.last_step > present_step():
        CodeGenerator.objects.filter(pk=generator.pk).update(last_step=0)
        generator.last_step = 0
    return code_at(unseal(generator.secret), max(present_step(), generator.last_step + 1))


def log_in(page: "Page", address: str, username: str, password: str) -> None:
    """In a browser: name and password, then the code, and the first page of the role."""
    account = Account.objects.get(username=username)
    if not CodeGenerator.objects.filter(account=account).exists():
        give_generator(account)
    page.goto(f"{address}/login")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.get_by_label("验证码").fill(next_code(account))
    page.get_by_role("button", name="验证", exact=True).click()
    page.wait_for_url(lambda url: "/login" not in url)
