"""witness init, run, verify: the outsider's side of the ledger."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platewarden.policy.refusal import Malformed, Unavailable

if TYPE_CHECKING:
    from platewarden.transparency.note import NoteVerifier

app = typer.Typer(no_args_is_help=True)

State = Annotated[Path, typer.Option("--state", help="The witness's own folder: its key, what it has seen, what it signed.")]
Log = Annotated[str, typer.Option("--key", help="The department's ledger key, or a file with it. Get it by a way of its own.")]


@app.command()
def init(state: State, name: Annotated[str, typer.Option("--name", help="Who signs, such as auditor.example.org.")]) -> None:
    """Make a witness: a key that never leaves this machine. Prints the public key; give it to the department and to everybody who asks.

    Example: platewarden witness init --state witness --name auditor.example.org
    """
    from platewarden.witness.watch import make_key

    print(make_key(state, name))


@app.command()
def run(
    place: Annotated[str, typer.Argument(help="Where the ledger is published: an https address, or a folder.")],
    *,
    key: Log,
    state: State,
    every: Annotated[int, typer.Option("--every", min=1, help="Seconds between two looks.")] = 300,
    once: Annotated[bool, typer.Option("--once", help="One look, for a timer of your own.")] = False,
) -> None:
    """Watch a ledger: see that it only grows, sign that it does, raise an alarm when it does not.

    Example: platewarden witness run https://ledger.example.org --key ledger-key.txt --state witness

    An alarm ends it with exit status 1 and keeps both checkpoints. A place that cannot be reached, or gives half a file, is said and asked again.
    """
    from platewarden.witness.place import place_of
    from platewarden.witness.watch import Witness

    witness = Witness(state, _key(key), lambda: datetime.now(UTC))
    where = place_of(place)
    while True:
        try:
            seen = witness.round(where)
        except (Unavailable, Malformed) as trouble:
            if once:
                raise
            typer.echo(trouble.message, err=True)
        else:
            since = "the first look" if seen.before is None else f"{seen.size - seen.before} more than at the last look"
            print(f"{seen.size} lines, {since}. Signed: {seen.cosigned}", flush=True)
        if once:
            return
        time.sleep(every)


@app.command()
def verify(
    checkpoint: Annotated[Path, typer.Argument(help="A checkpoint that a witness signed.")],
    *,
    key: Log,
    witness: Annotated[str, typer.Option("--witness", help="The witness's public key, or a file with it.")],
) -> None:
    """Say which ledger a checkpoint is of, and when the witness signed it.

    Example: platewarden witness verify witness/cosigned/1234 --key ledger-key.txt --witness auditor-key.txt
    """
    from platewarden.policy.refusal import Unknown
    from platewarden.transparency.checkpoint import Checkpoint
    from platewarden.transparency.cosignature import CosignerKey, cosigned_at

    note, auditor = _read(checkpoint), CosignerKey.parse(_written(witness))
    said = Checkpoint.of_note(note, _key(key))
    at = cosigned_at(note, auditor)
    if at is None:
        raise Unknown(f"{auditor.name} has not signed this checkpoint. Ask the witness for theirs.")
    print(f"{said.size} lines of {said.origin}, signed by {auditor.name} on {at:%Y-%m-%d at %H:%M:%S} UTC.")


def _key(given: str) -> NoteVerifier:
    from platewarden.transparency.note import NoteVerifier

    return NoteVerifier.parse(_written(given))


def _written(given: str) -> str:
    return given if "+" in given and not Path(given).exists() else _read(Path(given))


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(f"{path} cannot be read. Name a file that can.") from error
