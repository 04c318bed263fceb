"""Taking in a read: once, with its pictures, and only of days that are open."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from platewarden.exchange.receipt import Outcome
from platewarden.exchange.seal import digest, seal_to
from platewarden.exchange.wire import decode_body
from platewarden.plate.match import Candidate
from platewarden.server.clock import now
from platewarden.server.equipment.enrol import office_sealing_key
from platewarden.server.equipment.models import LateReport
from platewarden.server.people.editions import department


def outcome(receipt):
    (item,) = receipt.items
    return item.outcome


def sent(office, car, report):
    raw = seal_to(office_sealing_key().public_bytes, report.signed(car.key))
    return office.post_to_door("reports", raw)


def counts(office):
    question = "select (select count(*) from plates.reads), (select count(*) from plates.plate_seen), (select count(*) from office.received)"
    return office.ask_owner(question)[0]


def test_a_read_is_kept_whole_with_its_dictionary_line_and_its_receipt(office):
    car = office.car()
    report = car.report("AB12345", state="IL", state_confidence=0.75, candidates=(Candidate("A812345", 0.25),))
    answer = sent(office, car, report)
    assert answer.status_code == 200
    (row,) = office.ask_owner(
        "select plate, captured_at, read_id, unit_id, state, candidates, member_number, jsonb_array_length(pictures) from plates.reads"
    )
    assert row == ("AB12345", report.captured_at, report.read_id, car.unit.id, "IL", [["A812345", 0.25]], "1042", 2)
    assert office.ask_owner("select plate, fold from plates.plate_seen") == [("AB12345", "A812345")]


def test_a_read_that_is_sent_again_is_kept_once_and_answered_already_kept(office):
    car = office.car()
    report = car.report("AB12345")
    first, second = sent(office, car, report), sent(office, car, report)
    assert (first.status_code, second.status_code) == (200, 200)
    assert outcome(office.opened(first)) == Outcome.KEPT
    again = office.opened(second)
    assert outcome(again) == Outcome.ALREADY_KEPT
    assert again.items[0].digest == digest(report.signed(car.key))
    assert counts(office) == (1, 1, 1)


def test_the_same_read_sent_several_times_at_once_is_kept_once(office):
    car = office.car()
    raw = seal_to(office_sealing_key().public_bytes, car.report("AB12345").signed(car.key))

    def send(_):
        try:
            return office.door(raw)
        finally:
            connections["default"].close()

    with office.at_the_door(), ThreadPoolExecutor(4) as several:
        answers = list(several.map(send, range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert sorted(outcome(office.opened(answer)) for answer in answers) == [Outcome.ALREADY_KEPT] * 3 + [Outcome.KEPT]
    assert counts(office) == (1, 1, 1)


def test_the_same_number_with_other_contents_is_tampered_and_changes_nothing(office):
    car = office.car()
    report = car.report("AB12345")
    sent(office, car, report)
    answer = sent(office, car, replace(report, text="ZZ99999", characters=()))
    assert answer.status_code == 422
    said = decode_body(answer.content)
    assert "twice with different contents" in said["error"]
    assert "ZZ99999" not in said["error"]
    assert counts(office) == (1, 1, 1)
    assert office.ask_owner("select plate from plates.reads") == [("AB12345",)]


def test_the_same_number_of_two_cars_is_two_reads(office):
    first, second = office.car("Car 12"), office.car("Car 14")
    assert outcome(office.receive(first, "AB12345")) == outcome(office.receive(second, "AB12345")) == Outcome.KEPT
    assert counts(office) == (2, 1, 2)


@pytest.mark.parametrize("ahead", [timedelta(minutes=11), timedelta(days=1), timedelta(days=4000)])
def test_a_read_from_the_future_is_receipted_clock_and_listed_without_its_plate(office, ahead):
    car = office.car()
    report = car.report("AB12345", at=now() + ahead)
    assert outcome(office.opened(sent(office, car, report))) == Outcome.CLOCK
    assert outcome(office.opened(sent(office, car, report))) == Outcome.CLOCK
    late = LateReport.objects.get()
    assert (late.unit_id, late.sequence, late.outcome, late.said_at) == (car.unit.id, 1, "clock", report.captured_at)
    assert counts(office) == (0, 0, 1)


def test_a_clock_a_few_minutes_ahead_is_no_reason_to_lose_a_read(office):
    assert outcome(office.receive(office.car(), "AB12345", at=now() + timedelta(minutes=9))) == Outcome.KEPT


def test_a_read_older_than_the_schedule_is_receipted_expired_and_listed(office):
    car, days = office.car(), timedelta(days=department().retention_days["reads"])
    assert outcome(office.receive(car, "AB12345", at=now() - days - timedelta(days=1, minutes=1))) == Outcome.EXPIRED
    assert LateReport.objects.get().outcome == "expired"
    assert counts(office) == (0, 0, 1)
    assert outcome(office.receive(car, "AB12345", at=now() - days + timedelta(hours=1))) == Outcome.KEPT
    assert counts(office) == (1, 1, 2)
    page = office.browser("1001").get("/units/").content.decode()
    assert "AB12345" not in page


def test_reads_of_yesterday_and_of_both_sides_of_midnight_are_kept_each_on_its_day(office):
    car = office.car()
    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0)
    for at in (midnight - timedelta(microseconds=1), midnight, midnight - timedelta(days=1)):
        assert outcome(office.receive(car, "AB12345", at=at)) == Outcome.KEPT
    days = [day for (day,) in office.ask_owner("select day from plates.plate_seen order by day")]
    assert days == [(midnight - timedelta(days=1)).date(), midnight.date()]
    assert counts(office) == (3, 2, 3)


def test_on_a_full_disk_nothing_is_kept_and_the_car_is_asked_to_send_again(office, monkeypatch):
    car = office.car()
    report = car.report("AB12345")
    write = os.write

    def full(handle, content):
        if "pictures" in str(Path(f"/proc/self/fd/{handle}").readlink()):
            raise OSError(errno.ENOSPC, "full")
        return write(handle, content)

    monkeypatch.setattr(os, "write", full)
    answer = sent(office, car, report)
    monkeypatch.undo()
    assert answer.status_code == 503
    assert "cannot be stored" in decode_body(answer.content)["error"]
    assert counts(office) == (0, 0, 0)
    assert outcome(office.opened(sent(office, car, report))) == Outcome.KEPT
    packs = list((settings.CONFIG.data / "pictures").rglob(f"{car.unit.id}/*.pack"))
    assert sorted(pack.name[2:] for pack in packs) == [".overview.pack", ".plate.pack"]
