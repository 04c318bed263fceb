"""unit pair: one patrol laptop sees the car's screen over the car's own network."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)


@app.command("pair")
def pair(
    *,
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="This unit's own folder: its key, lists and spool.")],
    laptop: Annotated[str, typer.Option(metavar="NAME", help="What people call the laptop.")] = "",
    to: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where the laptop's two files are written, best a stick.")
    ] = None,
    member: Annotated[str, typer.Option(metavar="NUMBER", help="Your member number.")] = "",
    secret_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File with your shift secret; asked for when left out.")
    ] = None,
    sticks: Annotated[
        str | None,
        typer.Option(metavar="FOLDERS", help="Where members' sticks are mounted, parted by colons; the unit's own when left out."),
    ] = None,
    end: Annotated[bool, typer.Option("--end", help="End the pairing at once instead, also while the unit runs.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object: laptop, address, until, files, passphrase; or ended.")
    ] = False,
) -> None:
    """Pair one laptop with this unit: it sees the car's screen over the car's network, by mutual TLS, and nobody else does.

    `car_network` in unit.toml says where. Whoever pairs may operate this unit: number, shift secret and stick, checked as at sign-on. Two
    files are written for the laptop's browser; their passphrase is shown once. The laptop that was paired before is answered no more.
    Stop `platewarden unit run` before; `--end` works while it runs.

    Example: `platewarden unit pair --data /var/lib/platewarden-unit --laptop "patrol 7" --to /media/stick --member 4417`
    """
    from platewarden.cli.unit import secret_of
    from platewarden.policy.refusal import Malformed
    from platewarden.unit import pairing as pairings
    from platewarden.unit.config import load_config
    from platewarden.unit.enrolment import SPOOL, load_enrolment
    from platewarden.unit.journal import Journal
    from platewarden.unit.roster import Roster
    from platewarden.unit.shift import Stated
    from platewarden.unit.spool import Spool
    from platewarden.unit.stick import find_key

    config = load_config(data)
    enrolment = load_enrolment(data, config)
    if end:
        ended = pairings.end(data)
        name = f"“{ended.laptop}”" if ended else "The laptop"
        print(json.dumps({"ended": ended.laptop if ended else None}) if as_json else f"{name} is answered no more.")
        return
    if not (laptop and to and member):
        raise Malformed("Give --laptop, --to and --member; or --end to end the pairing.")
    with closing(
        Spool.open(
            data / SPOOL,
            seal=enrolment.seal,
            limit_bytes=config.spool_limit_mb * 1_000_000,
            reserve_bytes=config.disk_reserve_mb * 1_000_000,
        )
    ) as spool:
        made, before, handed = pairings.pair(
            data,
            config,
            Roster(data, enrolment.find_key),
            Stated(member, secret_of(secret_file), purpose="", key=find_key(sticks or config.sticks, member)),
            laptop=laptop,
            to=to,
            at=datetime.now(UTC),
            journal=Journal(spool, enrolment.key),
            spool=spool,
        )
    if before is not None:
        print(f"“{before.laptop}”, paired on {before.paired_at:%Y-%m-%d}, is answered no more.", file=sys.stderr)
    if as_json:
        files = [str(handed.key_file), str(handed.authority_file)]
        until = made.until.isoformat()
        print(
            json.dumps({"laptop": laptop, "address": made.address, "until": until, "files": files, "passphrase": handed.passphrase})
        )
        return
    print(f"“{laptop}” is paired until {made.until:%Y-%m-%d}, at https://{made.address}")
    print(f"Its files: {handed.key_file} and {handed.authority_file}")
    print(f"Passphrase, shown this once: {handed.passphrase}")
    print("Next: import both into the laptop's browser, then delete them from the medium.")
