"""Which reads become alerts: the one matcher's answer, written once, told at once."""

from __future__ import annotations

import uuid
from dataclasses import replace

import psycopg

from platewarden.exchange.read_report import CarHit
from platewarden.exchange.seal import seal_to
from platewarden.plate.match import Candidate, Doubt, Tier
from platewarden.server.alerts.models import Alert
from platewarden.server.equipment.enrol import office_sealing_key
from platewarden.server.hotlists.models import Bolo, BoloState
from platewarden.server.hotlists.testing import bolo_in_force, entered, list_in_force
from platewarden.server.people.testing import SUPERVISOR


def hits(office):
    rows = office.ask_owner("select tier, doubts, confusions, found_by, listed_text from plates.hit order by found_at")
    return [(tier, sorted(doubts), confusions, found_by, listed) for tier, doubts, confusions, found_by, listed in rows]


def sent(office, car, report):
    answer = office.post_to_door("reports", seal_to(office_sealing_key().public_bytes, report.signed(car.key)))
    assert answer.status_code == 200
    return report


def test_an_exact_read_with_its_state_is_a_full_hit(office):
    list_in_force("AB12345,IL,stolen_vehicle,SV-1")
    office.receive(office.car(), "AB12345", state="IL", state_confidence=0.9)
    assert hits(office) == [("full", [], [], "office", "AB12345")]
    alert = Alert.objects.get()
    assert (alert.tier, alert.urgent, alert.silent, alert.state) == ("full", False, False, "raised")


def test_a_read_without_its_state_is_a_possible_hit_and_so_is_an_entry_without_one(office):
    list_in_force("AB12345,IL,stolen_vehicle,SV-1", "CD12345,unknown,stolen_vehicle,SV-2")
    car = office.car()
    office.receive(car, "AB12345")
    office.receive(car, "CD12345", state="IL", state_confidence=0.9)
    office.receive(car, "AB12345", state="IL", state_confidence=0.2)
    assert [(tier, doubts) for tier, doubts, *_ in hits(office)] == [
        ("possible", [Doubt.STATE_UNREAD]),
        ("possible", [Doubt.STATE_NOT_LISTED]),
        ("possible", [Doubt.STATE_UNREAD]),
    ]


def test_a_read_of_another_state_is_no_hit(office):
    list_in_force("AB12345,IL,stolen_vehicle,SV-1")
    office.receive(office.car(), "AB12345", state="WI", state_confidence=0.9)
    assert hits(office) == []
    assert not Alert.objects.exists()


def test_a_confusable_read_is_a_possible_hit_that_names_the_position(office):
    list_in_force("ABO1234,IL,stolen_vehicle,SV-1")
    office.receive(office.car(), "AB01234", state="IL", state_confidence=0.9)
    assert hits(office) == [("possible", [Doubt.CONFUSABLE], [[2, "0", "O"]], "office", "ABO1234")]


def test_a_candidate_of_the_camera_is_a_possible_hit(office):
    list_in_force("XY99999,IL,stolen_vehicle,SV-1")
    report = {"state": "IL", "state_confidence": 0.9, "candidates": (Candidate("XY99999", 0.2),)}
    office.receive(office.car(), "XV99998", **report)
    assert hits(office) == [("possible", [Doubt.CANDIDATE], [], "office", "XY99999")]


def test_a_pattern_is_a_possible_hit(office):
    bolo_in_force("?7B?4*")
    car = office.car()
    office.receive(car, "X7B345", state="IL", state_confidence=0.9)
    office.receive(car, "X7C345", state="IL", state_confidence=0.9)
    assert hits(office) == [("possible", [Doubt.PATTERN], [], "office", "?7B?4*")]


def test_a_read_that_answers_nothing_raises_nothing(office):
    list_in_force("AB12345,IL,stolen_vehicle,SV-1")
    office.receive(office.car(), "ZZ99999")
    assert hits(office) == []


def test_a_read_sent_again_raises_no_second_alert_and_two_reads_raise_two(office):
    list_in_force("AB12345,IL,stolen_vehicle,SV-1")
    car = office.car()
    report = car.report("AB12345")
    sent(office, car, report)
    sent(office, car, report)
    assert Alert.objects.count() == 1
    office.receive(car, "AB12345")
    assert Alert.objects.count() == 2
    assert len(hits(office)) == 2


def test_a_read_that_answers_two_entries_raises_two_alerts_in_order(office):
    list_in_force("AB12345,IL,stolen_vehicle,SV-1")
    bolo_in_force("AB1*", urgent=True)
    office.receive(office.car(), "AB12345", state="IL", state_confidence=0.9)
    assert sorted(Alert.objects.values_list("tier", "urgent")) == [("full", False), ("possible", True)]


def test_a_hit_that_the_car_found_is_taken_in_though_its_entry_is_no_longer_in_force(office):
    list_in_force("AB12345,IL,stolen_vehicle,SV-1", "ZZ1,IL,stolen_vehicle,SV-2")
    (entry,) = office.ask_owner("select entry_id from plates.hotlist_entry where text = 'AB12345'")[0]
    list_in_force("ZZ1,IL,stolen_vehicle,SV-2")
    car = office.car()
    report = car.report("AB12345", state="IL", state_confidence=0.9, hits=(CarHit(entry, Tier.FULL, ()),))
    sent(office, car, report)
    assert hits(office) == [("full", [], [], "unit", "AB12345")]
    office.receive(car, "AB12345", state="IL", state_confidence=0.9)
    assert len(hits(office)) == 1


def test_a_hit_that_the_matcher_does_not_find_or_nobody_approved_raises_nothing(office):
    list_in_force("AB12345,IL,stolen_vehicle,SV-1")
    (entry,) = office.ask_owner("select entry_id from plates.hotlist_entry")[0]
    waiting = entered("CD12345", by=SUPERVISOR)
    car = office.car()
    for text, about in (("ZZ99999", entry), ("CD12345", waiting.entry_id), ("CD12345", uuid.uuid4())):
        sent(office, car, replace(car.report(text), hits=(CarHit(about, Tier.FULL, ()),)))
    assert hits(office) == []
    assert Bolo.objects.get().state == BoloState.WAITING


def test_the_alert_is_told_when_it_is_committed_and_by_its_number_alone(office):
    list_in_force("AB12345,IL,stolen_vehicle,SV-1")
    with psycopg.connect(office.database.conninfo("app"), autocommit=True) as listening:
        listening.execute("listen alerts")
        office.receive(office.car(), "AB12345")
        (told,) = listening.notifies(timeout=10, stop_after=1)
    assert told.payload == str(Alert.objects.get().pk)


def test_a_read_whose_alert_cannot_be_written_is_not_kept_either(office, monkeypatch):
    from platewarden.server.unit_api import views

    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr(views, "raise_alerts", broken)
    car = office.car()
    raw = seal_to(office_sealing_key().public_bytes, car.report("AB12345").signed(car.key))
    assert office.post_to_door("reports", raw).status_code == 500
    assert office.ask_owner("select count(*) from plates.reads") == [(0,)]
    assert office.ask_owner("select count(*) from office.received") == [(0,)]
