"""connector simulate: an official state system that knows nothing, to show and to try the office's own side of it."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)
connector = typer.Typer(no_args_is_help=True, help="Try the connection to an official state system.")
app.add_typer(connector, name="connector")


@connector.callback()
def together() -> None:
    """Try the connection to an official state system."""


@connector.command()
def simulate(
    port: Annotated[int, typer.Option(help="Where it listens, on this machine only.", min=1, max=65535)] = 8430,
    kind: Annotated[
        str,
        typer.Option(
            help="What it always answers: confirms, recovered, different vehicle, no record, not confirmed, pending; or how it fails: late, hangs, "
            "drips, hangs up, fails, garbage, too much, another's, another plate, an old one, elsewhere; or random."
        ),
    ] = "random",
    seed: Annotated[int, typer.Option(help="The same seed answers the same again.")] = 427,
    seconds: Annotated[float, typer.Option(help="How long it is late, hangs or drips.", min=0.1, max=3600)] = 30.0,
) -> None:
    """Answer as a connector would, until it is stopped. It knows no plate, and what it says is made up.

    Example: platewarden connector simulate --kind recovered
    """
    import signal

    from platewarden.cli.server import tell
    from platewarden.policy.refusal import Malformed, Unavailable
    from platewarden.server.alerts.simulated import KINDS, Simulated

    if kind not in (*KINDS, "random"):
        raise Malformed(f"“{kind}” is no answer that it knows: random, {', '.join(KINDS)}.")
    try:
        server = Simulated(port, kind=kind, seed=seed, seconds=seconds)
    except OSError as error:
        raise Unavailable(f"Port {port} is taken ({error.strerror}). Choose another with --port.") from error
    for told_to_end in (signal.SIGINT, signal.SIGTERM):  # also where whoever started it ignores them
        signal.signal(told_to_end, signal.default_int_handler)
    tell(f"A simulated state system answers at {server.url}; stop it with Ctrl+C. For config.toml:")
    typer.echo(f'[state_system]\nurl = "{server.url}"\nsource = "LEADS"')
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        tell("Stopped.")
    finally:
        server.server_close()
