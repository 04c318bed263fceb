"""The strip says how the unit is, and what it does not know it says so."""

from datetime import timedelta

import pytest

from platewarden.unit.strip import CameraState, look
from platewarden.unit.testing import NOON, Office, car_12, entry, serving

STALE = timedelta(hours=24)


@pytest.fixture
def car(tmp_path):
    office = Office()
    with serving(office), car_12(tmp_path, office) as car:
        yield car


def strip(car, at=NOON):
    return look("car 12", car.transfer, car.spool, car.hotlist, [CameraState("front", is_running=True)], stale_after=STALE, at=at)


def test_before_any_contact_nothing_is_said_to_be_well(car):
    seen = strip(car)
    assert (seen.is_connected, seen.contact_at, seen.edition_age, seen.is_stale, seen.drift) == (False, None, None, True, None)


def test_a_contact_a_list_and_its_age_stand_there(car):
    car.office.publish_hotlist(1, [entry("7ABC123")])
    car.transfer.contact()
    seen = strip(car)
    assert (seen.is_connected, seen.edition, seen.edition_age, seen.is_stale) == (True, 1, timedelta(hours=1), False)
    assert strip(car, NOON + timedelta(hours=25)).is_stale
    assert not seen.is_drifting


def test_an_office_that_does_not_answer_or_refuses_is_said(car):
    car.transfer.contact()
    car.transfer.failures = 1
    assert not strip(car).is_connected
    car.office.refused.update(car.office.approved)
    car.office.approved.clear()
    car.clock.at += timedelta(seconds=40)
    car.transfer.contact()
    assert strip(car).is_refused


def test_a_full_spool_is_said_before_and_when_it_is_full(car):
    car.keep_read()
    used = car.spool.counts().bytes
    car.spool.limit_bytes = int(used * 1.2)
    assert (strip(car).is_nearly_full, strip(car).is_full, strip(car).waiting) == (True, False, 1)
    car.spool.limit_bytes = used
    assert strip(car).is_full


def test_a_clock_that_drifts_is_said(car):
    car.spool.mark("drift_s", "-300")
    assert strip(car).is_drifting
