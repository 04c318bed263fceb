"""hotlist load, diff, publish; bolo add: what is looked for, from the desk."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from platewarden.cli.people import By, signed_in
from platewarden.cli.server import Data, data_folder, start_django, tell

app = typer.Typer(no_args_is_help=True)
hotlist = typer.Typer(no_args_is_help=True, help="Load a hot list, and publish an edition to the cars.")
bolo = typer.Typer(no_args_is_help=True, help="Enter a plate to be on the lookout for.")
app.add_typer(hotlist, name="hotlist")
app.add_typer(bolo, name="bolo")


@hotlist.command()
def load(
    file: Annotated[Path, typer.Argument(help="The CSV: UTF-8, its first line names the columns.")],
    source: Annotated[str, typer.Option(help="Where the list comes from, such as “State stolen vehicles”.")],
    by: By,
    data: Data = None,
) -> None:
    """Load a CSV whole, or refuse it whole with its line numbers; the list in force stays then.

    Example: platewarden hotlist load stolen.csv --source "State stolen vehicles" --by 1001

    Columns: plate, state (or unknown), category, reference; also reason, approach, caution, urgent, expires.
    """
    from platewarden.policy.refusal import Refused
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    content = _content(file)
    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.clock import now
        from platewarden.server.hotlists.load import load_list
        from platewarden.server.ledger.acts import Act
        from platewarden.server.ledger.write import Signer
        from platewarden.server.people.rules import may_do

        member = signed_in(by)
        if refusal := may_do(member, Act.HOTLISTS_LOAD, now()):
            raise Refused(refusal)
        taken = load_list(content, source_name=source, by=Signer(member.number, member.name))
    tell(f"{taken.source.name}: load {taken.number} with {taken.entries} entries is in force.")


@hotlist.command()
def diff(
    file: Annotated[Path, typer.Argument(help="The CSV that would be loaded.")],
    source: Annotated[str, typer.Option(help="Where the list comes from.")],
    by: By,
    data: Data = None,
) -> None:
    """Say what a list would change, and load nothing. Example: platewarden hotlist diff stolen.csv --source "State stolen vehicles" --by 1001"""
    from platewarden.policy.refusal import Refused
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    content = _content(file)
    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.clock import now
        from platewarden.server.hotlists.load import compare
        from platewarden.server.ledger.acts import Act
        from platewarden.server.ledger.write import Signer
        from platewarden.server.people.rules import may_do

        member = signed_in(by)
        if refusal := may_do(member, Act.HOTLISTS_LOAD, now()):
            raise Refused(refusal)
        changes = compare(content, source_name=source, by=Signer(member.number, member.name))
    tell(f"{source}: {changes.added} entries are new, {changes.gone} are gone, {changes.same} stay. Nothing was loaded.")


def _content(file: Path) -> bytes:
    from platewarden.policy.refusal import Malformed

    try:
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
    data: Data = None,
) -> None:
    """Name the owner of a source, and say whether it is confidential. Before its first list, if it is.

    Example: platewarden hotlist source "State gang file" --owner "State Police" --confidential --by 1001
    """
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.hotlists.source import describe

        said = describe(name, owner=owner, is_confidential=confidential, by=signed_in(by))
    tell(f"{said.name}, of {said.owner}, is {'confidential' if said.is_confidential else 'open to every operator'}.")


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
