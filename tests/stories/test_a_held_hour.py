"""A held hour: a car out of reach for a month brings home what a hold names, and nothing else of that month; over real HTTP.

The office's door for cars is Django's own, on a socket; the car is the unit's own parts, with a clock that is told what time it is.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, time, timedelta
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

from platewarden.exchange.seal import fingerprint
from platewarden.policy.refusal import Unavailable
from platewarden.server.clock import now
from platewarden.server.equipment import enrol as at_office
from platewarden.server.equipment.models import EnrolmentAsk, Tombstone, Unit
from platewarden.server.people.testing import DESIGNEE, SUPERVISOR
from platewarden.server.retention import hold as holds
from platewarden.server.retention.testing import day_ago, held, keep_past, open_past, request_of
from platewarden.unit.config import UnitConfig
from platewarden.unit.enrolment import SPOOL, enrol
from platewarden.unit.holds import Holds
from platewarden.unit.hotlist import Hotlist
from platewarden.unit.journal import Journal
from platewarden.unit.link import Link
from platewarden.unit.roster import Roster
from platewarden.unit.spool import Draft, Spool
from platewarden.unit.tasks import Tasks
from platewarden.unit.testing import Ticker, read_report
from platewarden.unit.transfer import Transfer

HOUR = timedelta(hours=1)


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_words: object) -> None:
        """Nothing."""


class Door(WSGIHandler):
    """The door, which leaves no connection of its thread behind."""

    def __call__(self, environ, start_response):
        try:
            return super().__call__(environ, start_response)
        finally:
            connections.close_all()


@contextmanager
def door(office) -> Iterator[str]:
    with office.at_the_door(), make_server("127.0.0.1", 0, Door(), Server, Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def car_of(office, data, clock) -> Iterator[Transfer]:
    """A car, enrolled over the line, its parts as a run puts them together."""

    def ask():
        with door(office) as server, Link(server) as link:
            config = UnitConfig(name="Car 12", server=server, office=fingerprint(at_office.office_signing_key().public_bytes))
            return enrol(data, config, link, clock=clock, pause=lambda _: None, tries=1, say=lambda _: None)

    with pytest.raises(Unavailable, match="has not approved"):
        ask()
    with office.as_role("owner"):
        at_office.decide(EnrolmentAsk.objects.get(name="Car 12").pk, approve=True, by=office.member(SUPERVISOR))
    enrolment = ask()
    with closing(Spool.open(data / SPOOL, seal=enrolment.seal, limit_bytes=50_000_000)) as spool:
        yield Transfer(
            Link("http://127.0.0.1:9"),  # nobody there, until it is in touch
            enrolment,
            spool,
            Journal(spool, enrolment.key),
            Hotlist(data, enrolment.find_key),
            Roster(data, enrolment.find_key),
            Tasks(data, enrolment.find_key, spool, enrolment.key),
            Holds(data, enrolment.find_key, enrolment.key.key_id),
            clock,
            random.Random(12),
            lambda _: None,
            seconds=clock.seconds,
            run="test",
        )


def in_touch(office, car, *, carries=True):
    with door(office) as server, Link(server) as link:
        car.link = link
        assert car.contact()
        assert not carries or car._carry_up()


def read_there(car, text):
    """A read of this moment, kept in the car."""
    key, at = car.enrolment.key, car.clock()

    def write(sequence: int) -> bytes:
        return read_report(key.key_id, sequence, text, at).signed(key)

    car.spool.keep([Draft("read", write)], at=at)


@pytest.mark.parametrize("is_released", [False, True])
def test_a_car_that_was_away_brings_home_what_is_held_and_nothing_else(office, tmp_path, is_released):
    # car 14 saw the vehicle 29 days ago; a hold names it for the hours around that time and the evening before
    noon = datetime.combine(day_ago(30), time(12), UTC)
    open_past(office.database, 29)
    other = office.car("Car 14")
    with office.as_role("ingest"):
        keep_past(other, "HELD001", 29)
    days = tuple((now() - at) / timedelta(days=1) for at in (noon - 4 * HOUR, noon + 28 * HOUR))
    placed = held(office, SUPERVISOR, plate="HELD001", days=days)

    # car 12 is enrolled, hears of the hold, and is then taken back to that day: the clock is the only thing that is made up
    clock = Ticker(now())
    with car_of(office, tmp_path, clock) as car:
        in_touch(office, car)
        assert car.holds.number > 0
        clock.at = noon - 10 * HOUR
        car.spool.is_sure = lambda _at: True
        for text, hours in (("EARLY11", 0), ("HELD001", 10), ("OTHER77", 0.5), ("LATER22", 25)):
            clock.at += hours * HOUR
            read_there(car, text)
        assert len(car.spool.outgoing(100)) == 4
        if is_released:
            holds.release(request_of(office, DESIGNEE), placed.pk, because="judgment of 2026-11-02")

        # home again: the clock is confirmed by the office, the days end, and what is left goes up
        clock.at = datetime.combine(day_ago(-1), time(3), UTC)  # the day of the reads is past by then, here and at the office
        with office.database.connect("owner") as owner:
            owner.execute("insert into office.gone (kind, day) values ('reads', %s)", (day_ago(30),))
        if is_released:
            in_touch(office, car, carries=False)
        car.trusted.hear_office(clock())
        ended = car.expiry.end_what_is_past(clock())
        assert ended == (3 if is_released else 1)
        clock.at = now()
        in_touch(office, car)
        assert car.spool.counts().unsent == 0
    rows = office.ask_owner("select plate, unit_id from plates.reads_held")
    unit = Unit.objects.get(name="Car 12")
    assert rows == ([] if is_released else [("HELD001", unit.pk)])
    kept = office.ask_owner("select plate from plates.reads where unit_id = %s", unit.pk)
    assert kept == [("LATER22",)]
    outcomes = office.ask_owner(
        "select sequence, outcome from office.received where stream = 'read' and unit_key_id = %s order by sequence",
        bytes(unit.key_id),
    )
    assert outcomes == ([(4, "kept")] if is_released else [(2, "kept"), (3, "expired"), (4, "kept")])
    assert [each.ranges for each in Tombstone.objects.filter(unit=unit)] == [[[1, 3]]] if is_released else [[[1, 1]]]
