"""`platewarden unit`, as a person or a program calls it."""

import json
import signal
import sys
import threading
import types
from datetime import UTC, datetime

import pytest
from PIL import Image

from platewarden.cli.main import run as platewarden
from platewarden.recognition import recognizer
from platewarden.recognition.result import Reading
from platewarden.unit.testing import SECRET, Office, entry, member, plug_in, serving

CORNERS = ((2.0, 2.0), (14.0, 2.0), (14.0, 6.0), (2.0, 6.0))


class ByName:
    name = "by-name"

    def recognise(self, picture):
        text = picture.name.partition(".")[0]
        return (Reading(text, 0.9, None, None, CORNERS, (), (), self.name),) if text.isupper() else ()


@pytest.fixture(autouse=True)
def by_name(monkeypatch):
    module = types.ModuleType("by_name_engine")
    module.open_engine = lambda _threads: ByName()
    monkeypatch.setitem(sys.modules, "by_name_engine", module)
    monkeypatch.setitem(recognizer.ENGINES, "by-name", "by_name_engine")


@pytest.fixture
def office():
    office = Office(clock=lambda: datetime.now(UTC))
    office.publish_hotlist(3, [entry("7ABC123")])
    office.publish_roster(2, [member(), member("2280", "Officer Udo Untrained", trained_until=None)])
    with serving(office):
        yield office


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("7ABC123", "HELLO1", "street"):
        Image.new("RGB", (16, 8), "white").save(folder / f"{name}.jpg")
    (folder / "zero.jpg").write_bytes(b"")
    (folder / "truth.jsonl").write_text("")
    return folder


@pytest.fixture
def car(tmp_path, office, capsys):
    (tmp_path / "secret").write_text(SECRET + "\n")
    call(
        "enrol",
        "--data",
        tmp_path / "car",
        "--server",
        office.server,
        "--name",
        "car 12",
        "--office",
        office.fingerprint,
        "--wait",
        0,
    )
    assert "“car 12” is enrolled" in capsys.readouterr().out
    return tmp_path / "car"


def call(*words):
    """The exit status of `platewarden unit ...`."""
    try:
        platewarden(["unit", *map(str, words)])
    except SystemExit as ended:
        return ended.code or 0
    return 0


def drive(car, photos, *more, number="4417"):
    words = (
        "--member",
        number,
        "--purpose",
        "routine-patrol",
        "--secret-file",
        car.parent / "secret",
        "--sticks",
        plug_in(car.parent / "media", number),
        "--engine",
        "by-name",
        *more,
    )
    return call("run", "--data", car, "--source", photos, "--once", "--wait", 20, *words)


def test_a_run_over_a_folder_ends_with_one_json_object_that_accounts_for_everything(car, photos, office, capsys):
    assert drive(car, photos, "--json") == 0
    printed = capsys.readouterr()
    summary = json.loads(printed.out)
    wanted = {
        "photos": 4,
        "readings": 2,
        "unreadable": 0,
        "empty": 1,
        "bad_pictures": 1,
        "errors": 0,
        "other_files": 1,
        "hits": 1,
        "alerts_shown": 1,
        "silent": 0,
        "spooled": 2,
        "not_recorded": 0,
        "receipted": 2,
        "waiting": 0,
        "refused": 0,
        "outcomes": {"kept": 2},
        "hotlist_edition": 3,
        "frames": 0,
        "passages": 0,
        "corrections": 0,
        "cameras": {},
        "roster_edition": 2,
    }
    assert {name: summary[name] for name in wanted} == wanted
    assert summary.keys() - wanted.keys() == {"shift_id", "seconds", "slowest_alert_ms"}
    lines = [json.loads(line) for line in printed.err.splitlines()]
    assert [line["text"] for line in lines if "alert" in line] == ["7ABC123"]
    assert any("zero.jpg is empty" in str(line["say"]) for line in lines)
    assert sorted(report.text for report in office.reports.values()) == ["7ABC123", "HELLO1"]
    acts = [line.act for number in sorted(office.pages) for line in office.pages[number].lines]
    assert acts == ["shift.sign_on", "alert.shown", "shift.sign_off"]


def test_in_words_the_alert_is_on_the_terminal_and_the_account_at_the_end(car, photos, capsys):
    assert drive(car, photos) == 0
    printed = capsys.readouterr()
    assert "POSSIBLE HIT 7ABC123 (state not read): stolen vehicle." in printed.err
    assert "VERIFY BEFORE ACTING" in printed.err
    assert "receipted            2" in printed.out


