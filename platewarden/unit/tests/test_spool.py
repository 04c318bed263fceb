"""The spool: nothing lost, nothing twice, nothing half stored, whatever moment the power goes.

Run as a program (`python -m platewarden.unit.tests.test_spool FOLDER STEP`) it is the car that is killed just before the
given step; a step is a system call that changes the disk, or a statement to the database.
"""

import errno
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from platewarden.policy.refusal import Unavailable
from platewarden.unit import spool as spool_module
from platewarden.unit.spool import Draft, Spool, SpoolFull

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LIMIT = 1_000_000
WRAPPING = 3 + 12 + 16
"""Bytes that the key of the day adds to a read."""


def seal(raw):
    return b"sealed:" + raw[::-1]


def raw_of(stream, sequence):
    return f"{stream} {sequence} ".encode() * 20


def draft(stream="read", urgency=2):
    return Draft(stream, lambda sequence: raw_of(stream, sequence), urgency)


def open_spool(folder, **limits):
    if not (folder / "spool.db").exists():
        Spool.create(folder)
    return Spool.open(folder, seal=seal, **{"limit_bytes": LIMIT, **limits})


@pytest.fixture
def spool(tmp_path):
    made = open_spool(tmp_path)
    yield made
    made.close()


def numbers(spool):
    return [(message.stream, message.sequence) for message in spool.outgoing()]


def free(spool, stream, sequence, outcome="kept"):
    return spool.receipt(stream, sequence, sha256(raw_of(stream, sequence)).digest(), outcome=outcome)


# keeping and freeing


def test_it_keeps_messages_sealed_and_numbers_them_without_gaps(spool, tmp_path):
    assert spool.keep([draft(), draft()], at=NOON) == (1, 2)
    assert spool.keep([draft(), draft("journal")], at=NOON) == (3, 1)
    assert {spool.sealed(message) for message in spool.outgoing()} == {
        seal(raw_of(*each)) for each in (("read", 1), ("read", 2), ("read", 3), ("journal", 1))
    }
    on_disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert raw_of("read", 1) not in on_disk
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "messages").iterdir()} == {0o600}


def test_hits_go_up_first_then_the_journal_then_the_rest_from_the_oldest(spool):
    spool.keep([draft(), draft(), draft(urgency=0), draft("journal", 1), draft()], at=NOON)
    assert numbers(spool) == [("read", 3), ("journal", 1), ("read", 1), ("read", 2), ("read", 4)]


def test_a_fresh_hit_goes_before_the_hits_of_a_day_without_network_the_newest_first(spool):
    spool.keep([draft(urgency=0), draft(urgency=0), draft()], at=NOON - timedelta(hours=3))
    spool.keep([draft(), draft(urgency=0), draft(urgency=0)], at=NOON)
    assert numbers_of(spool.outgoing(fresh_since=NOON - timedelta(minutes=1))) == [6, 5, 1, 2, 3, 4]
    assert numbers_of(spool.outgoing(3, fresh_since=NOON - timedelta(minutes=1))) == [6, 5, 1]
    assert numbers_of(spool.outgoing()) == [1, 2, 5, 6, 3, 4]
    assert spool.hits_kept == 4


def numbers_of(messages):
    return [message.sequence for message in messages]


def test_only_a_receipt_with_the_same_digest_frees_a_message(spool):
    spool.keep([draft(), draft()], at=NOON)
    for message in spool.outgoing():
        spool.mark_sent(message)
    assert not spool.receipt("read", 1, b"x" * 32, outcome="kept")
    assert not free(spool, "read", 9)
    assert not spool.receipt("journal", 1, sha256(raw_of("read", 1)).digest(), outcome="kept")
    assert spool.counts().sent == 2
    assert spool.forget() == 0
    assert free(spool, "read", 1, outcome="clock")
    assert not free(spool, "read", 1)
    assert spool.forget() == 1
    counts = spool.counts()
    assert (counts.sent, counts.freed, counts.last_sequence) == (1, {"read": {"clock": 1}}, {"read": 2})
    assert len(list(spool.messages.iterdir())) == 1


def test_a_quarantined_message_is_kept_said_and_tried_again_after_a_restart(tmp_path):
    spool = open_spool(tmp_path)
    spool.keep([draft(), draft()], at=NOON)
    spool.quarantine(spool.outgoing()[0], because="the office calls it malformed")
    assert numbers(spool) == [("read", 2)]
    assert spool.counts().quarantined == 1
    assert spool.forget() == 0
    spool.close()
    spool = open_spool(tmp_path)
    assert numbers(spool) == [("read", 1), ("read", 2)]
    spool.quarantine(spool.outgoing()[0], because="again")
    assert free(spool, "read", 1)  # the office took it after all
    spool.close()


