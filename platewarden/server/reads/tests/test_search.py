"""What a search finds: one plate's reads newest first, a partial plate's plates, nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from platewarden.exchange.read_report import Across, Along, NoPlace, Passing, Place
from platewarden.plate.match import Candidate
from platewarden.policy.refusal import Unknown
from platewarden.server.access.desk import Access
from platewarden.server.clock import now
from platewarden.server.people.testing import OPERATOR
from platewarden.server.reads import search
from platewarden.server.reads.testing import pictures


@pytest.fixture
def asked(office, monkeypatch):
    """What a search gave, of the request that a browser sent: everything from the door on is real."""

    def ask(function, **fields):
        given = {}

        def keep(access: Access):
            given["found"] = real(access)
            return given["found"]

        real = getattr(search, function)
        with monkeypatch.context() as patch:
            patch.setattr(search, function, keep)
            answer = office.browser(OPERATOR).post("/reads/search/", {"span": "all", **fields})
        assert answer.status_code == 200
        return given["found"]

    return ask


def test_a_plates_reads_come_newest_first_with_everything_the_camera_said(office, asked):
    car = office.car()
    earlier = office.receive(car, "AB12345", at=now() - timedelta(hours=30))
    office.receive(car, "AB12345", state="IL", state_confidence=0.75, candidates=(Candidate("A812345", 0.25),), pictures=pictures())
    office.receive(car, "A812345")
    assert earlier
    first, second = asked("reads_of_plate", plate="ab12345")
    assert first.captured_at > second.captured_at
    assert (first.plate, first.state, first.candidates, first.unit_id) == ("AB12345", "IL", (("A812345", 0.25),), car.unit.id)
    assert [sign for sign, _ in first.characters] == list("AB12345")
    assert first.picture("plate") == pictures()[1].content
    assert first.picture("overview") == pictures()[0].content
    assert (second.state, second.state_confidence, second.lat) == (None, None, None)


def test_a_read_tells_its_passage_its_crossing_and_its_way(office, asked):
    at = now()
    passing = Passing(at - timedelta(seconds=2), at + timedelta(seconds=1), Along.AWAY, Across.RIGHT, 270.0)
    place = Place(42.18, -87.8, 4.0, 90.0, 0.5, "Central Ave & Green Bay Rd")
    office.receive(office.car(), "AB12345", at=at, passing=passing, place=place)
    (found,) = asked("reads_of_plate", plate="AB12345")
    assert (found.began_at, found.ended_at, found.seconds) == (passing.began_at, passing.ended_at, 3.0)
    assert (found.crossing, found.no_place) == ("Central Ave & Green Bay Rd", None)
    assert found.way == "about westbound, away from the camera, to the right of the picture"


def test_a_read_without_a_place_says_why_and_of_its_way_nothing(office, asked):
    office.receive(office.car(), "AB12345", no_place=NoPlace.FEW_SATELLITES)
    (found,) = asked("reads_of_plate", plate="AB12345")
    assert (found.lat, found.crossing, found.no_place) == (None, None, "the receiver sees too few satellites")
    assert (found.way, found.seconds) == ("", 0.0)
    page = office.browser(OPERATOR).post("/reads/search/", {"span": "all", "plate": "AB12345"}).content.decode()
    assert "the receiver sees too few satellites" in page


def test_a_search_is_one_line_of_the_ledger_and_its_plate_is_not_in_it(office, asked):
    office.receive(office.car(), "AB12345")
    asked("reads_of_plate", plate="AB12345")
    assert office.ledger()[-1] == ("reads.search", OPERATOR)
    (body,) = office.ask_owner("select body from office.ledger_leaf where act = 'reads.search'")[0]
    assert "AB12345" not in body
    assert "criminal-investigation" in body
    assert office.ask_owner("select shown from office.access_shown") == [(1,)]


def test_nothing_found_is_an_empty_list_and_recorded_as_nothing_shown(office, asked):
    assert asked("reads_of_plate", plate="NONE1") == []
    assert asked("plates_of_pattern", plate="NO?E*") == []
    assert office.ask_owner("select shown from office.access_shown") == [(0,), (0,)]


def test_a_partial_plate_finds_the_plates_that_answer_it_and_no_other(office, asked):
    car = office.car()
    for text in ("X7B34AB", "X7B34", "X7834AB", "7B34", "XX7B34"):
        office.receive(car, text)
    office.receive(car, "X7B34", at=now() - timedelta(days=2))
    found = {each.plate: each for each in asked("plates_of_pattern", plate="?7b?4*")}
    assert set(found) == {"X7B34AB", "X7B34"}
    assert found["X7B34"].days == 2
    assert isinstance(found["X7B34"].last_on, date)
    assert {each.plate for each in asked("plates_of_pattern", plate="*7B34")} == {"X7B34", "7B34", "XX7B34"}


def test_one_of_several_characters_and_characters_in_any_order_are_looked_for(office, asked):
    car = office.car()
    for text in ("X7034AB", "X7O34AB", "X7Q34AB", "34XB7AA"):
        office.receive(car, text)
    assert {each.plate for each in asked("plates_of_pattern", plate="x7[0o]34*")} == {"X7034AB", "X7O34AB"}
    assert {each.plate for each in asked("plates_of_pattern", plate="{7x3}")} == {"X7034AB", "X7O34AB", "X7Q34AB", "34XB7AA"}
    assert {each.plate for each in asked("plates_of_pattern", plate="{AAX}")} == {"34XB7AA"}
    page = office.browser(OPERATOR).post("/reads/search/", {"span": "all", "plate": "x7[0-9]34*"})
    assert page.status_code == 422


def test_a_date_search_takes_the_reads_of_that_day_only(office, asked):
    from platewarden.server.people.editions import department

    zone = department().time_zone
    day = (now().astimezone(zone) - timedelta(days=2)).replace(hour=0, minute=0, second=0, microsecond=0)
    car = office.car()
    for at in (day - timedelta(microseconds=1), day, day + timedelta(hours=23, minutes=59), day + timedelta(days=1)):
        office.receive(car, "AB12345", at=at)
    dates = {"span": "dates", "since": day.date().isoformat(), "until": day.date().isoformat()}
    found = asked("reads_of_plate", plate="AB12345", **dates)
    assert [each.captured_at for each in found] == [day + timedelta(hours=23, minutes=59), day]


def test_a_read_that_is_not_kept_is_unknown(office, monkeypatch):
    monkeypatch.setattr(search, "through_door", lambda *_, **__: [])
    with pytest.raises(Unknown):
        search.one_read(None)
