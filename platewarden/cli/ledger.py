"""ledger verify, checkpoint, key, publish: does the book hold, and what can somebody outside keep of it?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from platewarden.cli.server import Data, data_folder, start_django, tell

app = typer.Typer(no_args_is_help=True)


@app.command()
def verify(
    data: Data = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Recompute the whole ledger: every leaf, every signed checkpoint, every content. Shows no content.

    Example: platewarden ledger verify

    Exit status 0 when it holds, 1 when something was altered, removed or slipped in: then it says what.
    """
    checked = _check(data_folder(data))
    if json_:
        print(json.dumps({"holds": checked["holds"], **checked}))
    else:
        print(
            f"{checked['leaves']} leaves under {checked['checkpoints']} signed checkpoints, {checked['unsealed']} not sealed yet."
        )
        print("The ledger holds." if checked["holds"] else "The ledger does NOT hold. Tell the Administrative Supervisor.")
        for sentence in checked["wrong"]:
            print(f"  {sentence}")
    if not checked["holds"]:
        raise typer.Exit(1)


def _check(folder: Path) -> dict[str, Any]:
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "worker")
        from platewarden.server.ledger.chain import check

        found = check()
    return {
        "holds": found.holds,
        "leaves": found.leaves,
        "checkpoints": found.checkpoints,
        "unsealed": found.unsealed,
        "root": found.root.hex(),
        "wrong": [each.sentence for each in found.wrong],
    }


@app.command()
def checkpoint(data: Data = None) -> None:
    """Print the newest signed checkpoint (C2SP signed note). Whoever keeps it can prove later that nothing before it changed.

    Example: platewarden ledger checkpoint > for-the-auditor.txt
    """
    from platewarden.policy.refusal import Unavailable
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "worker")
        from platewarden.server.ledger.chain import newest_checkpoint

        note = newest_checkpoint()
    if note is None:
        raise Unavailable("Nothing is sealed yet. Start the server, then ask again.")
    print(note, end="")


@app.command()
def key(data: Data = None) -> None:
    """Print the ledger's public key. Give it to whoever is to check the ledger, by a way of its own: on paper, in a letter, on the city's page.

    Example: platewarden ledger key > ledger-key.txt
    """
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "worker")
        from platewarden.server.ledger.chain import verifier

        print(verifier())


@app.command()
def publish(
    folder: Annotated[Path, typer.Argument(help="A folder of its own, such as one that a web server gives out.")],
    data: Data = None,
    entries: Annotated[
        bool,
        typer.Option(
            "--entries", help="Also the text of every line: when, which act, which member. For an auditor, not for the public."
        ),
    ] = False,
) -> None:
    """Write the sealed ledger to a folder that outsiders can check with tools/verify.py: hashes, signed checkpoints, the key.

    Example: platewarden ledger publish published

    Repeat it as often as you like: files that are full never change. Refused when the folder says what today's ledger does not.
    """
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    office = data_folder(data)
    with database_of(ServerConfig.load(office), say=tell):
        start_django(office, "worker")
        from platewarden.server.ledger.publish import publish as published

        told = published(folder, entries=entries)
    print(f"{told.size} lines are published in {folder}, root {told.root.hex()}; {told.files} files are new.")
