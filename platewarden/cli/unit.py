"""`platewarden unit`: enrol this machine as a unit, run it for a shift, say how it is.

Thin: every act is in `platewarden.unit`. What a program reads is one JSON object on standard output; alerts and whatever
else is said while it runs stand on standard error, with `--json` as one JSON object a line.
"""

from __future__ import annotations

import dataclasses
import json
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

from platewarden.cli import unit_doctor, unit_media, unit_pair
from platewarden.policy.refusal import Malformed, Unavailable

__all__ = ["app", "secret_of"]

app = typer.Typer(name="unit", help="The car: enrol it, and run it.", no_args_is_help=True, rich_markup_mode="markdown")

app.registered_commands += [
    *unit_media.app.registered_commands,
    *unit_doctor.app.registered_commands,
    *unit_pair.app.registered_commands,
]

Data = Annotated[Path, typer.Option("--data", metavar="DIR", help="This unit's own folder: its key, lists and spool.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="One JSON object on standard output; what is said meanwhile, one a line on standard error.")
]


@app.callback()
def _unit() -> None:
    """The car: enrol it, and run it."""


@app.command()
def enrol(
    *,
    data: Data,
    server: Annotated[str, typer.Option(metavar="URL", help="The office's door for units. https; http on this machine only.")],
    name: Annotated[str, typer.Option(help="What people call this unit.")],
    office: Annotated[str, typer.Option(metavar="FINGERPRINT", help="The office's fingerprint, as a person there read it out.")],
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The office's TLS certificate: the only one trusted.")
    ] = None,
    camera: Annotated[str, typer.Option(help="Name of the camera, as it stands in each read.")] = "front",
    wait: Annotated[int, typer.Option(metavar="SECONDS", help="How long to wait for the office's approval.", min=0)] = 600,
    as_json: AsJson = False,
) -> None:
    """Make this unit's key, and ask the office to approve it.

    The key never leaves this machine. The office's key is believed only if its fingerprint is the one you give: have it
    read out to you over the telephone. Then the office compares *this* unit's fingerprint, which is printed, and approves.
    Interrupted, or not approved in time? Run the same command again.

    Example: `platewarden unit enrol --data /var/lib/platewarden-unit --server https://alpr.example.gov:8443
    --certificate office.pem --name "car 12" --office "k3fq-9xw2-7rta-m5pz"`
    """
    from platewarden.exchange.seal import fingerprint
    from platewarden.unit import enrolment
    from platewarden.unit.config import UnitConfig
    from platewarden.unit.link import Link

    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if certificate is not None:
        try:
            (data / "office.pem").write_bytes(certificate.read_bytes())
        except OSError as error:
            raise Unavailable(
                f"The certificate “{certificate.name}” cannot be copied ({error.strerror}). Check its path."
            ) from error
    config = UnitConfig(name=name, server=server, office=office, certificate="office.pem" if certificate else "", camera=camera)
    with Link(server, certificate=data / config.certificate if config.certificate else None) as link:
        enrolled = enrolment.enrol(
            data, config, link, clock=_now, pause=time.sleep, tries=1 + wait // 5, say=_sayer(as_json=as_json)
        )
    own = fingerprint(enrolled.key.public_bytes)
    if as_json:
        print(json.dumps({"unit_id": str(enrolled.unit_id), "unit": enrolled.unit_name, "fingerprint": own}))
    else:
        print(f"“{enrolled.unit_name}” is enrolled, with the key {own}. Next: platewarden unit run --help")


