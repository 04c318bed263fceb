"""A plate typed in the car: the journal's line first, then the plate sealed to the office, then the answer."""

import uuid

import pytest

from platewarden.exchange.hotlist_edition import Approach
from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.unit.testing import NOON, Office, car_12, entry, serving
from platewarden.unit.tests.test_watch import SHIFT
from platewarden.unit.typed import Typed


@pytest.fixture
def car(tmp_path):
    office = Office()
    office.publish_hotlist(1, [entry("7ABC123"), entry("XR4444", approach=Approach.SILENT)])
    with serving(office), car_12(tmp_path, office) as car:
        car.transfer.contact()
        yield car


@pytest.fixture
def typed(car):
    return Typed(car.hotlist, car.journal, car.spool, car.enrolment.key, uuid.uuid4)


def test_a_query_is_a_line_without_the_plate_and_a_sealed_message_with_it(car, typed):
    ((found, _),) = typed.ask("7abc 123", "il", by=SHIFT, at=NOON)
    assert found.text == "7ABC123"
    rows = car.spool.rows("select act, member, purpose, about from journal_line")
    assert [row[:3] for row in rows] == [("query.made", "4417", "routine-patrol")]
    assert b"7ABC123" not in b"".join(path.read_bytes() for path in car.spool.folder.rglob("*") if path.is_file())
    car.transfer.round()
    (asked,) = car.office.field
    assert (asked.text, asked.state, asked.found, str(asked.entry_id)) == ("7ABC123", "IL", 1, rows[0][3])


def test_a_silent_entry_cannot_be_found_by_asking(typed):
    assert typed.ask("XR4444", "", by=SHIFT, at=NOON) == []


def test_an_entry_by_voice_raises_alerts_and_never_asks_for_a_stop(car, typed):
    heard = typed.voice("9xy?11", "IL", "wanted_vehicle", "robbery just now", by=SHIFT, at=NOON)
    assert (heard.approach, heard.is_pattern, heard.expires_at) == (Approach.NOTIFY, True, SHIFT.until)
    assert [each.entry_id for each, _ in typed.ask("9XYZ11", "", by=SHIFT, at=NOON)] == [heard.entry_id]
    assert typed.ask("9XYZ11", "", by=SHIFT, at=SHIFT.until) == []


@pytest.mark.parametrize(
    "wrong", [("9XY111", "IL", "", "robbery"), ("9XY111", "IL", "wanted_vehicle", " "), ("9*", "IL", "wanted_vehicle", "robbery")]
)
def test_an_entry_by_voice_that_says_too_little_is_refused_and_leaves_no_line(car, typed, wrong):
    with pytest.raises(Malformed):
        typed.voice(*wrong, by=SHIFT, at=NOON)
    assert car.spool.rows("select 1 from journal_line") == []


def test_what_cannot_be_kept_is_not_in_force(car, typed, monkeypatch):
    def broken(*_, **__):
        raise Unavailable

    monkeypatch.setattr(car.spool, "keep", broken)
    with pytest.raises(Unavailable):
        typed.voice("9XY111", "IL", "wanted_vehicle", "robbery", by=SHIFT, at=NOON)
    assert car.hotlist.voiced == ()
