"""alerts dispatch: the stops of the dispatch system beside what was recorded of the alerts they followed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from platewarden.cli.people import By, signed_in
from platewarden.cli.server import Data, data_folder, start_django, tell

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)
alerts = typer.Typer(no_args_is_help=True, help="Compare the stops of dispatch with what was recorded.")
app.add_typer(alerts, name="alerts")


@alerts.callback()
def together() -> None:
    """Compare the stops of dispatch with what was recorded."""


@alerts.command()
def dispatch(
    file: Annotated[Path, typer.Argument(help="CSV of the dispatch system: number, at, plate, state, unit.")],
    by: By,
    reference: Annotated[
        str, typer.Option("--case", help="The case or action number of the look that this is, such as 26-004117.")
    ],
    purpose: Annotated[str, typer.Option(help="The purpose of the look that this is.")] = "criminal-investigation",
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    data: Data = None,
) -> None:
    """Take a file of stops whole, or refuse it with its line numbers, and say which followed an alert that has no stop.

    Example: platewarden alerts dispatch stops.csv --by 1001 --case 26-004117

    Exit status 1 when a stop waits for the supervisor's review.
    """
    from platewarden.policy.refusal import Malformed
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    try:
        content = file.read_bytes()
    except OSError as error:
        raise Malformed(f"{file} cannot be read: {error.strerror}.") from error
    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.access.console import person_at_console
        from platewarden.server.access.purpose import state_purpose
        from platewarden.server.alerts.stops import not_recorded, reconcile, without_alert

        with person_at_console(signed_in(by)) as request:
            state_purpose(request, name=purpose, reference=reference)
            taken = reconcile(request, content)
        waiting = [(each.number, each.alert.pk) for each in not_recorded() if each.alert]
        apart = without_alert().count()
    if json_:
        found = {"new": taken.new, "known": taken.known, "followed": taken.followed, "without_alert": apart}
        print(json.dumps({**found, "to_review": [{"stop": number, "alert": alert} for number, alert in waiting]}))
    else:
        print(f"{taken.new} stops are new, {taken.known} were here already; {taken.followed} followed an alert.")
        for number, alert in waiting:
            print(f"Stop {number} followed alert {alert}, which has no stop. It waits for the supervisor's review.")
    if waiting:
        raise typer.Exit(1)