def test_a_message_whose_file_is_gone_is_quarantined(spool):
    spool.keep([draft()], at=NOON)
    message = spool.outgoing()[0]
    (spool.messages / message.file).unlink()
    assert spool.sealed(message) is None
    assert spool.counts().quarantined == 1


def test_only_one_process_uses_a_spool(spool, tmp_path):
    with pytest.raises(Unavailable, match="Another"):
        open_spool(tmp_path)


def test_a_spool_that_is_gone_is_never_quietly_made_anew(tmp_path):
    with pytest.raises(Unavailable, match="spool of this unit is gone"):
        Spool.open(tmp_path, seal=seal, limit_bytes=LIMIT)


def test_it_may_be_looked_at_while_it_is_used_and_after(tmp_path):
    spool = open_spool(tmp_path)
    spool.keep([draft()], at=NOON)
    spool.mark("contact_at", "noon")
    spool.mark("contact_at", "one")
    for _ in range(2):
        counts, marks = Spool.look(tmp_path)
        assert (counts.waiting, marks) == (1, {"contact_at": "one"})
        if spool:
            spool.close()
            spool = None


# a full disk


def nothing_half_stored(spool, kept):
    assert spool.counts().waiting == kept
    assert len(list(spool.messages.iterdir())) == kept


def test_at_its_limit_it_stops_aloud_and_keeps_all_of_a_shot_or_nothing(tmp_path):
    spool = open_spool(tmp_path, limit_bytes=3 * (len(seal(raw_of("read", 1))) + WRAPPING))
    spool.keep([draft(), draft()], at=NOON)
    with pytest.raises(SpoolFull, match=r"recording has stopped.*Connect to the office"):
        spool.keep([draft(), draft()], at=NOON)
    nothing_half_stored(spool, 2)
    assert spool.keep([draft()], at=NOON) == (3,)
    free(spool, "read", 1)
    spool.forget()
    assert spool.keep([draft()], at=NOON) == (4,)
    spool.close()


def test_it_leaves_the_reserve_on_the_disk(tmp_path):
    spool = open_spool(tmp_path, reserve_bytes=1 << 60)
    with pytest.raises(SpoolFull, match="disk of this unit is full"):
        spool.keep([draft()], at=NOON)
    nothing_half_stored(spool, 0)
    spool.close()


@pytest.mark.parametrize("call", ["open", "write", "fsync"])
def test_a_disk_that_fills_up_stops_recording_aloud_and_nothing_is_half_stored(spool, monkeypatch, call):
    spool.keep([draft()], at=NOON)
    calls, right = [], getattr(os, call)

    def fail_at_the_second_file(*args, **kwargs):
        calls.append(args)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return right(*args, **kwargs)

    monkeypatch.setattr(os, call, fail_at_the_second_file)
    with pytest.raises(SpoolFull, match=r"disk of this unit is full: recording has stopped"):
        spool.keep([draft(), draft()], at=NOON)
    monkeypatch.undo()
    nothing_half_stored(spool, 1)
    assert spool.keep([draft()], at=NOON) == (2,)


def keep_many(spool):
    for _ in range(200):
        spool.keep([draft()], at=NOON)


def test_a_full_database_is_a_full_disk(spool):
    spool._database.execute("pragma max_page_count = 1")
    spool.keep([], at=NOON)
    with pytest.raises(SpoolFull):
        keep_many(spool)
    spool._database.execute("pragma max_page_count = 100000")
    kept = spool.counts().waiting
    nothing_half_stored(spool, kept)
    assert spool.keep([draft()], at=NOON) == (kept + 1,)


def test_a_disk_that_breaks_is_said_as_such(spool, monkeypatch):
    monkeypatch.setattr(os, "write", lambda *_: (_ for _ in ()).throw(OSError(errno.EIO, "I/O error")))
    with pytest.raises(Unavailable, match=r"cannot write to its disk \(EIO\)"):
        spool.keep([draft()], at=NOON)
    assert spool.counts().waiting == 0


# steps


def watch_steps(step):
    """Call `step(name)` before every call that changes the disk and every statement to the database."""
    right = {name: getattr(os, name) for name in ("open", "write", "fsync", "unlink")}

    def watched(name):
        def call(first, *args, **kwargs):
            if name != "open" or args[0] & os.O_CREAT:
                step(name)
            return right[name](first, *args, **kwargs)

        return call

    for name in right:
        setattr(os, name, watched(name))

    class Watched(sqlite3.Connection):
        def execute(self, statement, *args):
            if not statement.lstrip().startswith(("select", "pragma")):
                step(statement.split()[0])
            return super().execute(statement, *args)

        def executemany(self, statement, *args):
            step(statement.split()[0])
            return super().executemany(statement, *args)

    connect = sqlite3.connect
    spool_module.sqlite3.connect = lambda *args, **kwargs: connect(*args, factory=Watched, **kwargs)
    return right, connect


