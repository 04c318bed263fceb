"""demo: the whole story on this machine, with or without a person."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from platewarden.demo.story import Stage

app = typer.Typer()


@app.command("demo")
def demo(
    photos: Annotated[Path | None, typer.Option("--photos", help="A folder of photographs. Without it, scenes are drawn.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Tell the whole story without a person, check it, and end.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="With --once: one JSON object on standard output.")] = False,
) -> None:
    """The whole story on this machine: a photograph is read in a car, hits a hot list, becomes an alert on a screen, is verified
    and closed; every look is in the ledger. Real database, real HTTP, made-up people; credentials are made on the spot.

    Examples:  platewarden demo       platewarden demo --photos my-photos       platewarden demo --once --json

    With --once the exit status is 0 when everything held, and 1 when anything did not.
    """
    from platewarden.demo.story import tell_live, tell_once

    if once:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # everything it started ends with it
        told = tell_once(photos, _say)
        if json_:
            print(told.as_json())
        for wrong in told.what_went_wrong:
            print(f"went wrong: {wrong}", file=sys.stderr)
        if not told.holds:
            raise typer.Exit(1)
        return
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    tell_live(photos, _say, _show, stopped=stopping.is_set)


def _say(where: str, sentence: str) -> None:
    """One line of the story, with the file that did it."""
    print(f"  {where:<28} {sentence}", file=sys.stderr, flush=True)


def _show(at: Stage) -> None:
    """Where to look, and who to be. Made for this run; worthless after it."""
    import qrcode

    from platewarden.demo import cast

    rosa, dana = at.players[cast.OPERATOR], at.players[cast.SUPERVISOR]
    code = qrcode.QRCode(border=1)
    code.add_data(f"otpauth://totp/{rosa.number}?secret={rosa.seed}&issuer=Platewarden%20demo")
    print(f"\n  Open {at.config.public_origin}/alerts/ and sign in as one of these (made for this run, worthless after it):\n")
    for player in at.players.values():
        note = "" if player.is_trained else "   untrained: see the refusal"
        print(
            f"    {player.number}  {player.name:<16} {', '.join(player.duties):<24} password {player.password}   code {_code(player)}{note}"
        )
    print("\n  A code changes every 30 seconds: put a secret into any authenticator, or point it at the picture (Rosa Vega).")
    print(f"    {rosa.name}: {rosa.seed}\n    {dana.name}: {dana.seed}\n")
    code.print_ascii(invert=True)
    print("  Purpose: routine patrol, shift 2A-1123. Car 12 is driving; each pass of the listed plate is a new alert.")
    print("  Ctrl-C ends the demo and takes everything away.\n", flush=True)


def _code(player: Any) -> str:
    import time

    from platewarden.demo.visitor import code_of

    return code_of(player.seed, time.time())
