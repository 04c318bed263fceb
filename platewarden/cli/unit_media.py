"""unit export, unit import: by portable medium what the line cannot carry."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

app = typer.Typer(no_args_is_help=True)

Data = Annotated[Path, typer.Option("--data", metavar="DIR", help="This unit's own folder: its key, lists and spool.")]
Medium = Annotated[Path, typer.Argument(metavar="MEDIUM", help="The folder where the medium is mounted.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object: written, already_there, freed, waiting.")]


@app.command()
def export(medium: Medium, *, data: Data, as_json: AsJson = False) -> None:
    """Write the reads that wait here onto a portable medium, sealed to the office as they are.

    Nothing is forgotten by it: the office's receipts come back on the same medium, and only they free a read. An export
    takes the receipts that it finds first. Pulled out in the middle, or full? Run it again; it goes on where it stopped.
    Stop “platewarden unit run” before.

    Example: platewarden unit export /media/stick --data /var/lib/platewarden-unit
    """
    from platewarden.unit import medium as media

    with _spool(data) as (enrolment, spool), bar("Writing", sys.stderr) as progress:
        carried = media.export(medium, enrolment=enrolment, spool=spool, clock=lambda: datetime.now(UTC), progress=progress)
    _print(
        carried,
        f"{carried.written} messages are written, {carried.already_there} were there already, {carried.freed} are receipted and freed."
        " Next, at the office: platewarden import",
        as_json=as_json,
    )


@app.command("import")
def import_(medium: Medium, *, data: Data, as_json: AsJson = False) -> None:
    """Take the office's receipts off a portable medium, and forget what they name.

    Example: platewarden unit import /media/stick --data /var/lib/platewarden-unit
    """
    from platewarden.unit import medium as media

    with _spool(data) as (enrolment, spool):
        carried = media.take_receipts(medium, enrolment=enrolment, spool=spool)
    _print(carried, f"{carried.freed} messages are receipted and freed, {carried.waiting} still wait.", as_json=as_json)


@contextmanager
def _spool(data: Path) -> Iterator[tuple[Any, Any]]:
    from platewarden.unit.config import load_config
    from platewarden.unit.enrolment import SPOOL, load_enrolment
    from platewarden.unit.spool import Spool

    config = load_config(data)
    enrolment = load_enrolment(data, config)
    with closing(Spool.open(data / SPOOL, seal=enrolment.seal, limit_bytes=config.spool_limit_mb * 1_000_000)) as spool:
        yield enrolment, spool


@contextmanager
def bar(what: str, screen: TextIO) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal; nothing where nobody sees it."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(file=screen), transient=True, disable=not screen.isatty()) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)


def _print(carried: Any, words: str, *, as_json: bool) -> None:
    print(json.dumps(dataclasses.asdict(carried)) if as_json else words)
