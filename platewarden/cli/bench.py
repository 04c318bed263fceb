"""bench: figures of this machine, each beside a named baseline of the same run."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated

import typer

__all__ = ["BENCHES", "app"]

app = typer.Typer(no_args_is_help=True)

BENCHES = {
    "alarm": "From a readable plate to the alarm on the car's screen.",
    "cases": "Made-up hit-and-runs, ranked, beside a plain search with wildcards.",
    "console": "From a hit in the car to the office's console, with a backlog waiting.",
    "crash": "The database is killed under traffic: nothing receipted is lost, nothing doubled.",
    "gate": "Looks through their doors, beside the owner's own questions.",
    "ledger": "Lines of the ledger written by many and checked, beside a plain table and a plain reading.",
    "match": "Reads against a list of a million entries, beside a join and a naive loop.",
    "memory": "What a car's program holds in memory with a million entries.",
    "month": "A month and more without a network: what is past is gone, nothing younger.",
    "passages": "Exactly one read for each vehicle that passes, on one core.",
    "purge": "A day of reads ends, beside DELETE and VACUUM; the cars' door waits how long.",
    "purge_kills": "The purge is killed again and again: nothing held is lost, nothing overdue stays.",
    "search": "Searches in millions of reads, beside a scan of them all; whole plates, a canvass, the pages.",
    "road": "A read's whole road, killed at random, or after hours without a network.",
}


@app.command("bench", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=f"Which: {', '.join(BENCHES)}.")],
    json_: Annotated[bool, typer.Option("--json", help="One JSON object: bench, machine, figures with their baselines.")] = False,
) -> None:
    """Measure one thing on this machine, in folders and servers of its own; your data is not touched.

    What else can be said to it, each bench says: platewarden bench purge -- --help

    Examples: platewarden bench purge --json
              platewarden bench purge --reads 24000

    Exit status 1 when a figure misses what it is to reach.
    """
    from platewarden.policy.refusal import Malformed

    if name not in BENCHES:
        raise Malformed(f"“{name[:30]}” is no bench. It is one of: {', '.join(BENCHES)}.")
    module = import_module(f"platewarden.bench.{name}")
    module.end_in_order()
    sys.exit(module.main([*context.args, *(["--json"] if json_ else [])]))