@app.command()
def run(
    *,
    data: Data,
    source: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE",
            help="A folder of photographs, a video file, /dev/video0 or an rtsp:// address; the unit's own cameras when left out.",
        ),
    ] = None,
    member: Annotated[
        str, typer.Option(metavar="NUMBER", help="Your member number; left out, members sign on at the screen.")
    ] = "",
    purpose: Annotated[
        str, typer.Option(help="What this shift is for, from the department's list, for example routine-patrol.")
    ] = "",
    reference: Annotated[str, typer.Option(metavar="NUMBER", help="Case number, for a purpose that asks for one.")] = "",
    secret_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File with your shift secret; asked for when left out.")
    ] = None,
    sticks: Annotated[
        str | None,
        typer.Option(metavar="FOLDERS", help="Where members' sticks are mounted, parted by colons; the unit's own when left out."),
    ] = None,
    engine: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which engine reads the plates; the unit's own when left out.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="End when the folder is done and the spool is empty.")] = False,
    wait: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="How long the spool may take to empty at the end: 60 with --once, else 5.", min=0),
    ] = None,
    screen: Annotated[
        int | None, typer.Option(metavar="PORT", help="Serve the car's own screen on this machine, at this port.", min=1, max=65535)
    ] = None,
    deployed: Annotated[
        bool, typer.Option("--deployed", help="A fixed post: run under the office's deployment order, with nobody signed on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Sign on, and read plates until the shift is over.

    Sign-on is checked here, without a network, against the office's signed roster: number, shift secret and the key on your
    stick, the operator's duty, training valid today, a purpose of the department's list. Alerts come at once; reads wait in the spool until
    the office has receipted them. With `--screen` members sign on at http://127.0.0.1:PORT, one shift after the other, and
    nothing is read between them. A fixed post runs with `--deployed` under its deployment order. Ends with 0 when all is receipted, 1 when refused, 3 when something still waits.

    Example: `platewarden unit run --data /var/lib/platewarden-unit --source photos --member 4417 --purpose routine-patrol --once`

    The JSON object at the end counts: `photos, readings, unreadable, empty, bad_pictures, errors, other_files, hits,
    alerts_shown, silent, spooled, not_recorded, receipted, waiting, refused, outcomes, hotlist_edition, roster_edition,
    shift_id, seconds, slowest_alert_ms, frames, passages, corrections, cameras`; the last four are of videos, `cameras` says what
    became of each camera's frames.
    """
    import random

    from platewarden.recognition.weights import keep_numpy_to

    keep_numpy_to(1)
    from platewarden.unit.run import end, run_shift
    from platewarden.unit.shift import Stated

    if deployed and (member or screen is not None):
        raise Malformed("A fixed post runs with nobody signed on. Give --deployed alone, or --member, or --screen.")
    if screen is None and not member and not deployed:
        raise Malformed("Nobody signs on. Give --member, or --screen so that members sign on there; for a fixed post, --deployed.")
    account = run_shift(
        data,
        source,
        Stated(member=member, secret=secret_of(secret_file), purpose=purpose, reference=reference) if member else None,
        engine=engine,
        once=once,
        wait_s=wait if wait is not None else 60.0 if once else 5.0,
        clock=_now,
        timer=time.monotonic,
        chance=random.SystemRandom(),
        screen=sys.stderr,
        as_json=as_json,
        screen_port=screen,
        is_deployed=deployed,
        sticks=sticks,
        told_to_stop=_when_told_to_stop,
    )
    _print(account.as_json(), as_json=as_json)
    end(account)


@app.command()
def status(
    *,
    data: Data,
    once: Annotated[bool, typer.Option("--once", help="Say it once in lines, also on a terminal, instead of the screen.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say how this unit is: shift, cameras with frames a second and dropped ones, office, lists and their age, spool, clock, disk.

    On a terminal, also over ssh, it is a screen that looks again every two seconds: arrows choose a line, n the next that is not
    well, r looks at once, q leaves. Otherwise, or with --once, it is one look in lines. Looks only, also while the unit runs.

    Example: `platewarden unit status --data /var/lib/platewarden-unit`
    """
    from platewarden.unit import health

    if as_json or once or not (sys.stdout.isatty() and sys.stdin.isatty()):
        _print(dataclasses.asdict(health.look(data, at=_now())), as_json=as_json)
        return
    from platewarden.unit.status import Technician
    from platewarden.unit.status_screen import StatusScreen

    StatusScreen(Technician(data, clock=_now)).run()


def _now() -> datetime:
    return datetime.now(UTC)


def _sayer(*, as_json: bool) -> Any:
    from platewarden.unit.alarm import Alarm

    return Alarm(sys.stderr, as_json=as_json).say


def secret_of(file: Path | None) -> str:
    """The shift secret out of this file, or asked for."""
    if file is None:
        return str(typer.prompt("Shift secret", hide_input=True, err=True))
    try:
        return file.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(f"The secret file “{file.name}” cannot be read. Check its path and its permissions.") from error


def _when_told_to_stop(stop: Callable[[], None]) -> None:
    """A first Ctrl-C, or the system going down, ends the watch in order; a second one ends it at once."""
    if threading.current_thread() is not threading.main_thread():
        return

    def told(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, told)


def _print(facts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts))
        return
    for name, value in facts.items():
        print(f"{name.replace('_', ' '):20} {'-' if value is None or value == {} else value}")
