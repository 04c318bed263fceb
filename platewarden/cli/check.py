"""check: every clause of the policy, whether it is kept today, and the records behind it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platewarden.cli.server import Data, data_folder, start_django, tell
from platewarden.durable import put
from platewarden.policy.refusal import Unavailable

if TYPE_CHECKING:
    from platewarden.server.proof.check import Checked

__all__ = ["app"]

app = typer.Typer()

COLOURS = {"kept": "green", "at risk": "yellow", "broken": "bold red", "no data": "dim"}


@app.command()
def check(
    data: Data = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Also the counts of clauses that are kept.")] = False,
    bundle: Annotated[Path | None, typer.Option(help="A new folder: everything an outsider needs to make the table again.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Also write the table as a PDF into this file.")] = None,
) -> None:
    """Say of every clause whether it is kept, at risk, broken, or without data, from counts over live records. Changes nothing.

    Example: platewarden check

    With --bundle it also writes the rows that were counted, without names, signed: the outsider's `tools/verify.py --bundle` makes the same
    table from them. Shows no plate, no search and no case number: records are named by their numbers. It may run while cars send. Exit status 1 when a clause is broken.
    """
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "worker")
        from platewarden.server.proof.bundle import write_bundle
        from platewarden.server.proof.check import State, as_json
        from platewarden.server.proof.check import check as check_all

        found = write_bundle(bundle).table if bundle else check_all()
        table = as_json(found)
        if pdf:
            from platewarden.server.proof.papers import policy_pdf

            paper = policy_pdf(found, made_by="the server's console", ledger="The whole ledger was recomputed for it.")
            try:
                put(pdf, paper, mode=0o644)
            except OSError as error:
                raise Unavailable(f"{pdf} cannot be written ({error.strerror}). Name another file.") from error
    if json_:
        print(json.dumps(table))
    else:
        _print(found, every=every)
        if bundle:
            tell(f"Written to {bundle}. Give it away with the ledger's key: `platewarden ledger key`.")
    if table["counts"][State.BROKEN.value]:
        raise typer.Exit(1)


def _print(found: list[Checked], *, every: bool) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for each in found:
        line = Text(f"{each.number:<9} {each.clause.value:<26} ")
        console.print(line.append(each.state.value, COLOURS[each.state.value]))
        for row in each.rows:
            if every or row.wrong or row.late:
                console.print(Text(f"          {row.said}", COLOURS[row.state.value]))
            if row.wrong or row.late:
                console.print(Text(f"            first: {row.first}\n            {row.todo}"))
    counts = [f"{sum(each.state == state for each in found)} {state}" for state in COLOURS]
    console.print(f"{len(found)} clauses: {', '.join(counts)}.")
