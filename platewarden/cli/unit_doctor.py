"""unit doctor: everything a shift hangs on, in one table."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)


@app.command()
def doctor(
    *,
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="This unit's own folder: its key, lists and spool.")],
    source: Annotated[
        list[Path] | None, typer.Option(metavar="PATH", help="A camera's folder, file or device to try; may be given again.")
    ] = None,
    engine: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which engine's speed is measured; the unit's own when left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: findings, each with what, state, says and do.")] = False,
) -> None:
    """Look at everything that a shift hangs on: each line is ok, look, or broken, with what to do.

    Works with no network, and while the unit runs. Nothing is changed by looking. Exit status 1 when a line is broken.

    Example: platewarden unit doctor --data /var/lib/platewarden-unit --source photos
    """
    from platewarden.cli.unit_media import bar
    from platewarden.recognition.weights import keep_numpy_to

    keep_numpy_to(1)
    from platewarden.unit.doctor import State, examine

    with bar("Looking", sys.stderr) as progress:
        found = examine(data, source or [], at=datetime.now(UTC), timer=time.perf_counter, engine=engine, progress=progress)
    if as_json:
        print(json.dumps({"findings": [dataclasses.asdict(each) for each in found]}))
    else:
        width = max(len(each.what) for each in found)
        for each in found:
            print(f"{each.state.value:6}  {each.what:{width}}  {each.says}")
            if each.do:
                print(f"{'':6}  {'':{width}}  -> {each.do}")
    if any(each.state is State.BROKEN for each in found):
        raise typer.Exit(1)
