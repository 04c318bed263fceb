"""Data that is or may become evidence, or is subject to discovery or lawful action, is spared from the purge."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from platewarden.exchange.receipt import Outcome
from platewarden.policy.refusal import Refused
from platewarden.server.people.testing import OPERATOR, OUTSIDER, SUPERVISOR
from platewarden.server.retention.certificate import said_in
from platewarden.server.retention.testing import day_ago, held, keep_past, open_past, purge_now, release
from tests.clauses.conftest import text_of

ASKED = {"plate": "AB12345", "span": "dates", "since": day_ago(40), "until": day_ago(20)}


def test_a_held_read_is_spared_and_the_certificate_says_under_whose_authority(office):
    open_past(office.database, 31)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 31)
    held(office, OPERATOR, plate="AB12345")
    said = said_in(purge_now(office).note)
    assert "AB12345" in text_of(office.browser(OPERATOR).post("/reads/search/", ASKED))
    assert said["holds"][0]["authority"] == "State's Attorney, Lake County, letter of 11/20/2026"


def test_released_it_goes_with_the_next_purge(office):
    open_past(office.database, 31)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 31)
    hold = held(office, OPERATOR, plate="AB12345")
    purge_now(office)
    release(office, hold, by=SUPERVISOR)
    purge_now(office)
    assert "Nothing is kept for this" in text_of(office.browser(OPERATOR).post("/reads/search/", ASKED))


def test_who_holds_no_such_duty_places_none(office):
    with pytest.raises(Refused):
        held(office, OUTSIDER, plate="AB12345")


def test_a_held_read_that_a_car_brings_home_late_is_kept_and_its_neighbour_is_not(office):
    open_past(office.database, 31, 29)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 29)
    held(office, OPERATOR, plate="AB12345")
    purge_now(office)
    late = datetime.combine(day_ago(31), time(18), UTC)
    outcomes = [office.receive(car, plate, at=late).items[0].outcome for plate in ("AB12345", "CD67890")]
    assert outcomes == [Outcome.KEPT, Outcome.EXPIRED]
    assert f"{late:%m/%d/%Y}" in text_of(office.browser(OPERATOR).post("/reads/search/", ASKED))
    assert "Nothing is kept for this" in text_of(office.browser(OPERATOR).post("/reads/search/", ASKED | {"plate": "CD67890"}))
