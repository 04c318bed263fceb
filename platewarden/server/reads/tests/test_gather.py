"""Gathering the dictionary: a search gives the same plates before it, after it, and with everything that comes late."""

from __future__ import annotations

import random
import threading
from datetime import timedelta

import psycopg
import pytest

from platewarden.plate.pattern import likes, parse_pattern
from platewarden.server.clock import now
from platewarden.server.people.testing import OPERATOR
from platewarden.server.reads import gather as module
from platewarden.server.reads import search
from platewarden.server.reads.gather import gather, gather_if_due, is_due, send_home

DAYS = (9, 8, 5, 3, 2)
PLAIN = """
select s.plate, max(s.day), count(distinct s.day)::int from (
    select r.plate, (r.captured_at at time zone 'UTC')::date as day from plates.reads r
    union all select h.plate, (h.captured_at at time zone 'UTC')::date from plates.reads_held h) s
where s.plate like any (%s) group by 1 order by 2 desc, 1
"""


def shown(office, pattern, **span):
    """What a search gives a member: plate, last day, days. Everything from the door on is real."""
    given = []
    with pytest.MonkeyPatch.context() as patch:
        real = search.plates_of_pattern
        patch.setattr(search, "plates_of_pattern", lambda access: given.append(real(access)) or given[-1])
        assert office.browser(OPERATOR).post("/reads/search/", {"plate": pattern, "span": "all", **span}).status_code == 200
    return [(each.plate, each.last_on, each.days) for each in given[-1]]


def plain(office, pattern):
    """The same, from every read there is."""
    return office.ask_owner(PLAIN, list(likes(parse_pattern(pattern))))


def gather_now(office):
    with office.as_role("purge"):
        return gather()


def due(office):
    with office.as_role("purge"):
        return is_due()


def random_plates(chance, many):
    return ["".join(chance.choices("AB78K", k=chance.choice((5, 6, 7)))) for _ in range(many)]


def random_pattern(chance, text):
    """A way to remember a plate: some characters lost, choices, stars, any order."""
    kind = chance.choice(("holes", "front", "back", "middle", "stars", "choice", "any"))
    if kind == "any":
        return "{" + "".join(chance.sample(text, chance.choice((3, 4)))) + "}"
    if kind == "stars":
        return "*" + "*".join(sorted_sample(chance, text, 3)) + "*"
    if kind == "front":
        return text[:3] + "*"
    if kind == "back":
        return "*" + text[-3:]
    if kind == "middle":
        return "*" + text[1:4] + "*"
    at = chance.randrange(len(text))
    return text[:at] + ("?" if kind == "holes" else f"[{text[at]}Q]") + text[at + 1 :]


def sorted_sample(chance, text, many):
    return [text[at] for at in sorted(chance.sample(range(len(text)), many))]


@pytest.fixture
def seen(office):
    """A car's reads of some days of the past and of today, plates repeated on several."""
    chance = random.Random(427)
    car, plates = office.car(), random_plates(chance, 30)
    for ago in (*DAYS, 0):
        for text in chance.sample(plates, 12):
            office.receive(car, text, at=now() - timedelta(days=ago))
    return car, plates


def test_a_search_gives_the_same_plates_whatever_is_gathered(office, seen):
    chance = random.Random(7)
    car, plates = seen
    patterns = list({random_pattern(chance, text): None for text in (*plates, *plates)})
    for part, change in enumerate(
        (
            lambda: None,
            lambda: gather_now(office),
            lambda: office.receive(car, plates[0], at=now() - timedelta(days=5)),
            lambda: office.receive(car, "KKK777", at=now() - timedelta(days=8)),
            lambda: gather_now(office),
        )
    ):
        change()
        for pattern in [*patterns[part::5], ("KKK7*", "*KK777", "KK?777", "{KKK7}", "*K*K*K*7*")[part]]:
            assert shown(office, pattern) == plain(office, pattern), pattern


def test_each_plate_is_gathered_once_with_its_days_and_today_is_not(office, seen):
    assert due(office)
    many = gather_now(office)
    assert not due(office)
    rows = office.ask_owner(
        "select r.plate, array_agg(distinct (r.captured_at at time zone 'UTC')::date) from plates.reads r"
        " where r.captured_at < ((now() at time zone 'UTC')::date - 1)::timestamp at time zone 'UTC' group by 1 order by 1"
    )
    assert office.ask_owner("select plate, days from plates.gathered order by 1") == rows
    assert many == len(rows) > 5
    assert office.ask_owner("select count(*) from plates.late_day") == [(0,)]


