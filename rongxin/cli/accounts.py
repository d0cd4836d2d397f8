"""``rongxin account`` and ``rongxin department``: who works with the platform."""

import getpass
import os
from typing import Annotated

import typer

from rongxin.cli.django import start

app = typer.Typer(no_args_is_help=True, help="工作人员账号。Accounts of officers.")
departments = typer.Typer(no_args_is_help=True, help="单位。Departments.")


@app.command("open")
def open_account(
    username: str,
    department: Annotated[str, typer.Option(help="code of the department")],
    role: Annotated[str, typer.Option(help="a role of the permission matrix, e.g. clerk, reviewer, city_office")],
    display_name: Annotated[str, typer.Option(help="name or staff number shown beside decisions")],
) -> None:
    """Open an account; its bearer sets the second factor up at the first login.

    The password comes from RONGXIN_NEW_PASSWORD or is asked for; it is never an argument.
    """
    start()
    from django.core.exceptions import ValidationError
    from django.db import IntegrityError

    from rongxin.accounts import actions
    from rongxin.accounts.models import STAFF_ROLES
    from rongxin.accounts.permissions import Role
    from rongxin.departments.queries import NoSuchDepartment
    from rongxin.departments.queries import department as find

    password = os.environ.get("RONGXIN_NEW_PASSWORD") or getpass.getpass("Password: ")
    try:
        actions.open_account(
            username, password, display_name=display_name, department=find(department), role=Role(role)
        )
    except ValidationError as error:
        raise typer.BadParameter("；".join(error.messages)) from error
    except NoSuchDepartment as error:
        raise typer.BadParameter(f"no department {department}; see rongxin department list") from error
    except ValueError as error:
        raise typer.BadParameter(f"role is one of {', '.join(STAFF_ROLES)}") from error
    except IntegrityError as error:
        raise typer.BadParameter(f"{username} exists already") from error
    typer.echo(f"{username} ({role}, {department})")


@app.command("invite")
def invite(
    username: str,
    department: Annotated[str, typer.Option(help="code of the department")],
    role: Annotated[str, typer.Option(help="a role of the permission matrix that works here")],
    display_name: Annotated[str, typer.Option(help="name or staff number shown beside decisions")],
) -> None:
    """Open an account that its bearer completes with the one-time link that is printed once."""
    start()
    from django.db import IntegrityError

    from rongxin.accounts import keeping
    from rongxin.accounts.models import STAFF_ROLES
    from rongxin.accounts.permissions import Role
    from rongxin.departments.queries import NoSuchDepartment
    from rongxin.departments.queries import department as find
    from rongxin.entrance.hosts import link_for

    try:
        account, word = keeping.invite(
            None, username, display_name=display_name, department=find(department), role=Role(role)
        )
    except NoSuchDepartment as error:
        raise typer.BadParameter(f"no department {department}; see rongxin department list") from error
    except ValueError as error:
        raise typer.BadParameter(f"role is one of {', '.join(STAFF_ROLES)}") from error
    except IntegrityError as error:
        raise typer.BadParameter(f"{username} exists already") from error
    typer.echo(link_for(account, word))


@app.command("reset-second-factor")
def reset_second_factor(
    username: str,
    reason: Annotated[str, typer.Option(help="kept in the log and told to the bearer at the next login")],
) -> None:
    """Void the second factor and the password of an account, and print the one-time link that sets both anew.

    For the security administrator who lost everything; others are helped by a security administrator.
    """
    start()
    from rongxin.accounts import keeping
    from rongxin.accounts.models import Account
    from rongxin.entrance.hosts import link_for

    account = Account.objects.select_related("department").filter(username=username).first()
    if account is None or account.ended_at is not None:
        raise typer.BadParameter(f"no account {username} in use")
    typer.echo(link_for(account, keeping.reset_second_factor(None, account, reason)))


@app.command("key")
def make_key(
    username: str,
    label: Annotated[str, typer.Option(help="what the key is for, shown beside it")],
) -> None:
    """Make a key with which a department's system speaks for the account. It is printed once and kept as a digest only."""
    start()
    from rongxin.accounts import keys
    from rongxin.accounts.models import Account

    account = Account.objects.filter(username=username).first()
    if account is None:
        raise typer.BadParameter(f"no account {username}")
    try:
        typer.echo(keys.make_key(account, label=label))
    except ValueError as error:
        raise typer.BadParameter(f"{username} belongs to no department") from error


@app.command("end-key")
def end_key(prefix: Annotated[str, typer.Argument(help="the part of the key before the point")]) -> None:
    """The key is in use no longer."""
    start()
    from rongxin.accounts import keys
    from rongxin.accounts.models import MachineKey

    try:
        keys.end_key(prefix)
    except MachineKey.DoesNotExist as error:
        raise typer.BadParameter(f"no key begins with {prefix}") from error
    typer.echo(f"{prefix} 已停用")


@departments.command("enter")
def enter_department(
    code: str,
    name: str,
    region: Annotated[str, typer.Option(help="division code, e.g. 350102")],
    short_name: str = "",
    uscc: str = "",
) -> None:
    """Enter a department, or bring the one with this code up to date."""
    start()
    from rongxin.departments import actions

    actions.enter(code, name, region=region, short_name=short_name, uscc=uscc)
    typer.echo(f"{code}\t{name}\t{region}")


@departments.command("list")
def list_departments() -> None:
    """Print every department: code, name, region."""
    start()
    from rongxin.departments.queries import providers

    for found in providers():
        typer.echo(f"{found.code}\t{found.name}\t{found.region}")