def test_an_untrained_member_is_refused_with_the_clause_and_the_office_learns_of_it(car, photos, office, capsys):
    assert drive(car, photos, number="2280") == 1
    printed = capsys.readouterr()
    assert "Refused under 427.4(d)" in printed.err
    assert printed.out == ""
    assert [(line.act, line.member) for page in office.pages.values() for line in page.lines] == [("shift.refused", "2280")]
    assert office.reports == {}


def test_with_the_office_gone_the_reads_wait_and_the_next_run_carries_them(car, photos, office, capsys):
    drive(car, photos, "--json")
    office.misbehave("/unit/v1/reports", *[503] * 500)
    assert drive(car, photos, "--json", "--wait", 0) == 3
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["waiting"] >= 2
    assert call("status", "--data", car, "--json") == 0
    assert json.loads(capsys.readouterr().out)["waiting"] >= 2
    office._odd.clear()
    assert drive(car, photos, "--json") == 0
    assert json.loads(capsys.readouterr().out)["receipted"] == 4
    assert sorted(office.reports) == [1, 2, 3, 4, 5, 6]


def test_status_is_a_screen_on_a_terminal_and_lines_where_they_are_asked_for(car, monkeypatch, capsys):
    from platewarden.unit.status_screen import StatusScreen

    shown = []
    monkeypatch.setattr(StatusScreen, "run", lambda screen: shown.append(screen._technician.look().unit))
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    assert call("status", "--data", car, "--once") == 0
    assert "waiting" in capsys.readouterr().out
    assert shown == []
    assert call("status", "--data", car) == 0
    assert shown == ["car 12"]
    assert call("status", "--data", car.parent / "nothing") == 3
    assert "Run: platewarden unit enrol" in capsys.readouterr().err


def test_while_it_runs_its_pulse_says_who_is_signed_on_and_afterwards_there_is_none(car, photos, office, monkeypatch):
    from platewarden.unit import watch
    from platewarden.unit.pulse import hear

    heard = []
    plain = watch.Watch._take

    def take(self, shot):
        heard.append(hear(car))
        plain(self, shot)

    monkeypatch.setattr(watch.Watch, "_take", take)
    monkeypatch.setattr("platewarden.unit.pulse.EVERY_S", 0.01)
    drive(car, photos, "--json")
    assert heard
    assert all(each is not None for each in heard)
    assert hear(car) is None


def test_a_revoked_unit_is_refused_before_anything_is_read(car, photos, office, capsys):
    office.approved.clear()
    assert drive(car, photos, "--json") == 1
    assert "supervisor-manages" in capsys.readouterr().err
    assert office.reports == {}


def test_what_the_office_will_not_take_ends_the_run_with_a_failed_check(car, photos, office, capsys):
    office.misbehave("/unit/v1/reports", 400)
    assert drive(car, photos, "--json") == 1
    printed = capsys.readouterr()
    summary = json.loads(printed.out)
    assert (summary["refused"], summary["receipted"]) == (1, 1)
    assert "stand aside" in printed.err


def test_a_wrong_fingerprint_stops_the_enrolment(tmp_path, office, capsys):
    words = ("--server", office.server, "--name", "car 13", "--office", Office().fingerprint)
    assert call("enrol", "--data", tmp_path / "car 13", *words) == 1
    assert "not the one that was given" in capsys.readouterr().err


def test_a_unit_that_is_not_enrolled_says_what_to_do(tmp_path, photos, capsys):
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "nothing").mkdir()
    assert drive(tmp_path / "nothing", photos) == 3
    assert "Run: platewarden unit enrol" in capsys.readouterr().err


def test_help_teaches_with_an_example(capsys):
    for words in (["enrol"], ["run"], ["status"]):
        assert call(*words, "--help") == 0
        assert "Example:" in capsys.readouterr().out


def test_a_first_signal_ends_the_watch_in_order_and_a_second_one_at_once():
    from platewarden.cli.unit import _when_told_to_stop

    told = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        _when_told_to_stop(lambda: told.append(1))
        signal.raise_signal(signal.SIGTERM)
        assert told == [1]
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        for number, was in before.items():
            signal.signal(number, was)


def test_the_command_leaves_signals_alone_outside_the_main_thread():
    from platewarden.cli.unit import _when_told_to_stop

    thread = threading.Thread(target=_when_told_to_stop, args=(lambda: None,))
    thread.start()
    thread.join()