def test_a_span_of_dates_counts_the_days_within_it_only(office):
    car = office.car()
    for ago in (9, 5, 2):
        office.receive(car, "AB78K12", at=now() - timedelta(days=ago))
    office.receive(car, "AB78K99", at=now() - timedelta(days=9))
    gather_now(office)
    day = (now() - timedelta(days=5)).date()
    span = {"span": "dates", "since": day.isoformat(), "until": now().date().isoformat()}
    assert [(plate, days) for plate, _, days in shown(office, "AB78K*", **span)] == [("AB78K12", 2)]


def test_a_read_that_comes_into_a_gathered_day_is_found_at_once_and_gathered_the_next_time(office, seen):
    car, _ = seen
    gather_now(office)
    office.receive(car, "LATE777", at=now() - timedelta(days=8))
    office.receive(car, "LATE778", at=now() - timedelta(days=8))
    assert office.ask_owner("select count(*) from plates.late_day") == [(1,)]
    assert [row[0] for row in shown(office, "LATE*")] == ["LATE777", "LATE778"]
    gather_now(office)
    assert office.ask_owner("select count(*) from plates.late_day") == [(0,)]
    assert [row[0] for row in shown(office, "*TE77?")] == ["LATE777", "LATE778"]


def test_a_read_that_comes_while_days_are_gathered_is_not_lost(office, seen):
    """Written before the gathering began and committed while it waits; and written between its two halves."""
    gather_now(office)
    day = (now() - timedelta(days=8)).date()
    with office.database.connect("ingest", autocommit=False) as writing:
        row = "insert into plates.plate_seen select %s, %s, %s, '{}'"
        writing.execute(row, [day, "WAITED1", "WAITED1"])
        writing.execute("select plates.note_late(%s)", [day])
        began = threading.Thread(target=lambda: begin(office))
        began.start()
        began.join(0.3)
        assert began.is_alive(), "it waits for whoever notes a late read"
        writing.commit()
        began.join(5)
        writing.execute(row, [day, "BETWEEN", "BETWEEN"])
        writing.execute("select plates.note_late(%s)", [day])
        with office.database.connect("purge") as worker:
            worker.execute("select plates.gather()")
        writing.commit()
    gathered = {text for (text,) in office.ask_owner("select plate from plates.gathered")}
    assert ("WAITED1" in gathered, "BETWEEN" in gathered) == (True, False)
    assert office.ask_owner("select day from plates.late_day") == [(day,)]


def begin(office):
    with office.database.connect("purge") as worker:
        worker.execute("select plates.begin_gathering()")


def test_what_a_killed_gathering_left_goes_with_the_next_and_two_at_once_are_one(office, seen):
    begin(office)
    assert office.ask_owner("select count(*) from plates.gathered_new") == [(0,)]
    with office.database.connect("owner", autocommit=False) as other:
        other.execute("select pg_advisory_xact_lock(4270012)")
        assert gather_now(office) is None
    assert gather_now(office)
    assert office.ask_owner("select to_regclass('plates.gathered_new')") == [(None,)]


def test_a_purge_sends_a_gathering_home_and_nobody_else(office):
    with office.database.connect("purge", autocommit=False) as other, office.as_role("purge"):
        other.execute("select pg_advisory_xact_lock(4270012)")
        slept = []

        def sleep():
            with pytest.raises(psycopg.errors.QueryCanceled):
                other.execute("select pg_sleep(20)")
            slept.append(True)

        thread = threading.Thread(target=sleep)
        thread.start()
        while not slept:
            send_home()
            thread.join(0.1)


def test_the_worker_gathers_when_it_is_due_and_nothing_is_to_be_purged(monkeypatch):
    done = []
    monkeypatch.setattr(module, "is_due", lambda: True)
    monkeypatch.setattr(module, "gather", lambda: done.append(True))
    gather_if_due(unless=lambda: True)
    assert not done
    gather_if_due(unless=lambda: False)
    assert done
    monkeypatch.setattr(module, "is_due", lambda: False)
    gather_if_due(unless=lambda: False)
    assert len(done) == 1


def test_no_login_sees_what_is_gathered_and_no_sample_of_it_is_kept(office, seen):
    gather_now(office)
    for role in ("app", "login", "ingest", "purge"):
        with office.database.connect(role) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("select plate from plates.gathered")
    office.ask_owner("select 1 from plates.gathered")
    with office.database.connect("owner") as owner:
        owner.execute("analyze plates.gathered")
    assert {name for (name,) in office.ask_owner("select attname from pg_stats where tablename = 'gathered'")} <= {"days"}