def a_short_life(folder, say):
    """Two reads and a journal page are kept, one goes up and is freed, one more read is kept."""
    spool = open_spool(folder)
    say("kept", *spool.keep([draft(urgency=0), draft()], at=NOON))
    spool.write("insert into journal_line (at, act) values ('noon', 'shift.sign_on')")
    spool.keep([draft("journal", 1)], at=NOON, beside=lambda database: database.execute("delete from journal_line"))
    say("paged")
    first = spool.outgoing()[0]
    spool.mark_sent(first)
    say("left", first.sequence)
    assert free(spool, first.stream, first.sequence)
    say("freed", first.sequence)
    spool.forget()
    say("kept", *spool.keep([draft()], at=NOON))
    spool.close()


def test_every_file_is_durable_before_its_row_and_gone_before_its_row_goes(tmp_path, monkeypatch):
    Spool.create(tmp_path)
    steps = []
    right, connect = watch_steps(steps.append)
    try:
        spool = Spool.open(tmp_path, seal=seal, limit_bytes=LIMIT)
        count, store = ["insert", "update"], ["open", "write", "fsync"]
        steps.clear()
        spool.keep([draft()], at=NOON)
        assert steps == [
            "begin",
            *count,
            "insert",
            *store,
            "fsync",
            *store,
            "insert",
            "fsync",
            "commit",
        ]  # the day and its key first
        steps.clear()
        spool.keep([draft(), draft()], at=NOON)
        assert steps == ["begin", *count, *store, "insert", *count, *store, "insert", "fsync", "commit"]
        steps.clear()
        free(spool, "read", 1)
        spool.forget()
        assert steps == ["begin", "update", "insert", "commit", "begin", "unlink", "fsync", "delete", "commit"]
        steps.clear()
        spool.settle(NOON.date())
        spool.bury("undated-000001", stone, at=LATER)
        kept = [*count, *store, "insert", "fsync"]
        key_gone = [*store, "unlink", "fsync"]
        assert steps == [
            *["begin", "update", "commit"],
            *["begin", *kept, "update", "update", "commit"],
            *["begin", *key_gone, "unlink", "unlink", "fsync", "delete", "delete", "commit"],
        ]
        spool.close()
    finally:
        spool_module.sqlite3.connect = connect
        for name, call in right.items():
            setattr(os, name, call)


LATER = NOON + timedelta(days=40)


def stone(ends):
    """A tombstone as the tests write it: the day and the ranges in words."""
    words = f"{ends.day} {ends.ranges}".encode()
    return [Draft("tombstone", lambda sequence: words, 1, has_limit=False)]


def a_day_that_ends(folder, say):
    """Two reads of one day and one of another are kept; the first day ends; one more read is kept."""
    spool = open_spool(folder)
    spool.is_sure = lambda _at: True
    say("kept", *spool.keep([draft(), draft()], at=NOON))
    say("kept", *spool.keep([draft()], at=LATER))
    spool.quarantine(spool.outgoing()[1], because="the office calls it malformed")
    for day in spool.days_past((LATER - timedelta(days=30)).date()):
        say("buried", spool.bury(day, stone, at=LATER))
    say("kept", *spool.keep([draft()], at=LATER))
    spool.close()


def a_day_that_is_spared(folder, say):
    """Three reads of one day are kept, an hour apart; the middle hour is held; the day ends; then that hour is held no more."""
    spool = open_spool(folder)
    spool.is_sure = lambda _at: True
    for hour in range(3):
        say("kept", *spool.keep([draft()], at=NOON + timedelta(hours=hour)))
    for is_held in (lambda at: at.hour == NOON.hour + 1, lambda _at: False):
        for day in spool.days_past((LATER - timedelta(days=30)).date()):
            if not spool.spare(day, is_held):
                spool.bury(day, stone, at=LATER)
        say("looked")
    spool.close()


def the_car(folder, die_before, life="a_short_life"):
    return subprocess.run(
        [sys.executable, "-m", __spec__.name if __spec__ else __name__, folder, str(die_before), life],
        capture_output=True,
        text=True,
        check=False,
    )


STEPS = 58
STEPS_TO_THE_END = 73
STEPS_SPARED = 95


def test_the_life_has_as_many_steps_as_are_tried(tmp_path):
    Spool.create(tmp_path)
    whole = the_car(tmp_path, 10_000)
    assert whole.returncode == 0, whole.stderr
    assert whole.stdout.splitlines()[-1] == f"steps {STEPS}"
    (tmp_path / "other").mkdir()
    Spool.create(tmp_path / "other")
    assert the_car(tmp_path / "other", 10_000, "a_day_that_ends").stdout.splitlines()[-1] == f"steps {STEPS_TO_THE_END}"
    (tmp_path / "third").mkdir()
    Spool.create(tmp_path / "third")
    assert the_car(tmp_path / "third", 10_000, "a_day_that_is_spared").stdout.splitlines()[-1] == f"steps {STEPS_SPARED}"


