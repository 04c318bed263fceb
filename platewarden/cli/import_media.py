"""import: what a unit wrote onto a portable medium, taken in through the door for cars; receipts go back onto it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from platewarden.cli.people import By, signed_in
from platewarden.cli.server import Data, data_folder, start_django, tell

app = typer.Typer(no_args_is_help=True)


@app.command("import")
def import_(
    medium: Annotated[Path, typer.Argument(metavar="MEDIUM", help="The folder where the medium is mounted.")],
    by: By,
    data: Data = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object: units, receipted, wrong.")] = False,
) -> None:
    """Take in the reads that units wrote onto a portable medium, and write the receipts for them onto it.

    The same as if they had come over the network: each message goes through this server's door for cars, which must be
    running, and is kept once. Take the medium back to its unit, and run “platewarden unit import” there: only the
    receipts let the unit forget. Interrupted? Run the same command again.

    Who did it, which medium, how many messages and how many were not taken is a line of the ledger.

    Example: platewarden import /media/stick --by 1042

    Exit status 1 when a file was not taken: changed, cut, or of a unit that is not enrolled. The rest is taken all the same.
    """
    from platewarden.cli.unit_media import bar
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    config = ServerConfig.load(folder)
    with database_of(config, say=tell):
        start_django(folder, "web")
        from platewarden.server.unit_api.media import Door, import_medium

        member = signed_in(by)
        with bar("Taking in", sys.stderr) as progress:
            taken = import_medium(medium, Door(config), by=member, progress=progress)
    for sentence in taken.wrong:
        tell(sentence)
    if json_:
        print(json.dumps({"units": taken.units, "receipted": taken.receipted, "wrong": taken.wrong}))
    else:
        print(f"{taken.receipted} messages of {taken.units} units are receipted; the receipts are on the medium.")
        if taken.wrong:
            print(f"{len(taken.wrong)} were not taken; see above.")
    if taken.wrong:
        raise typer.Exit(1)
