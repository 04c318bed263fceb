"""The door of the command line: which commands there are, and the one translator of what goes wrong.

A command is a row of `COMMANDS` and a module beside this one. The module is imported when its command is called, never
before, and imports what is heavy inside its functions: a car has no Django, and `platewarden --help` is quick.

The module gives `app`, a `typer.Typer`. If `app` holds a command or a group with the row's name, that is the command
(`app.command("setup")` in `server.py`); otherwise `app` itself is it (`enrol` and `run` in `unit.py` are `platewarden unit
enrol` and `unit run`). A row whose module is not there yet does not show.

Exit status: 0 done, 1 refused or a check failed, 2 wrong use, 3 not available now. What a program reads stands on
standard output; everything else, each refusal in one sentence, on standard error.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

import platewarden
from platewarden.policy.refusal import Malformed, PlatewardenError, Refused, Unavailable

__all__ = ["COMMANDS", "Command", "app", "run"]


@dataclass(frozen=True)
class Command:
    """A row of the table: what it is called, the module that has it, one line of help, and the extra it needs."""

    name: str
    module: str
    help: str
    extra: str = ""
    panel: str = "Office"

    def is_here(self) -> bool:
        return find_spec(f"platewarden.cli.{self.module}") is not None

    def load(self) -> TyperCommand | TyperGroup:
        """Import the module and take the command out of its `app`."""
        group = typer.main.get_group(import_module(f"platewarden.cli.{self.module}").app)
        found = group.commands.get(self.name, group)
        assert isinstance(found, TyperCommand | TyperGroup)
        return found

    def needs(self, missing: str) -> Unavailable:
        """The sentence for a package that is not installed."""
        extra = f"[{self.extra}]" if self.extra else ""
        return Unavailable(
            f"“platewarden {self.name}” needs the package “{missing}”, which is not installed. Run: pip install 'platewarden{extra}'"
        )


COMMANDS = (
    Command(
        "demo", "demo", "The whole story on this machine, with made-up plates and people.", "server,unit,rapidocr", "Start here"
    ),
    Command("read", "read", "Read the plates in photographs.", "", "Start here"),
    Command("measure", "measure", "Measure how well engines read a folder of labelled pictures.", "", "Start here"),
    Command("bench", "bench", "Figures of this machine, beside their baselines.", "server,unit", "Start here"),
    Command("lab-data", "lab_data", "Make a synthetic city with known answers.", "server", "Start here"),
    Command("setup", "server", "Make a server: database, keys, first people.", "server", "Server"),
    Command("serve", "server", "Serve the pages and the door for cars.", "server", "Server"),
    Command("worker", "server", "Run the jobs: sealing, the night round, the purge.", "server", "Server"),
    Command("migrate", "server", "Bring the database to this version.", "server", "Server"),
    Command("status", "server", "Say how the server is.", "server", "Server"),
    Command("check", "check", "Every clause of the policy: kept, at risk, broken, no data.", "server"),
    Command("report", "report", "A year for the public: fixed once, written as files.", "server"),
    Command("unit", "unit", "The car: enrol it, and run it.", "unit", "Car"),
    Command("units", "units", "Say how each unit is, and which reads have not come.", "server"),
    Command("import", "import_media", "Take in what units wrote onto a portable medium.", "server"),
    Command("hotlist", "hotlist", "Load a hot list, and publish an edition to the cars.", "server"),
    Command("alerts", "alerts", "Compare the stops of dispatch with what was recorded.", "server"),
    Command("connector", "connector", "Try the connection to an official state system.", "server"),
    Command("bolo", "hotlist", "Enter a plate to be on the lookout for.", "server"),
    Command("retention", "retention", "What is due, the purge, and its certificates.", "server"),
    Command("hold", "hold", "Spare data from the purge, on somebody's word.", "server"),
    Command("evidence", "evidence", "Held reads onto a portable medium, checked and booked.", "server"),
    Command("backup", "backup", "Back the office up, sealed to a key carried away.", "server"),
    Command("restore", "backup", "Bring a backup back, and what was purged since stays so.", "server"),
    Command("people", "people", "Members: appoint, train, authorize, unlock.", "server"),
    Command("ledger", "ledger", "Check the ledger of every act and every look.", "server"),
    Command("witness", "witness", "Watch a published ledger, and sign that it only grows.", "witness", "Outside"),
)


class Doorway(TyperGroup):
    """The group behind `platewarden`: lists the table without importing anything, loads the one command that is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return [row.name for row in COMMANDS if row.is_here()]

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | TyperGroup | None:  # noqa: ARG002
        row = _row(cmd_name)
        if row is None or not row.is_here():
            return None
        return TyperCommand(row.name, help=row.help, rich_help_panel=row.panel)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        self.commands = dict.fromkeys(self.list_commands(ctx), TyperCommand(None))  # for “did you mean”
        name, command, rest = super().resolve_command(ctx, args)
        row = _row(name or "")
        if row is None:
            return name, command, rest
        try:
            return name, row.load(), rest
        except ModuleNotFoundError as error:
            raise _missing(row, error) from error

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            row = _row(ctx.invoked_subcommand or "")
            if row is None:
                raise
            raise _missing(row, error) from error


def _row(name: str) -> Command | None:
    return next((row for row in COMMANDS if row.name == name), None)


def _missing(row: Command, error: ModuleNotFoundError) -> Exception:
    """A package of an extra that is not installed becomes a sentence; a module of our own that is missing is a bug."""
    missing = (error.name or "").partition(".")[0]
    return error if missing in {"", "platewarden"} else row.needs(missing)


app = typer.Typer(
    cls=Doorway,
    name="platewarden",
    help="A license plate reader system that can prove that its policy was kept.",
    epilog="Each command teaches with an example: platewarden read --help",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # its tracebacks print local variables, and those may hold a plate
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001  typer calls it
    if wanted:
        print(f"platewarden {platewarden.__version__}")
        raise typer.Exit


@app.callback(no_args_is_help=True)
def _whole(
    *,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    pass


def run(arguments: list[str] | None = None) -> None:
    """`platewarden` on the command line. Ends the process with the exit status."""
    try:
        typer.main.get_command(app).main(args=arguments, prog_name="platewarden")
    except Refused as error:
        print(_say_refused(error), file=sys.stderr)
        sys.exit(error.exit_code)
    except PlatewardenError as error:
        print(error.message, file=sys.stderr)
        sys.exit(error.exit_code)


def _say_refused(error: Refused) -> str:
    """The refusal with the department's number for its clause, and our stable name for it."""
    from platewarden.policy.department import load_department

    try:
        number = load_department().number_of(error.clause)
    except Malformed:  # the refusal matters more than its number
        return f"Refused ({error.clause.value}): {error.message}"
    return f"Refused under {number} ({error.clause.value}): {error.message}"


if __name__ == "__main__":
    run()
