"""retention: what is due, the purge, and its certificates."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platewarden.cli.server import Data, data_folder, start_django, tell

if TYPE_CHECKING:
    from platewarden.server.retention.models import Certificate

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)


@app.command()
def preview(
    data: Data = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a day and kind, one a line.")] = False,
) -> None:
    """Say what the next purge would end, and how much of it a hold spares. Nothing is purged.

    Example: platewarden retention preview

    Exit status 1 when something is overdue: due for more than a day, and still there.
    """
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.people.editions import department
        from platewarden.server.retention.clock_watch import must_believe
        from platewarden.server.retention.purge import days_due, days_overdue
        from platewarden.server.retention.schedule import would_end

        counted = {(each.kind, each.day): each for each in would_end(department().retention_days)}
        due, overdue = days_due(), {(each.kind, each.day) for each in days_overdue()}
        refusal = must_believe()
    for each in due:
        found = counted.get((each.kind, each.day))
        rows, held = (found.rows, found.held) if found else (0, 0)
        is_overdue = (each.kind, each.day) in overdue
        if json_:
            print(
                json.dumps(
                    {
                        "kind": each.kind.value,
                        "day": each.day.isoformat(),
                        "due_at": each.since.isoformat(),
                        "rows": rows,
                        "held": held,
                        "overdue": is_overdue,
                    }
                )
            )
        else:
            print(f"{each.day}  {each.kind.label:36} {rows:>9} rows, {held} held{'  OVERDUE' if is_overdue else ''}")
    if not due and not json_:
        print("Nothing is due.")
    if refusal is not None:
        tell(refusal.because)
    if overdue:
        raise typer.Exit(1)


@app.command()
def purge(
    data: Data = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object: what the certificate says in short.")] = False,
) -> None:
    """End every day that is due, now, as the night round does; a purge that was cut goes on. Prints its certificate's number.

    Example: platewarden retention purge

    Nobody chooses what is purged: the schedule, the holds and the clock do, and the database asks them again for each day.
    """
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "worker")
        from platewarden.server.ledger.chain import Sealer
        from platewarden.server.retention.models import Certificate
        from platewarden.server.retention.purge import run

        _with_a_bar(run(Sealer(), asked_by="the installer at the server's console"))
        made = Certificate.objects.order_by("-pk")[0]
    if json_:
        print(json.dumps({"certificate": made.pk, "purged": made.purged, "spared": made.spared}))
    else:
        print(f"Certificate {made.pk}: {made.purged} purged, {made.spared} spared.")


def _with_a_bar(left: Iterator[int]) -> None:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        first = next(left)
        task = bar.add_task("Days that end", total=first or 1)
        for now_left in left:
            bar.update(task, completed=max(first - now_left, 0))


@app.command()
def certificate(
    number: Annotated[int | None, typer.Argument(help="Which one. Without it: the list of all.", show_default=False)] = None,
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it to a file instead of standard output.")] = None,
    data: Data = None,
) -> None:
    """Print a certificate, as it was signed; check it with tools/verify.py --certificate. Example: platewarden retention certificate 41"""
    from platewarden.policy.refusal import Malformed, Unknown
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.retention.models import Certificate

        if number is None:
            for each in Certificate.objects.select_related("purge").order_by("pk"):
                print(_line(each))
            return
        found = Certificate.objects.filter(pk=number).first()
        if found is None:
            raise Unknown(f"There is no certificate {number}. Without a number, all are listed.")
    if to is None:
        sys.stdout.write(found.note)
        return
    try:
        with to.open("x", encoding="utf-8") as file:
            file.write(found.note)
    except OSError as error:
        raise Malformed(f"{to} cannot be written ({error.strerror}). Name another file.") from error
    tell(f"Certificate {number} is in {to}.")


def _line(each: Certificate) -> str:
    return f"{each.pk:6}  {each.made_at:%Y-%m-%d %H:%M} UTC  {each.purged:>10} purged  {each.spared:>7} spared  asked by {each.purge.asked_by}"
