"""lab-data: a made-up city with known answers, for trying searches and for measuring them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)


@app.command("lab-data")
def lab_data(
    folder: Annotated[Path, typer.Argument(help="Where to write; a folder that is empty or not there yet.")],
    reads: Annotated[int, typer.Option("--reads", help="How many reads in all.")] = 60_000,
    days: Annotated[int, typer.Option("--days", help="Over how many days.")] = 1,
    seed: Annotated[int, typer.Option("--seed", help="The same number makes the same city.")] = 427,
) -> None:
    """Make a synthetic city: streets, cameras, cars with habits, and what was read of them, misreads included.

    Writes reads.csv (with each read's true plate), vehicles.csv, roads.geojson and cameras.geojson. Nobody in it is real.

    Example: platewarden lab-data city --reads 60000 --days 7
    """
    from platewarden.bench.city import write

    made = write(folder, reads=reads, days=days, seed=seed)
    typer.echo(
        f"{made['reads']:,} reads of {made['days']} days in {folder}; {made['cars']:,} cars live there, {made['misread']:,} reads are misread."
    )
