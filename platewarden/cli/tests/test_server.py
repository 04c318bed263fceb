"""setup, serve, worker, migrate, status: each teaches with an example, refuses wrong use, and can be run again."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from platewarden.cli.main import COMMANDS, app
from platewarden.cli.testing import desk_of
from platewarden.server.config import ServerConfig
from platewarden.server.database.embedded import EmbeddedServer
from platewarden.server.database.testing import data_folder
from platewarden.server.proof.testing import worker_was_round


def platewarden(*words, timeout=120):
    return subprocess.run(
        [sys.executable, "-m", "platewarden", *words], input="", capture_output=True, text=True, timeout=timeout, check=False
    )


def every_command():
    """Every command with its path, down to those of a group."""
    for row in COMMANDS:
        command = row.load()
        below = getattr(command, "commands", {})
        yield from ([row.name, name] for name in below) if below else [[row.name]]


def test_every_command_teaches_with_an_example_of_itself():
    for words in every_command():
        shown = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "300", "TERMINAL_WIDTH": "300"})
        assert shown.exit_code == 0, words
        assert "Example" in shown.output, words
        assert "platewarden " + " ".join(words) in " ".join(shown.output.split()), words


@pytest.mark.parametrize(
    "words",
    [
        ("setup",),
        ("setup", "--supervisor", "1001"),
        ("setup", "--supervisor", "1001 Dana Whitfield", "--approver", "1002 Luis Ortega"),
        ("setup", "--supervisor", "1001 Dana Whitfield", "--approver", "1002 Luis Ortega", "--trained-on", "03/01/2026"),
        ("setup", "--nonsense"),
        ("status", "extra"),
    ],
)
def test_wrong_use_is_said_and_ends_with_2(tmp_path, words):
    done = platewarden(*words, "--data", str(tmp_path / "office"))
    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "office").exists()


def test_without_a_setup_every_command_says_what_to_run(tmp_path):
    for words in (("status",), ("migrate",), ("serve",), ("worker",), ("ledger", "verify")):
        done = platewarden(*words, "--data", str(tmp_path / "office"))
        assert done.returncode in (2, 3), words
        assert "Traceback" not in done.stderr, words
        assert "setup" in done.stderr, words


@pytest.mark.slow
def test_setup_makes_an_office_once_and_a_second_time_is_refused():
    with data_folder("cli") as folder:
        words = ("setup", "--supervisor", "1001 Dana Whitfield", "--approver", "1002 Luis Ortega", "--trained-on", "2026-03-01")
        try:
            first = platewarden(*words, "--data", str(folder))
            assert first.returncode == 0, first.stderr
            assert [line.split()[0] for line in first.stdout.splitlines()] == ["1001", "1002"]
            assert "platewarden serve" in first.stderr
            secrets = {path.name: path.read_bytes() for path in (folder / "secrets").iterdir()}
            second = platewarden(*words, "--data", str(folder))
            assert second.returncode == 1
            assert "Refused under 427.3 (supervisor-manages)" in second.stderr
            assert second.stdout == ""
            assert {path.name: path.read_bytes() for path in (folder / "secrets").iterdir()} == secrets
            told = json.loads(platewarden("status", "--json", "--data", str(folder)).stdout)
            assert (told["members"], told["policy_edition"]) == (2, 1)
        finally:
            EmbeddedServer(folder, say=lambda _: None).end_left_over()


def test_status_counts_says_what_is_red_and_names_no_plate(office):
    desk = desk_of(office)
    office.receive(office.car(), "AB12345")
    office.seal()
    done = desk.run("status", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, len(told["red"])) == (1, 1), done.stderr
    assert "Is the worker running?" in told["red"][0]
    worker_was_round(office)
    assert desk.run("status").returncode == 0
    assert (told["units_enrolled"], told["members"], told["hotlist_edition"]) == (1, 8, None)
    assert told["ledger_sealed"] == told["ledger_leaves"]
    assert told["ledger_is_behind"] is False
    assert "AB12345" not in done.stdout
    plain = desk.run("status")
    assert "units enrolled" in plain.stdout


def test_migrating_again_changes_nothing(office):
    done = desk_of(office).run("migrate")
    assert done.returncode == 0, done.stderr
    assert "at this version" in done.stderr


def test_the_worker_seals_makes_rosters_and_ends_when_told(office):
    desk = desk_of(office)
    office.receive(office.car(), "AB12345")
    worker = subprocess.Popen(
        [sys.executable, "-m", "platewarden", "worker", "--data", str(desk.data)], stderr=subprocess.PIPE, text=True
    )
    try:
        patience = time.monotonic() + 40
        while office.ask_owner("select count(*) from office.people_rosterissue") == [(0,)]:
            assert worker.poll() is None
            assert time.monotonic() < patience
            time.sleep(0.2)
        worker.send_signal(signal.SIGTERM)
        _, words = worker.communicate(timeout=20)
        assert worker.returncode == 0
        assert "failed" not in words
    finally:
        if worker.poll() is None:
            worker.kill()
            worker.communicate()
    assert office.ask_owner("select count(*) from office.ledger_unsealed") == [(0,)]
    assert ServerConfig.load(desk.data).database.dbname == office.database.name
