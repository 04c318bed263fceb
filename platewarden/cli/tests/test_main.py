import subprocess
import sys

import pytest
from typer.testing import CliRunner

from platewarden.cli import main
from platewarden.cli.main import COMMANDS, Command, app, run
from platewarden.policy.clauses import Clause
from platewarden.policy.department import load_department
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Tampered, Unavailable, Unknown


def ended(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        run(list(arguments))
    return int(end.value.code or 0)


@pytest.fixture
def raises(monkeypatch):
    """Makes `platewarden read` end in what it is given."""

    def arrange(error: Exception) -> None:
        def load(_row: Command):
            raise error

        monkeypatch.setattr(Command, "load", load)

    return arrange


def test_help_lists_the_commands_that_are_here():
    shown = CliRunner().invoke(app, ["--help"])
    assert shown.exit_code == 0
    for row in COMMANDS:
        assert (row.help in shown.output) == row.is_here()


def test_each_command_that_is_here_loads_and_teaches_with_an_example():
    for row in COMMANDS:
        if row.is_here():
            shown = CliRunner().invoke(app, [row.name, "--help"])
            assert shown.exit_code == 0, row.name
            assert row.name in shown.output


def test_the_version_is_printed(capsys):
    assert ended("--version") == 0
    assert capsys.readouterr().out.startswith("platewarden ")


def test_without_arguments_it_shows_help_and_is_wrong_use(capsys):
    assert ended() == 2
    assert "Usage" in "".join(capsys.readouterr())


def test_a_command_that_does_not_exist_is_wrong_use_with_the_near_one_named(capsys):
    assert ended("raed") == 2
    assert "read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unknown("There is no such unit."), 1),
        (Stale("Look again."), 1),
        (Malformed("hot.csv, line 3: no plate. Correct it."), 2),
        (Unavailable("The disk is full. Make room."), 3),
        (Tampered("Entry 7 does not fit."), 1),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_an_exit_status(raises, capsys, error, status):
    raises(error)
    assert ended("read", "x.jpg") == status
    assert capsys.readouterr() == ("", f"{error.message}\n")


def test_a_refusal_names_the_departments_number_and_the_clause(raises, capsys):
    raises(Refused(Refusal(Clause.TRAINING_BEFORE_USE, "Training has lapsed. Renew it first.")))
    assert ended("read", "x.jpg") == 1
    number = load_department().number_of(Clause.TRAINING_BEFORE_USE)
    assert capsys.readouterr().err == f"Refused under {number} (training-before-use): Training has lapsed. Renew it first.\n"


def test_a_missing_package_is_unavailable_with_the_command_to_run(raises, capsys):
    raises(ModuleNotFoundError("No module named 'numpy'", name="numpy"))
    assert ended("read", "x.jpg") == 3
    said = capsys.readouterr().err
    assert "pip install 'platewarden'" in said
    assert "numpy" in said


def test_a_missing_module_of_our_own_is_a_bug_and_not_hidden(raises):
    raises(ModuleNotFoundError("No module named 'platewarden.x'", name="platewarden.x"))
    with pytest.raises(ModuleNotFoundError):
        run(["read", "x.jpg"])


def test_every_row_has_one_line_of_help_and_no_name_twice():
    assert len({row.name for row in COMMANDS}) == len(COMMANDS)
    for row in COMMANDS:
        assert row.help.endswith(".")
        assert len(row.help) < 80


@pytest.mark.parametrize(
    "arguments", [["--help"], ["read", "--help"], ["measure", "--help"], ["unit", "--help"], ["read", "no such path"]]
)
def test_car_and_desk_commands_import_no_django(arguments):
    """A car has no Django, and help is quick: nothing heavy is imported to show it."""
    heavy = {"django", "psycopg"} | ({"numpy", "cv2", "rapidocr", "onnxruntime"} if "--help" in arguments else set())
    script = (
        "import sys\n"
        "from platewarden.cli.main import run\n"
        "try:\n"
        f"    run({arguments!r})\n"
        "except SystemExit:\n"
        "    pass\n"
        f"print(sorted({{name.partition('.')[0] for name in sys.modules}} & {heavy!r}), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"


def test_the_module_is_a_program_of_its_own():
    done = subprocess.run([sys.executable, "-m", "platewarden", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("platewarden ")
    assert main.run is run