@pytest.mark.parametrize("die_before", range(1, STEPS + 1, 2))
def test_a_kill_before_any_step_loses_nothing_and_doubles_nothing(tmp_path, die_before):
    Spool.create(tmp_path)
    car = the_car(tmp_path, die_before)
    assert car.returncode == -signal.SIGKILL, car.stderr
    said = [line.split() for line in car.stdout.splitlines()]
    kept = {int(number) for word, *rest in said if word == "kept" for number in rest}
    freed = {int(number) for word, *rest in said if word == "freed" for number in rest}

    spool = open_spool(tmp_path)
    counts = spool.counts()
    here = {message.sequence: message for message in spool.outgoing() if message.stream == "read"}
    gone = counts.freed.get("read", {}).get("kept", 0)
    assert kept - freed - {1} <= set(here)
    assert (1 in here) + gone == (counts.last_sequence.get("read", 0) > 0)
    assert {*here, *([1] if gone else [])} == set(range(1, counts.last_sequence.get("read", 0) + 1))
    assert freed <= {1} - set(here)
    pages = [message for message in spool.outgoing() if message.stream == "journal"]
    lines = len(spool.rows("select 1 from journal_line"))
    assert len(pages) + lines <= 1
    if ["paged"] in said:
        assert len(pages) == 1
    for message in spool.outgoing():
        assert spool.sealed(message) == seal(raw_of(message.stream, message.sequence))
    assert len(list(spool.messages.iterdir())) == len(spool.outgoing())
    assert spool.keep([draft()], at=NOON) == (counts.last_sequence.get("read", 0) + 1,)
    spool.close()


@pytest.mark.parametrize("die_before", range(2, STEPS_TO_THE_END + 1, 3))
def test_a_kill_before_any_step_of_an_ending_day_ends_it_whole_or_not_at_all(tmp_path, die_before):
    Spool.create(tmp_path)
    car = the_car(tmp_path, die_before, "a_day_that_ends")
    assert car.returncode == -signal.SIGKILL, car.stderr
    said = [line.split() for line in car.stdout.splitlines()]
    kept = {int(number) for word, *rest in said if word == "kept" for number in rest}

    spool = open_spool(tmp_path)
    here = {message.sequence: message for message in spool.outgoing() if message.stream == "read"}
    stones = [message for message in spool.outgoing() if message.stream == "tombstone"]
    keys = {path.stem for path in (tmp_path / "keys").iterdir()}
    assert len(stones) <= 1
    if stones:
        assert spool.sealed(stones[0]) == seal(f"{NOON.date()} ((1, 2),)".encode())
        assert not {1, 2} & set(here)
        assert keys == {LATER.date().isoformat()}
        assert kept - {1, 2} <= set(here)
    else:
        assert kept <= set(here)
        assert ["buried", "2"] not in said
    for message in here.values():
        assert spool.sealed(message) == seal(raw_of("read", message.sequence))
    assert len(list(spool.messages.iterdir())) == len(here) + len(stones)
    assert keys == {message.day for message in here.values()}
    spool.close()


@pytest.mark.parametrize("die_before", range(30, STEPS_SPARED + 1, 2))
def test_a_kill_before_any_step_of_sparing_leaves_what_is_held_under_one_key_and_whole(tmp_path, die_before):
    Spool.create(tmp_path)
    car = the_car(tmp_path, die_before, "a_day_that_is_spared")
    assert car.returncode == -signal.SIGKILL, car.stderr
    looks = car.stdout.count("looked")
    spool = open_spool(tmp_path)
    here = {message.sequence: message for message in spool.outgoing() if message.stream == "read"}
    keys = {path.stem for path in (tmp_path / "keys").iterdir()}
    if not looks:
        assert 2 in here, "what is held is never lost"
    else:
        assert set(here) <= {2}, "and nothing else outlives its day"
    for message in here.values():
        assert spool.sealed(message) == seal(raw_of("read", message.sequence))
    stones = [message for message in spool.outgoing() if message.stream == "tombstone"]
    assert len(list(spool.messages.iterdir())) == len(here) + len(stones)
    assert {message.day for message in here.values()} <= keys
    spool.close()


def live(folder, die_before, life):
    """The car of `the_car`, in its own process."""
    taken = []

    def step(_name):
        taken.append(1)
        if len(taken) == die_before:
            os.kill(os.getpid(), signal.SIGKILL)

    def say(*words):
        sys.stdout.write(" ".join(map(str, words)) + "\n")
        sys.stdout.flush()

    watch_steps(step)
    globals()[life](folder, say)
    say("steps", len(taken))


if __name__ == "__main__":
    live(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
