"""hotlist load, diff, publish; bolo add: what is looked for, from the desk."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platewarden.cli.people import By, signed_in
from platewarden.cli.server import Data, data_folder, start_django, tell

if TYPE_CHECKING:
    from platewarden.server.hotlists.models import LoadReport
    from platewarden.server.ledger.write import Signer

SourceName = Annotated[str, typer.Option("--source", help="Where the list comes from, such as “State stolen vehicles”.")]
Report = Annotated[Path | None, typer.Option(metavar="FILE", help="Write every wrong line to a CSV: file, line, what is wrong.")]

app = typer.Typer(no_args_is_help=True)
hotlist = typer.Typer(no_args_is_help=True, help="Load a hot list, and publish an edition to the cars.")
bolo = typer.Typer(no_args_is_help=True, help="Enter a plate to be on the lookout for.")
app.add_typer(hotlist, name="hotlist")
app.add_typer(bolo, name="bolo")


@hotlist.command()
def load(
    file: Annotated[Path, typer.Argument(help="The list, as the source's layout says; without a layout a CSV in UTF-8.")],
    source: SourceName,
    by: By,
    report: Report = None,
    data: Data = None,
) -> None:
    """Load a list whole, or refuse it whole with its line numbers; the list in force stays then.

    Example: platewarden hotlist load stolen.csv --source "State stolen vehicles" --by 1001

    Columns of a CSV: plate, state (or unknown), category, reference; also reason, approach, caution, urgent, vehicle, instructions,
    effective, expires.
    """
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    content = _content(file)
    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell), _said_in(report):
        start_django(folder, "web")
        from platewarden.server.hotlists.load import load_list

        signer = _may_load(by)
        with _bar(content) as say:
            taken = load_list(content, source_name=source, by=signer, say=say)
        made = taken.reports.get()
        _write(report, made)
    left_out = (
        f" Left out: {made.malformed} malformed, {made.later} that take effect later." if made.malformed or made.later else ""
    )
    tell(f"{taken.source.name}: load {taken.number} with {taken.entries} entries is in force.{left_out}")


@hotlist.command()
def diff(
    file: Annotated[Path, typer.Argument(help="The list that would be loaded.")],
    source: SourceName,
    by: By,
    report: Report = None,
    data: Data = None,
) -> None:
    """Say what a list would change, and load nothing. Example: platewarden hotlist diff stolen.csv --source "State stolen vehicles" --by 1001"""
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    content = _content(file)
    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell), _said_in(report):
        start_django(folder, "web")
        from platewarden.server.hotlists.load import compare

        signer = _may_load(by)
        with _bar(content) as say:
            changes = compare(content, source_name=source, by=signer, say=say)
    left_out = f" {changes.parsed.malformed} malformed rows would be left out." if changes.parsed.malformed else ""
    tell(f"{source}: {changes.added} entries are new, {changes.gone} are gone, {changes.same} stay.{left_out} Nothing was loaded.")


def _may_load(by: str) -> Signer:
    from platewarden.policy.refusal import Refused
    from platewarden.server.clock import now
    from platewarden.server.ledger.acts import Act
    from platewarden.server.ledger.write import Signer
    from platewarden.server.people.rules import may_do

    member = signed_in(by)
    if refusal := may_do(member, Act.HOTLISTS_LOAD, now()):
        raise Refused(refusal)
    return Signer(member.number, member.name)


@contextmanager
def _said_in(report: Path | None) -> Iterator[None]:
    """What a refused list is refused for, in the file that was asked for."""
    from platewarden.policy.refusal import Malformed

    try:
        yield
    except Malformed as refused:
        _write(report, getattr(refused, "report", None))
        raise


def _write(to: Path | None, report: LoadReport | None) -> None:
    if to is not None and report is not None:
        from platewarden.server.hotlists.report import as_csv

        to.write_text(as_csv(report), encoding="utf-8", newline="")


@contextmanager
def _bar(content: bytes) -> Iterator[Callable[[int], None]]:
    """A bar over the lines read, then over the entries written."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Lines and entries", total=content.count(b"\n") or 1)
        yield lambda done: bar.update(task, completed=done)


def _content(file: Path) -> bytes:
    from platewarden.policy.refusal import Malformed
    from platewarden.server.hotlists.layout import MOST_BYTES

    try:
        if file.stat().st_size > MOST_BYTES:
            raise Malformed(f"{file} is larger than {MOST_BYTES >> 20} MB. Split the extract by file, each its own source.")
        return file.read_bytes()
    except OSError as error:
        raise Malformed(f"{file} cannot be read ({error.strerror}). Check the path.") from error


