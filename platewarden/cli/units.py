"""units: how each unit is, as the office knows it: late, out of reach, its clock, and what has not come."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from platewarden.cli.server import Data, data_folder, start_django, tell

app = typer.Typer(no_args_is_help=False)


@app.command()
def units(
    data: Data = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a unit, one a line.")] = False,
) -> None:
    """Say how each unit is: last contact, clock, what waits there, and the numbers of reads that have not come.

    Example: platewarden units

    A read that has not come is waiting in the car, expired in the car (a signed tombstone names it), or lost. Exit status 1
    when a unit is late past the department's deadline, contradicts itself, or a read of it is lost.
    """
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        rows = _rows()
    for row in rows:
        print(json.dumps(row) if json_ else _in_words(row))
    if not rows and not json_:
        print("No unit is enrolled.")
    if any(row["late"] or row["lost"] or row["tampered_at"] for row in rows):
        raise typer.Exit(1)


def _rows() -> list[dict[str, Any]]:
    from platewarden.server.clock import now
    from platewarden.server.equipment.models import Unit, UnitState
    from platewarden.server.people.editions import department
    from platewarden.server.reads.gaps import Where, gaps

    at, hours, rows = now(), department().transfer_deadline_hours, []
    for unit in Unit.objects.filter(state=UnitState.ENROLLED).order_by("name"):
        missing = gaps(unit)
        rows.append(
            {
                "unit": unit.name,
                "last_contact_at": unit.last_contact_at.isoformat() if unit.last_contact_at else None,
                "clock": unit.clock or None,
                "clock_off_s": unit.drift_s,
                "waiting": unit.spooled,
                "unsent_since": unit.unsent_since.isoformat() if unit.unsent_since else None,
                "tampered_at": unit.tampered_at.isoformat() if unit.tampered_at else None,
                "late": unit.is_late(at, hours),
                "expired": sum(gap.reads for gap in missing if gap.where is Where.EXPIRED),
                "lost": sum(gap.reads for gap in missing if gap.where is Where.LOST),
                "gaps": [[gap.first, gap.last, gap.where.value] for gap in missing],
            }
        )
    return rows


def _in_words(row: dict[str, Any]) -> str:
    lines = [
        f"{row['unit']}  last contact {row['last_contact_at'] or 'never'}, {row['waiting']} waiting, clock {row['clock'] or 'not known'}"
    ]
    if row["late"]:
        lines.append(f"  LATE: reads since {row['unsent_since']} are past the department's deadline for the transfer.")
    if row["tampered_at"]:
        lines.append(
            f"  CONTRADICTS ITSELF, last {row['tampered_at']}: a number came twice with different contents. Is its key on two machines?"
        )
    lines += [f"  reads {first} to {last}: {where}" for first, last, where in row["gaps"]]
    return "\n".join(lines)
