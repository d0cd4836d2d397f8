"""``rongxin quickstart``, and the parts it starts: web, worker and scheduler."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Annotated, Final

import typer

from rongxin.cli.django import start

Port = Annotated[int, typer.Option(help="port to listen on", envvar="RONGXIN_PORT")]
Host = Annotated[str, typer.Option(help="address to listen on", envvar="RONGXIN_LISTEN")]
GRACE_SECONDS: Final = 15


def migrate() -> None:
    """Create or upgrade the tables and gather the static files; as RONGXIN_OWNER_URL grant the serving role what it needs."""
    from config.environment import environment

    serving = environment.database_url
    environment.database_url = environment.owner_url or serving
    start()
    from django.core.checks import Tags
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError

    from rongxin.storage.serving import NoServingRole, ServingRole, grant_to

    try:
        call_command("check", tags=[Tags.database], databases=["default"])
    except SystemCheckError as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from None
    call_command("migrate", verbosity=0, interactive=False)
    if environment.owner_url:
        try:
            grant_to(ServingRole.of(serving))
        except NoServingRole as missing:
            typer.echo(
                f"没有数据库角色 {missing}，表的属主也无权新建。请管理员执行：CREATE ROLE {missing} LOGIN PASSWORD '…'；"
                "然后再运行 rongxin migrate。\n"
                "There is no such database role, and the owner may make none: let a superuser make it and migrate again.",
                err=True,
            )
            raise typer.Exit(1) from None
    call_command("collectstatic", verbosity=0, interactive=False)


def serve(host: Host = "127.0.0.1", port: Port = 8000, workers: int = 2) -> None:
    """Serve the pages."""
    from config.environment import environment

    if environment.database_url:
        _start_to_serve()
    command = ["granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers)]
    program = Path(sys.executable).with_name("granian")
    os.execv(
        program,
        [
            *command,
            "--no-ws",
            "--blocking-threads",
            str(os.cpu_count() or 2),
            "--log-level",
            "warning",
            "config.wsgi:application",
        ],
    )


def worker() -> None:
    """Do background work until told to stop; start as many as there are cores to spare."""
    _start_to_serve()
    from rongxin.jobs.worker import Worker

    Worker(("default", "bulk")).run()


def scheduler() -> None:
    """Enqueue what is due by the schedules in config/jobs.py; two of them do no harm. A database file is read into memory first,
    and the ledger is told what the platform runs with.
    """
    _start_to_serve()
    from rongxin.jobs.scheduler import Scheduler
    from rongxin.ledger.configuration import tell_configuration
    from rongxin.storage.askers import PLATFORM, asks
    from rongxin.storage.warming import warm_beside

    warm_beside()
    with asks(PLATFORM):
        tell_configuration()
    Scheduler().run()


def quickstart(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    subjects: Annotated[int, typer.Option(help="made-up enterprises to begin with")] = 1200,
) -> None:
    """Migrate, load packs and made-up data, then serve web, worker and scheduler from this one terminal."""
    if _taken(host, port):
        typer.echo(f"端口 {port} 已被占用。请改用：RONGXIN_PORT={port + 1} make run", err=True)
        raise typer.Exit(1)
    from config.environment import environment

    if "RONGXIN_DEMO" not in os.environ:
        # For the three processes; this one read its environment when it began.
        os.environ["RONGXIN_DEMO"] = "1"
        environment.demo = True
    if environment.demo:
        # Mails and SMS of a demonstration are laid down as files, to be looked at.
        for name, value in (("MAIL_URL", "file:"), ("MAIL_FROM", "platform@example.gov.cn"), ("SMS_URL", "file:")):
            os.environ.setdefault(f"RONGXIN_{name}", value)
    typer.echo("准备数据库……")
    if environment.owner_url:
        # Migrating is the owner's, in a process of its own; everything else here is the serving role's.
        subprocess.run([sys.executable, "-m", "rongxin.cli", "migrate"], check=True)
        _start_to_serve()
    else:
        _start_to_serve()
        migrate()
    from rongxin.cli.demonstration import PASSWORD, prepare

    logins = prepare(subjects=subjects)
    family = [
        subprocess.Popen([sys.executable, "-m", "rongxin.cli", *part])
        for part in (["serve", "--host", host, "--port", str(port)], ["worker"], ["scheduler"])
    ]
    _wait_until_up(host, port, family[0])
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0") else host  # noqa: S104
    typer.echo(f"\n榕信 · {environment.platform_name}（示例数据）\n")
    typer.echo(f"  公众门户    http://{shown}:{port}/")
    typer.echo(f"  部门工作台  http://{shown}:{port}/desk/")
    typer.echo(f"  企业窗口    http://{shown}:{port}/enterprise/")
    typer.echo(f"  平台管理    http://{environment.admin_host or shown}:{port}/administration/")
    for username, role in logins:
        typer.echo(f"    {role:<6}  用户名 {username}  密码 {PASSWORD}")
    typer.echo("  密码之后还要一个验证码：演示平台把它显示在登录页上。")
    typer.echo("\n按 Ctrl-C 停止。")
    raise typer.Exit(_attend(family))


def _start_to_serve() -> None:
    """Set Django up; on PostgreSQL refuse a role that stands above the policies, with what to do, and one that cannot be told
    because the database is away: a supervisor starts again. Exit status 1.
    """
    start()
    from django.db import OperationalError, connection

    from rongxin.storage.serving import HINT, UnsafeRole, demand_serving_role

    try:
        demand_serving_role()
    except UnsafeRole as unsafe:
        typer.echo(f"不能启动：{'；'.join(unsafe.args)}。\n{HINT}", err=True)
        raise typer.Exit(1) from None
    except OperationalError as away:
        typer.echo(f"数据库没有应答，不能确定角色，因此没有启动。The database does not answer: {away}", err=True)
        raise typer.Exit(1) from None
    finally:
        connection.close()


def _taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _wait_until_up(host: str, port: int, web: subprocess.Popen[bytes]) -> None:
    while web.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.1)


def _attend(family: list[subprocess.Popen[bytes]]) -> int:
    """Wait until told to stop or one of the three ends, then end the others gently. Returns the exit status."""
    stopping = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping and all(part.poll() is None for part in family):
        time.sleep(0.2)
    failed = [] if stopping else [part for part in family if part.poll() is not None]
    for part in family:
        if part.poll() is None:
            part.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for part in family:
        try:
            part.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            part.kill()
    for part in failed:
        typer.echo(f"{part.args!r} ended with {part.returncode}", err=True)
    return 1 if failed else 0
