"""After a restore: certificates end again what they ended, if they are this office's, and not what a later hold spared."""

from __future__ import annotations

import pytest

from platewarden.policy.refusal import PlatewardenError
from platewarden.server.people.testing import OPERATOR
from platewarden.server.reads.images import find_picture
from platewarden.server.retention.replay import replay
from platewarden.server.retention.testing import day_ago, held, keep_past, open_past, purge_now


@pytest.fixture
def car(office):
    open_past(office.database, 40)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 40)
        keep_past(car, "CD12345", 40)
    return car


def forgotten(office, car):
    """As a restored backup of before: the day is there again, and nothing is known of its end."""
    with office.database.connect("postgres") as root:
        root.execute("alter table office.gone disable trigger all")
        root.execute("delete from office.gone")
        root.execute("alter table office.gone enable trigger all")
        root.execute("delete from office.retention_certificate")
        root.execute("delete from office.retention_chunk")
        root.execute("delete from office.retention_hold")
        root.execute("truncate plates.hold_scope, plates.reads_held")
    open_past(office.database, 40)
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 40, pictures=())


def test_what_a_certificate_ended_ends_again_and_stays_ended(office, car):
    note = purge_now(office).note
    forgotten(office, car)
    with office.as_role("owner"):
        replayed = replay([note])
        assert ("reads", day_ago(40)) in replayed.ended
        assert replayed.waiting == ()
        assert replay([note]).ended == ()
    assert office.ask_owner("select count(*) from plates.reads") == [(0,)]
    assert ("retention.replay", None) in office.ledger()
    assert office.receive(car, "AB12345", at=car.report("X").captured_at.replace(year=2020)).items[0].outcome == "expired"


def test_a_day_of_which_an_unknown_hold_spared_something_waits_for_it(office, car):
    hold = held(office, OPERATOR, plate="AB12345")
    note = purge_now(office).note
    forgotten(office, car)
    with office.as_role("owner"):
        replayed = replay([note])
    assert ("reads", day_ago(40), hold.number) in replayed.waiting
    assert office.ask_owner("select plate from plates.reads") == [("AB12345",)]


def test_a_certificate_of_somebody_else_ends_nothing(office, car):
    note = purge_now(office).note
    forgotten(office, car)
    with office.as_role("owner"):
        for wrong in (note.replace('"purged": 2', '"purged": 3', 1), "no note at all"):
            with pytest.raises(PlatewardenError):
                replay([wrong])
    assert office.ask_owner("select count(*) from plates.reads") == [(1,)]


def test_what_a_hold_of_the_backup_names_is_kept_with_its_picture_when_the_days_key_is_still_there(office, car):
    note = purge_now(office).note
    with office.database.connect("postgres") as root:
        root.execute("alter table office.gone disable trigger all")
        root.execute("delete from office.gone")
    open_past(office.database, 40)
    with office.as_role("ingest"):
        kept = keep_past(car, "AB12345", 40)
    held(office, OPERATOR, plate="AB12345")
    with office.as_role("owner"):
        replay([note])
    (row,) = office.ask_owner("select read_id, pictures from plates.reads_held")
    assert [find_picture(each, kept.read_id) for each in row[1]] == [each.content for each in kept.report.pictures]
