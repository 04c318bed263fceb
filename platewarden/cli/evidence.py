"""evidence: held reads onto a portable medium, checked, booked, handed on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from platewarden.cli.people import By, signed_in
from platewarden.cli.server import Data, data_folder, start_django, tell

if TYPE_CHECKING:
    from platewarden.server.evidence.models import Package

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)

Number = Annotated[str, typer.Argument(metavar="PACKAGE", help="The package, such as E-00012.")]
Because = Annotated[str, typer.Option("--because", help="Why, such as “order of the circuit court, 12/01/2026”.")]


@contextmanager
def _office(data: Path | None) -> Iterator[Path]:
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        yield folder


@app.command()
def package(
    hold: Annotated[str, typer.Argument(metavar="HOLD", help="The hold, such as H-00012.")],
    to: Annotated[Path, typer.Option("--to", metavar="MEDIUM", help="The folder where the portable medium is mounted.")],
    by: By,
    reference: Annotated[str, typer.Option("--case", help="Your case or action number; the hold's own when left out.")] = "",
    purpose: Annotated[str, typer.Option(help="The purpose of the look that this is.")] = "criminal-investigation",
    since: Annotated[datetime | None, typer.Option(help="Only from this moment on, in the department's time.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Only to this moment.")] = None,
    any_folder: Annotated[
        bool, typer.Option("--any-folder", help="Also onto the office's own disk, to be carried by hand.")
    ] = False,
    timestamp: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Ask this time-stamping authority (RFC 3161) for an outside time.")
    ] = "",
    data: Data = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object: package, reads, pictures, bytes, sha512.")] = False,
) -> None:
    """Write what a hold names onto a portable medium, encrypted, and read it back.

    The server must be running: the package proves its own making, so its line is sealed first. Who made it, and why, is in the ledger
    before a read is given out. Full, locked or pulled out? Nothing counts as written; run the same command again.

    Then print its label and book it: platewarden evidence book E-00012 --item … --serial … --place …

    Example: platewarden evidence package H-00012 --to /media/stick --by 1001
    """
    from platewarden.cli.unit_media import bar

    with _office(data):
        from platewarden.server.access.console import person_at_console
        from platewarden.server.access.purpose import state_purpose
        from platewarden.server.evidence.package import package as make
        from platewarden.server.evidence.timestamp import stamps_by
        from platewarden.server.people.editions import department

        held, stamps = _hold(hold), stamps_by(timestamp) if timestamp else None
        zone = department().time_zone
        with person_at_console(signed_in(by)) as request, bar("Writing", sys.stderr) as progress:
            state_purpose(request, name=purpose, reference=reference or held.reference)

            def went(what: str, done: int, of: int) -> None:
                if of:
                    progress(done, of)
                else:
                    tell(f"{what[:1].upper()}{what[1:]} …")

            made = make(
                request,
                held,
                to,
                since=since.replace(tzinfo=zone) if since else None,
                until=until.replace(tzinfo=zone) if until else None,
                any_folder=any_folder,
                stamps=stamps,
                progress=went,
            )
    if json_:
        print(json.dumps(_as_json(made)))
    else:
        print(f"{made.number}: {made.reads} reads and {made.photos} pictures of {held.number}, written and read back.")
        tell(f"Its passphrase: platewarden evidence passphrase {made.number} --by {by}")
        if not made.covers_its_hold:
            tell(f"It takes in a part of what {held.number} names: the hold still waits for the rest.")


def _hold(number: str) -> Any:
    from platewarden.policy.refusal import Malformed
    from platewarden.server.retention.models import Hold

    digits = number.strip().upper().removeprefix("H-")
    found = Hold.objects.filter(pk=int(digits)).first() if digits.isascii() and digits.isdigit() and len(digits) < 18 else None
    if found is None:
        raise Malformed(f"“{number[:20]}” is no hold. `platewarden hold list` lists them.")
    return found


@app.command()
def verify(
    medium: Annotated[Path, typer.Argument(metavar="MEDIUM", help="The medium's folder, one .zip on it, or an opened package.")],
    inside: Annotated[str, typer.Option("--inside", metavar="PACKAGE", help="Also open this package on it, in memory only.")] = "",
    by: Annotated[str, typer.Option("--by", help="With --inside: your member number.")] = "",
    data: Data = None,
) -> None:
    """Check a medium with the outsider's own verifier and this office's key.

    Without --inside the files are compared with what was signed when they were written. With it, every read, picture and proof in the
    package is checked too; its passphrase comes from this office, and that is a line of the ledger.

    Examples: platewarden evidence verify /media/stick
              platewarden evidence verify /media/stick --inside E-00012 --by 1001

    Exit status 1 when something was changed, 2 when it cannot be checked.
    """
    from platewarden.policy.refusal import Malformed

    if bool(inside) != bool(by):
        raise Malformed("--inside and --by go together: the passphrase is given to a member.")
    with _office(data):
        from platewarden.server.evidence.book import find
        from platewarden.server.evidence.contents import verifier_file
        from platewarden.server.evidence.passphrase import show_passphrase
        from platewarden.server.ledger.chain import verifier

        words, passphrase = [str(medium)], None
        if inside:
            found = find(inside)
            passphrase = show_passphrase(found, by=signed_in(by))
            words = [str(medium / f"{found.number}.zip" if medium.is_dir() else medium), "--passphrase"]
        key, tool = str(verifier()), verifier_file().decode()
    raise typer.Exit(_run(tool, key, words, passphrase))


def _run(tool: str, key: str, words: list[str], passphrase: str | None) -> int:
    """The verifier as an outsider runs it: a program of its own, with nothing of ours imported."""
    return subprocess.run(
        [sys.executable, "-I", "-c", tool, "--key", key, "--package", *words], input=passphrase, text=True, check=False
    ).returncode


@app.command()
def book(
    number: Number,
    item: Annotated[str, typer.Option(help="The item number that the evidence room gave.")],
    serial: Annotated[str, typer.Option(help="The serial number that is printed on the medium.")],
    place: Annotated[str, typer.Option(help="Where it is kept, such as “property room, shelf 4”.")],
    by: By,
    marking: Annotated[str, typer.Option(help="What was written or stuck onto it.")] = "",
    data: Data = None,
) -> None:
    """Book a written package into evidence.

    Example: platewarden evidence book E-00012 --item HP-26-0934 --serial 4C530001 --place "property room, shelf 4" --by 1001
    """
    with _office(data):
        from platewarden.server.access.console import person_at_console
        from platewarden.server.evidence.book import NewBooking, find
        from platewarden.server.evidence.book import book as book_it

        found = find(number)
        with person_at_console(signed_in(by)) as request:
            booked = book_it(request, found.pk, NewBooking(item, serial, marking, place))
    print(f"{found.number} is booked as item {booked.booking.item_number}.")
    if booked.ended_hold:
        tell(
            f"By this department's policy that ends {found.hold.number}: what only it spared, and is due, goes with the next purge."
        )


@app.command("hand-on")
def hand_on(
    number: Number,
    from_whom: Annotated[str, typer.Option("--from", help="Whose hand gave it.")],
    to_whom: Annotated[str, typer.Option("--to", help="Whose hand took it.")],
    because: Because,
    by: By,
    data: Data = None,
) -> None:
    """Write down that custody went to another hand.

    Example: platewarden evidence hand-on E-00012 --from "property room" --to "Det. Novak" --because "shown to the State's Attorney" --by 1001
    """
    with _office(data):
        from platewarden.server.evidence import book as booking

        made = booking.hand_on(booking.find(number).pk, by=signed_in(by), from_whom=from_whom, to_whom=to_whom, because=because)
    print(f"Written down: it is with {made.to_whom} now.")


@app.command("return")
def return_(
    number: Number,
    to_whom: Annotated[str, typer.Option("--to", help="To whom it was returned.")],
    because: Because,
    by: By,
    data: Data = None,
) -> None:
    """Write down that a booked medium has left the department's evidence.

    Example: platewarden evidence return E-00012 --to "Circuit court, clerk" --because "order of 12/01/2026" --by 1001
    """
    with _office(data):
        from platewarden.server.evidence import book as booking

        found = booking.find(number)
        booking.hand_back(found.pk, by=signed_in(by), to_whom=to_whom, because=because)
    print(f"{found.number} has left the department's evidence.")


@app.command()
def destroy(number: Number, because: Because, by: By, data: Data = None) -> None:
    """Write down that a booked medium was destroyed, and destroy its package's key: no copy of the file opens after that.

    Example: platewarden evidence destroy E-00012 --because "shredded before two witnesses, order of 12/01/2026" --by 1002
    """
    with _office(data):
        from platewarden.server.evidence import book as booking

        found = booking.find(number)
        booking.destroy(found.pk, by=signed_in(by), because=because)
    print(f"{found.number} is destroyed, and so is its key.")


@app.command()
def passphrase(number: Number, by: By, data: Data = None) -> None:
    """Show the passphrase of a package, to be handed over apart from its medium. It is written down who was shown it.

    Example: platewarden evidence passphrase E-00012 --by 1001
    """
    with _office(data):
        from platewarden.server.evidence.book import find
        from platewarden.server.evidence.passphrase import show_passphrase

        found = find(number)
        shown = show_passphrase(found, by=signed_in(by))
    print(shown)


@app.command("list")
def list_packages(
    data: Data = None, json_: Annotated[bool, typer.Option("--json", help="One JSON object a package, one a line.")] = False
) -> None:
    """List the packages, and whether they are booked. No plate is in it. Example: platewarden evidence list

    Exit status 1 when one was written and is not booked.
    """
    with _office(data):
        from platewarden.server.evidence.models import Package, PackageState

        found = list(Package.objects.select_related("hold", "booking").order_by("pk"))
        waiting = [each for each in found if each.state == PackageState.WRITTEN]
    for each in found:
        print(json.dumps(_as_json(each)) if json_ else _in_words(each))
    if not found and not json_:
        print("Nothing was written yet.")
    if waiting:
        raise typer.Exit(1)


def _as_json(each: Package) -> dict[str, Any]:
    booking = getattr(each, "booking", None)
    return {
        "package": each.number,
        "hold": each.hold.number,
        "reference": each.hold.reference,
        "state": each.state,
        "reads": each.reads,
        "pictures": each.photos,
        "bytes": each.size_bytes,
        "sha512": each.sha512,
        "made_by": each.made_by,
        "made_at": each.made_at.isoformat(),
        "item": booking.item_number if booking else None,
        "medium": booking.medium_serial if booking else None,
    }


def _in_words(each: Package) -> str:
    booking = getattr(each, "booking", None)
    item = f"item {booking.item_number}, {booking.place}" if booking else ""
    return f"{each.number}  {each.get_state_display():20}  {each.hold.number}  {each.hold.reference:14} {each.reads} reads  {item}"