@hotlist.command()
def source(
    name: Annotated[str, typer.Argument(help="The name of the source, as its lists are loaded under.")],
    owner: Annotated[str, typer.Option(help="The agency or desk that answers for it.")],
    by: By,
    confidential: Annotated[
        bool, typer.Option("--confidential/--open", help="Whether its hits are “contact dispatch” to whoever is not authorized.")
    ] = False,
    layout: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="How its extract is laid out, in TOML; without it, the department's own CSV."),
    ] = None,
    age_limit: Annotated[int | None, typer.Option(metavar="HOURS", help="A list older than that is STALE on its alerts.")] = None,
    inbox: Annotated[
        str, typer.Option(help="Folder under inbox/ in the data folder; lists put there are loaded by themselves.")
    ] = "",
    data: Data = None,
) -> None:
    """Say all about a source: owner, confidentiality, layout, age limit, inbox. Before its first list, if it is confidential.

    Example: platewarden hotlist source "State gang file" --owner "State Police" --confidential --by 1001

    Example: platewarden hotlist source "National extract" --owner "State Police" --layout national.toml --age-limit 24 --inbox national --by 1001
    """
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    said_in = _content(layout).decode("utf-8", "replace") if layout else ""
    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.hotlists.inbox import make_folder
        from platewarden.server.hotlists.source import Described, ask_to_describe, describe, needs_two

        described = Described(owner, confidential, said_in, age_limit, inbox)
        if needs_two():
            ask = ask_to_describe(name, described, by=signed_in(by))
            tell(f"{ask.name}: another manager signs it on “Hot lists”; until then nothing has changed.")
            return
        said = describe(name, described, by=signed_in(by))
        if inbox_folder := make_folder(said):
            tell(f"Lists put into {inbox_folder} are loaded by the worker.")
    tell(f"{said.name}, of {said.owner}, is {'confidential' if said.is_confidential else 'open to every operator'}.")


@hotlist.command()
def exclude(
    source: Annotated[str, typer.Argument(help="The name of the source.")],
    file: Annotated[str, typer.Argument(help="The file of its extract, as its layout names it.")],
    by: By,
    because: Annotated[str, typer.Option(help="Why this department does not load it.")] = "",
    again: Annotated[bool, typer.Option("--again", help="Take the file up again.")] = False,
    data: Data = None,
) -> None:
    """Leave a whole file of an extract out, with the reason, or take it up again; from the next load on.

    Example: platewarden hotlist exclude "National extract" immigration.txt --because "state law 50 ILCS 705" --by 1001
    """
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.hotlists import source as room

        if again:
            room.take_up_again(source, file, by=signed_in(by))
        else:
            room.exclude(source, file, because=because, by=signed_in(by))
    tell(f"{file} of {source} is {'loaded again' if again else 'left out'} from the next load on.")


@hotlist.command()
def publish(by: By, data: Data = None) -> None:
    """Ask for a new edition for the cars; the worker makes it. Example: platewarden hotlist publish --by 1001"""
    from platewarden.policy.refusal import Refused
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.clock import now
        from platewarden.server.hotlists.publish import ask_for_edition
        from platewarden.server.ledger.acts import Act
        from platewarden.server.ledger.write import Signer
        from platewarden.server.people.rules import may_do

        member = signed_in(by)
        if refusal := may_do(member, Act.HOTLISTS_PUBLISH, now()):
            raise Refused(refusal)
        ask_for_edition(by=Signer(member.number, member.name))
    tell("A new edition is asked for. The worker makes it; units fetch it at their next contact.")


@bolo.command()
def add(
    plate: Annotated[str, typer.Argument(help="The plate, or part of it: ? for one character, * for any number.")],
    state: Annotated[str, typer.Option(help="Two letters, or “unknown”: then alerts are possible hits only.")],
    category: Annotated[str, typer.Option(help="Such as stolen_vehicle or missing_person.")],
    reference: Annotated[str, typer.Option(help="The case number.")],
    reason: Annotated[str, typer.Option(help="Why it is looked for, in a few words.")],
    expires_on: Annotated[str, typer.Option(help="The last day it is looked for, such as 2026-12-01.")],
    by: By,
    vehicle: Annotated[str, typer.Option(help="What is known of the vehicle, such as “gray Honda Civic, rear light broken”.")] = "",
    instructions: Annotated[str, typer.Option(help="What the officer should do or know.")] = "",
    approach: Annotated[str, typer.Option(help="stop, do_not_stop, notify or silent.")] = "stop",
    caution: Annotated[bool, typer.Option("--caution", help="Armed and dangerous.")] = False,
    urgent: Annotated[bool, typer.Option("--urgent", help="Verify within minutes.")] = False,
    data: Data = None,
) -> None:
    """Enter a BOLO. It is in force only after a second member has approved it on the pages.

    Example: platewarden bolo add "7B?4*" --state unknown --category wanted_vehicle --reference 26-004117 --reason "hit and run, dark sedan"
    --expires-on 2026-12-01 --by 1042
    """
    import uuid

    from platewarden.policy.refusal import Malformed
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    try:
        last_day = date.fromisoformat(expires_on)
    except ValueError as error:
        raise Malformed(f"“{expires_on[:20]}” is not a date. Write it as 2026-12-01.") from error
    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.access.console import person_at_console
        from platewarden.server.hotlists import bolo as bolos
        from platewarden.server.hotlists.entry import NewEntry, approach_of, category_of, plate_or_pattern, state_of
        from platewarden.server.people.editions import department

        text, is_pattern = plate_or_pattern(plate)
        entry = NewEntry(
            entry_id=uuid.uuid4(),
            text=text,
            is_pattern=is_pattern,
            state=state_of(state),
            category=category_of(category),
            approach=approach_of(approach),
            caution=caution,
            urgent=urgent,
            reason=reason,
            reference=reference,
            author=by,
            expires_at=datetime.combine(last_day, time(23, 59, 59), department().time_zone),
            vehicle=vehicle,
            instructions=instructions,
        )
        with person_at_console(signed_in(by)) as request:
            entered = bolos.enter(request, entry)
    tell("The BOLO waits for a second member. It is not in force before.")
    if entered.alike:
        tell(f"Entries in force that look alike: {entered.alike}. Compare 0 with O, 1 with I, 8 with B.")
