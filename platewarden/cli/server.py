"""setup, serve, worker, migrate, status: a server from the first day on."""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True)

Data = Annotated[
    Path | None, typer.Option("--data", help="The data folder. Default: the usual one of this machine.", show_default=False)
]


def data_folder(given: Path | None) -> Path:
    from platewarden.server.config import usual_data

    return (given or usual_data("server")).absolute()


def start_django(data: Path, process: str) -> None:
    """Makes this process one of the server's, with that one's database login."""
    import django

    os.environ["PLATEWARDEN_DATA"] = str(data)
    os.environ["PLATEWARDEN_PROCESS"] = process
    os.environ["DJANGO_SETTINGS_MODULE"] = "platewarden.server.settings"
    django.setup()


def tell(text: str) -> None:
    print(text, file=sys.stderr)


@app.command()
def setup(
    supervisor: Annotated[str, typer.Option(help="The Administrative Supervisor as “NUMBER Name”.")] = "",
    approver: Annotated[str, typer.Option(help="The second approver (designee) as “NUMBER Name”.")] = "",
    trained_on: Annotated[str, typer.Option(help="The day both completed the approved training, such as 2026-03-01.")] = "",
    data: Data = None,
    database_url: Annotated[
        str,
        typer.Option(help="The department's PostgreSQL, such as postgresql://db.example.org/platewarden. Without it: embedded."),
    ] = "",
    sql: Annotated[
        bool, typer.Option("--sql", help="Print the one script that a database administrator runs once, and stop.")
    ] = False,
    department: Annotated[
        Path | None, typer.Option(help="The department's policy file. Default: the template in the package.")
    ] = None,
) -> None:
    """Make a server: database, keys, the department's policy, its first two members.

    Example: platewarden setup --supervisor "1001 Dana Whitfield" --approver "1002 Luis Ortega" --trained-on 2026-03-01

    It can be run again after an interruption and goes on. The one-time credentials are printed once and kept nowhere.
    """
    from platewarden.policy.refusal import Malformed
    from platewarden.server.database.setup import set_up, setup_sql
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    if sql:
        print(setup_sql(folder, database_url, say=tell))
        return
    first, second = _named(supervisor, "--supervisor"), _named(approver, "--approver")
    try:
        day = date.fromisoformat(trained_on)
    except ValueError as error:
        raise Malformed("Say with --trained-on when both completed the training, such as 2026-03-01.") from error
    config = set_up(folder, database_url or None, say=tell)
    with database_of(config, say=tell):
        handed = _first_members(folder, department, first, second, day)
        for number, credentials in handed.items():  # at once: they are kept nowhere, and stopping the database takes a while
            print(f"{number}  password {credentials.password}", flush=True)
    tell(f"Set up. Now run: platewarden serve --data {folder}")


def _named(given: str, option: str) -> tuple[str, str]:
    from platewarden.policy.refusal import Malformed

    number, _, name = given.strip().partition(" ")
    if not number or not name.strip():
        raise Malformed(f"Say with {option} who it is, number first, such as {option} “1001 Dana Whitfield”.")
    return number, name.strip()


def _first_members(
    folder: Path, department: Path | None, first: tuple[str, str], second: tuple[str, str], day: date
) -> dict[str, Any]:
    from platewarden.policy.department import load_department

    start_django(folder, "owner")
    from platewarden.server.people.first_setup import FirstMember, set_up_department
    from platewarden.server.people.models import Duty

    return set_up_department(
        load_department(department).text,
        FirstMember(*first, Duty.SUPERVISOR, day),
        FirstMember(*second, Duty.DESIGNEE, day),
    )


@app.command()
def migrate(data: Data = None) -> None:
    """Bring the database to this version. Example: platewarden migrate"""
    from platewarden.server.config import ServerConfig
    from platewarden.server.database.setup import migrate_apart
    from platewarden.server.serve import database_of

    config = ServerConfig.load(data_folder(data))
    with database_of(config, say=tell):
        migrate_apart(config)
    tell("The database is at this version.")


@app.command()
def serve(data: Data = None) -> None:
    """Serve the pages and the door for cars, and run the worker. Example: platewarden serve

    Ends cleanly on Ctrl-C or SIGTERM. Listens on loopback unless config.toml says otherwise.
    """
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of, keep_running, serving

    folder = data_folder(data)
    config = ServerConfig.load(folder)
    stopping = False

    def stop(_signal: int, _frame: Any) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with database_of(config, say=tell), serving(config) as processes:
        tell(f"Serving pages at {config.public_origin} and cars on port {config.intake_port}. Ctrl-C ends it.")
        keep_running(processes, until=lambda: stopping, say=tell)


@app.command()
def worker(data: Data = None) -> None:
    """Run the jobs: sealing the ledger, opening days, rosters, editions. `serve` starts one; more than one is harmless.

    Example: platewarden worker
    """
    start_django(data_folder(data), "worker")
    from platewarden.server.jobs import run

    run()


@app.command()
def status(
    data: Data = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Say how the server is: database, ledger, editions, units, jobs, disk, and what is red.

    Example: platewarden status --json

    Exit status 1 when something is red. The server's monitoring asks the same over HTTP: /watch/figures.
    """
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.clock import now
        from platewarden.server.status import red, status_now

        facts = status_now()
        wrong = red(facts, now())
    if json_:
        print(json.dumps({**facts, "red": wrong}, default=str))
    else:
        jobs = facts.pop("jobs_done_at")
        for name, value in (facts | {f"{job}, done at": done_at for job, done_at in jobs.items()}).items():
            print(f"{name.replace('_', ' '):<32} {value}")
        for sentence in wrong:
            print(f"RED: {sentence}")
    if wrong:
        raise typer.Exit(1)
