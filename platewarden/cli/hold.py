"""hold: spare data from the purge, on somebody's word; list what stands; release."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from platewarden.cli.people import By, signed_in
from platewarden.cli.server import Data, data_folder, start_django, tell

if TYPE_CHECKING:
    from platewarden.server.retention.models import Hold

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_holds(
    data: Data = None,
    released: Annotated[bool, typer.Option("--released", help="Those that were released, too.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a hold, one a line.")] = False,
) -> None:
    """List the holds that stand. No plate is in it. Example: platewarden hold list

    Exit status 1 when a hold is past its booking into evidence.
    """
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.clock import now
        from platewarden.server.people.training import today
        from platewarden.server.retention.models import Hold

        on = today(now())
        found = list((Hold.objects.all() if released else Hold.objects.standing()).order_by("pk"))
        late = [each for each in found if each.is_unbooked(on)]
    for each in found:
        print(json.dumps(_as_json(each)) if json_ else _in_words(each, is_late=each in late))
    if not found and not json_:
        print("Nothing is held.")
    if late:
        raise typer.Exit(1)


def _as_json(each: Hold) -> dict[str, Any]:
    return {
        "hold": each.number,
        "ground": each.ground,
        "authority": each.authority,
        "reference": each.reference,
        "scope": each.scope,
        "since": each.since.isoformat(),
        "until": each.until.isoformat(),
        "reads": each.reads,
        "alerts": each.alerts,
        "placed_by": each.placed_by,
        "placed_at": each.placed_at.isoformat(),
        "book_by": each.book_by.isoformat(),
        "booked_at": each.booked_at.isoformat() if each.booked_at else None,
        "review_on": each.review_on.isoformat(),
        "released_at": each.released_at.isoformat() if each.released_at else None,
    }


def _in_words(each: Hold, *, is_late: bool) -> str:
    state = "released" if each.released_at else "PAST ITS BOOKING" if is_late else "standing"
    return f"{each.number}  {state:16}  {each.reference:14} {each.reads} reads, {each.alerts} alerts  {each.get_ground_display()}: {each.authority}"


@app.command()
def place(
    by: By,
    ground: Annotated[str, typer.Option(help="criminal action, civil action, reasonable belief, discovery, or lawful action.")],
    authority: Annotated[str, typer.Option(help="On whose word, such as “Circuit court, order of 11/20/2026”. Never a plate.")],
    reference: Annotated[str, typer.Option("--case", help="The case or action number, such as 26-004117.")],
    since: Annotated[datetime, typer.Option(help="From, in the department's time, such as 2026-11-20T22:00.")],
    until: Annotated[datetime, typer.Option(help="To. It may lie in the future.")],
    review_on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day by which it is looked at again.")],
    plate: Annotated[str, typer.Option(help="A plate, or part of it with ? and *.")] = "",
    unit: Annotated[str, typer.Option(help="A unit's name: everything it read in that time.")] = "",
    around: Annotated[str, typer.Option(metavar="LAT,LON,METRES", help="Everything read around a place in that time.")] = "",
    purpose: Annotated[str, typer.Option(help="The purpose of the look that this is.")] = "criminal-investigation",
    data: Data = None,
) -> None:
    """Place a hold on a vehicle, a unit or a place, within a time.

    Example: platewarden hold place --by 1001 --ground "criminal action" --authority "State's Attorney, letter of 11/20/2026" --case 26-004117 --plate DRL5188 --since 2026-11-01T00:00 --until 2026-12-31T00:00 --review-on 2027-02-01
    """
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.policy.refusal import Malformed
        from platewarden.server.access.console import person_at_console
        from platewarden.server.access.purpose import state_purpose
        from platewarden.server.people.editions import department
        from platewarden.server.retention.hold import NewHold
        from platewarden.server.retention.hold import place as place_hold
        from platewarden.server.retention.models import Ground

        if ground not in Ground.values:
            raise Malformed(f"“{ground[:40]}” is no ground of a hold. It is one of: {', '.join(Ground.values)}.")
        zone = department().time_zone
        new = NewHold(
            ground=Ground(ground),
            authority=authority,
            reference=reference.strip().upper(),
            since=since.replace(tzinfo=zone),
            until=until.replace(tzinfo=zone),
            named=_named(plate, unit, around),
            review_on=review_on.date(),
        )
        with person_at_console(signed_in(by)) as request:
            state_purpose(request, name=purpose, reference=reference)
            placed = place_hold(request, new)
    print(f"{placed.number}: spares {placed.reads} reads and {placed.alerts} alerts as of now.")
    tell(f"To be booked into evidence by {placed.book_by:%m/%d/%Y}.")


def _named(plate: str, unit: str, around: str) -> Any:
    from platewarden.plate.pattern import PartialPlate
    from platewarden.plate.text import PlateText
    from platewarden.policy.refusal import Malformed
    from platewarden.server.equipment.models import Unit
    from platewarden.server.retention.hold import Named
    from platewarden.server.retention.models import Scope

    if sum(bool(each) for each in (plate, unit, around)) != 1:
        raise Malformed("Name one of --plate, --unit and --around.")
    if plate and set(plate) & set("?*"):
        return Named(Scope.PATTERN, like=PartialPlate.parse(plate).like())
    if plate:
        return Named(Scope.VEHICLE, plate=PlateText.parse(plate).text)
    if unit:
        found = Unit.objects.filter(name=unit).first()
        if found is None:
            raise Malformed(f"There is no unit “{unit[:60]}”. `platewarden units` lists them.")
        return Named(Scope.UNIT, unit_id=found.pk)
    try:
        lat, lon, radius = (float(each) for each in around.split(","))
    except ValueError as error:
        raise Malformed("--around is latitude, longitude and metres, such as 42.1817,-87.8003,300.") from error
    return Named(Scope.PLACE, lat=lat, lon=lon, radius_m=radius)


@app.command()
def release(
    number: Annotated[str, typer.Argument(help="The hold, such as H-00012.")],
    because: Annotated[str, typer.Option(help="Why it ends, such as “judgment of 11/20/2026, no appeal”.")],
    by: By,
    data: Data = None,
) -> None:
    """Release a hold that another member placed. What only it spared, and is due, goes with the next purge.

    Example: platewarden hold release H-00012 --because "judgment of 11/20/2026, no appeal" --by 1001
    """
    from platewarden.policy.refusal import Malformed
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    digits = number.strip().upper().removeprefix("H-")
    if not (digits.isascii() and digits.isdigit()):
        raise Malformed(f"“{number[:20]}” is no hold. `platewarden hold list` lists them.")
    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.access.console import person_at_console
        from platewarden.server.retention.hold import release as release_hold

        with person_at_console(signed_in(by)) as request:
            released = release_hold(request, int(digits), because=because)
    print(f"{released.number} is released.")
