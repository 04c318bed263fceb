"""Up and down over a real line: nothing is freed without a receipt, whatever the office answers."""

import threading
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from platewarden.exchange.contact import ClockState, Withdrawn
from platewarden.exchange.seal import SigningKey
from platewarden.exchange.wire import encode_body
from platewarden.policy.clauses import Clause
from platewarden.policy.correction import Misread
from platewarden.unit.hotlist import Hotlist
from platewarden.unit.link import Link
from platewarden.unit.spool import SpoolFull
from platewarden.unit.testing import NOON, Office, canvass_task, car_12, entry, member, serving

REPORTS, JOURNAL, CONTACT = "/unit/v1/reports", "/unit/v1/journal", "/unit/v1/contact"


@pytest.fixture
def office():
    office = Office()
    office.publish_hotlist(1, [])
    office.publish_roster(1, [member()])
    with serving(office):
        yield office


@pytest.fixture
def car(tmp_path, office):
    with car_12(tmp_path, office) as car:
        yield car


def unsent(car):
    return car.spool.counts().unsent


def test_reports_go_up_hits_first_and_a_receipt_frees_each(car, office):
    for hit in (False, False, True):
        car.keep_read(hit=hit)
    assert car.transfer.round()
    assert [number for _, number, _ in office.received] == [3, 1, 2]
    counts = car.spool.counts()
    assert (counts.unsent, counts.freed) == (0, {"read": {"kept": 3}})
    assert list(car.spool.messages.iterdir()) == []


def test_a_hit_that_comes_while_a_batch_goes_up_does_not_wait_for_the_rest_of_it(car, office):
    for _ in range(5):
        car.keep_read()

    def meanwhile(_handler, body):
        if not hits:
            hits.append(car.keep_read(hit=True))
        office._odd.pop(REPORTS, None)
        return office._doors()[REPORTS](body)

    hits = []
    office.misbehave(REPORTS, meanwhile)
    assert car.transfer.round()
    assert [number for _, number, _ in office.received] == [1, 6, 2, 3, 4, 5]


def test_a_contact_brings_down_the_hot_list_and_the_roster_that_the_orders_name(car, office):
    office.publish_hotlist(5, [entry("7ABC123")])
    assert car.transfer.round()
    assert (car.hotlist.number, car.hotlist.count, car.roster.number) == (5, 1, 1)
    assert car.transfer.round()
    assert office.asked.count("/unit/v1/hotlist") == 1
    assert len(office.contacts) == 1  # the next is due in half a minute
    car.clock.at += timedelta(seconds=31)
    car.keep_read()
    assert car.transfer.round()
    assert [(each.hotlist_edition, each.roster_edition, each.last_sequence, each.spooled) for each in office.contacts] == [
        (0, 0, 0, 0),
        (5, 1, 1, 1),
    ]
    assert len({each.nonce for each in office.contacts}) == 2


def test_a_contact_says_which_alerts_are_withdrawn(car, office):
    said = []
    car.transfer.withdrawn_came = said.append
    gone = (Withdrawn(uuid.uuid4(), uuid.uuid4(), car.clock.at, Misread.STATE),)
    assert car.transfer.round()
    office.withdrawn = gone
    car.clock.at += timedelta(seconds=31)
    assert car.transfer.round()
    assert said == [(), gone]


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_the_office_will_not_take_stands_aside_aloud_and_the_rest_goes_up(car, office, status):
    car.keep_read()
    car.keep_read()
    office.misbehave(REPORTS, status)
    assert car.transfer.round()
    counts = car.spool.counts()
    assert (counts.quarantined, counts.unsent, counts.freed) == (1, 0, {"read": {"kept": 1}})
    assert car.said == [
        f"Read 1 stands aside, not lost: the office says “The office says {status}.” Tell the Administrative Supervisor."
    ]
    assert len(list(car.spool.messages.iterdir())) == 1


@pytest.mark.parametrize("status", [401, 409, 429, 500, 503, 302])
def test_any_other_no_frees_nothing_and_is_tried_again(car, office, status):
    car.keep_read()
    office.misbehave(REPORTS, status)
    assert not car.transfer.round()
    assert (unsent(car), car.spool.counts().quarantined) == (1, 0)
    assert car.transfer.round()
    assert unsent(car) == 0
    assert car.said[-1] == "The office answers again."


def test_an_office_stopped_in_the_middle_of_an_answer_frees_nothing_and_keeps_one(car, office):
    car.keep_read()

    def cut(handler, body):
        status, receipt = office._kept("read", body)
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(receipt)))
        handler.end_headers()
        handler.wfile.write(receipt[:-10])

    office.misbehave(REPORTS, cut)
    assert not car.transfer.round()
    assert unsent(car) == 1
    assert car.transfer.round()
    assert car.spool.counts().freed == {"read": {"already_kept": 1}}
    assert len(office.reports) == 1
    assert office.received[0] == office.received[1]


def test_an_office_that_is_gone_frees_nothing_and_is_said_once(car, office):
    car.keep_read()
    car.transfer.link.close()
    car.transfer.link = Link("http://127.0.0.1:9", timeout_s=0.5)
    for _ in range(3):
        assert not car.transfer.round()
    assert (unsent(car), car.transfer.failures) == (1, 3)
    assert len(car.said) == 1
    assert "does not answer" in car.said[0]
    car.transfer.link.close()


def test_the_pause_doubles_with_chance_in_it_and_has_an_end(car):
    assert car.transfer.wait_s() == 1.0
    waits = []
    for failures in range(1, 40):
        car.transfer.failures = failures
        waits.append(car.transfer.wait_s())
    assert all(min(300, 2**n) / 2 <= wait <= min(300, 2**n) for n, wait in enumerate(waits, start=1))
    assert len(set(waits[20:])) > 5


def wrong_receipts(car, office):
    """Name -> what the office answers to read 1 instead of its receipt."""
    unit = car.enrolment.key.key_id
    (message,) = car.spool.outgoing()
    good = office.receipt(unit, "read", 1, message.digest)
    return {
        "another digest": office.receipt(unit, "read", 1, b"x" * 32),
        "another number": office.receipt(unit, "read", 2, message.digest),
        "another stream": office.receipt(unit, "journal", 1, message.digest),
        "another unit": office.receipt(b"u" * 16, "read", 1, message.digest),
        "another office": Office(office.clock).receipt(unit, "read", 1, message.digest),
        "changed": good[:-1] + bytes([good[-1] ^ 1]),
        "cut short": good[:-1],
        "empty": b"",
        "not a receipt": office.publish_roster(2, [member()]),
    }


@pytest.mark.parametrize(
    "which",
    [
        "another digest",
        "another number",
        "another stream",
        "another unit",
        "another office",
        "changed",
        "cut short",
        "empty",
        "not a receipt",
    ],
)
def test_only_the_pinned_offices_own_receipt_for_the_very_bytes_frees(car, office, which):
    car.keep_read()
    wrong = wrong_receipts(car, office)[which]
    office.misbehave(REPORTS, lambda _handler, _body: (200, wrong))
    assert not car.transfer.round()
    assert unsent(car) == 1
    assert any("free" in sentence for sentence in car.said)
    assert car.transfer.round()
    assert unsent(car) == 0


def test_a_receipt_of_yesterday_replayed_frees_nothing_today(car, office):
    car.keep_read()
    (first,) = car.spool.outgoing()
    old = office.receipt(car.enrolment.key.key_id, "read", 1, first.digest)
    car.transfer.round()
    car.keep_read()
    office.misbehave(REPORTS, lambda _h, _b: (200, old))
    assert not car.transfer.round()
    assert unsent(car) == 1


def test_a_revoked_unit_stops_says_so_and_loses_nothing(car, office):
    car.transfer.round()
    office.approved.clear()
    car.keep_read()
    car.keep_read()
    assert not car.transfer.round()
    assert car.transfer.refusal.clause is Clause.SUPERVISOR_MANAGES
    assert "The office refuses this unit: This unit was revoked" in car.transfer.refusal.because
    assert unsent(car) == 2
    assert office.asked.count(REPORTS) == 1  # it does not go on knocking


def test_a_page_of_another_machine_that_says_403_stops_nothing(car, office):
    car.keep_read()
    office.misbehave(REPORTS, lambda _h, _b: (403, b"<html>Buy an hour of internet</html>"))
    assert not car.transfer.round()
    assert car.transfer.refusal is None
    assert unsent(car) == 1


def test_a_clock_a_day_off_is_said_and_the_report_still_goes_up_and_is_freed(car, office):
    car.clock.at = NOON + timedelta(days=1)
    car.keep_read()
    assert car.transfer.round()
    assert car.spool.counts().freed == {"read": {"clock": 1}}
    assert "The clock of this unit is 24 hours ahead of the office’s. Set it: reads carry its time." in car.said
    assert len(office.contacts) == 1  # however wrong its clock is, the unit is heard
    assert any("because of its time" in sentence for sentence in car.said)


def test_a_drift_of_minutes_is_measured_and_said(car, office):
    car.clock.at = NOON - timedelta(minutes=7)
    assert car.transfer.round()
    assert car.said == ["The clock of this unit is 7 minutes behind the office’s. Set it: reads carry its time."]
    assert car.spool.look(car.spool.folder)[1]["drift_s"] == "-420"


def test_orders_for_another_contact_are_not_followed(car, office):
    kept = []
    office.misbehave(CONTACT, lambda _h, body: kept.append(office._contact(body)) or kept[0])
    assert car.transfer.contact()
    office.publish_hotlist(9, [])
    office.misbehave(CONTACT, lambda _h, _b: kept[0])
    assert not car.transfer.contact()
    assert "answer another contact" in car.said[-1]
    assert car.hotlist.number == 1


CHANGES = "/unit/v1/hotlist/changes"


def test_what_changed_is_fetched_in_place_of_the_whole(car, office):
    listed = [entry(f"AB{number:05}") for number in range(50)]
    office.publish_hotlist(1, listed)
    assert car.transfer.contact()
    office.publish_hotlist(2, [*listed[1:], entry("7ABC123")])
    assert car.transfer.contact()
    assert (car.hotlist.number, car.hotlist.count) == (2, 50)
    assert (office.asked.count("/unit/v1/hotlist"), office.asked.count(CHANGES)) == (1, 1)
    assert Hotlist(car.hotlist._path.parent, car.hotlist._find_key).number == 2


@pytest.mark.parametrize(
    "said",
    [
        (404, b""),
        (200, b""),
        (200, b"\xff" * 300),
        (200, encode_body({"steps": [b"\x00" * 9]})),
        (200, encode_body({"steps": 7})),
        (200, encode_body({"steps": []})),
        None,
    ],
)
def test_when_what_changed_is_not_kept_or_not_believed_the_edition_is_fetched_whole(car, office, said):
    office.publish_hotlist(1, [entry("AB1")])
    assert car.transfer.contact()
    office.publish_hotlist(2, [entry("7ABC123")])
    office.misbehave(CHANGES, lambda _h, _b: said)
    assert car.transfer.contact()
    assert (car.hotlist.number, car.hotlist.count) == (2, 1)
    assert office.asked.count("/unit/v1/hotlist") == 2


def test_an_edition_that_goes_back_or_is_anothers_is_not_put_in_force(car, office):
    office.publish_hotlist(5, [entry("7ABC123")])
    assert car.transfer.contact()
    office.publish_hotlist(4, [])
    assert car.transfer.contact()
    assert "newer edition 5 stays" in car.said[-1]
    office.hotlist_number = 6
    assert not car.transfer.contact()
    assert "older than 6" in car.said[-1]
    office.publish_hotlist(6, [], key=SigningKey.generate())
    assert not car.transfer.contact()
    assert "not put in force" in car.said[-1]
    assert (car.hotlist.number, car.hotlist.count) == (5, 1)


def test_a_unit_that_the_office_does_not_know_is_refused(car, office):
    office.approved.clear()
    assert not car.transfer.contact()
    assert car.transfer.refusal is not None


def test_the_same_number_with_another_digest_stands_aside_as_tampered(car, office):
    car.keep_read()
    office.digests["read", 1] = b"d" * 32
    assert car.transfer.round()
    assert car.spool.counts().quarantined == 1
    assert "came before with another digest" in car.said[-1]


def test_a_full_spool_is_still_emptied_and_the_journal_still_goes_up(car, office, monkeypatch):
    car.keep_read()
    car.spool.limit_bytes = 1
    car.journal.write("shift.sign_on", at=NOON, member="4417")
    assert car.transfer.round()
    assert (sorted(office.reports), sorted(office.pages), unsent(car)) == ([1], [1], 0)

    car.spool.limit_bytes = 1_000_000
    car.keep_read()
    car.journal.write("shift.sign_off", at=NOON, member="4417")

    def full(*_args, **_kwargs):
        raise SpoolFull

    monkeypatch.setattr(car.journal, "close_page", full)
    monkeypatch.setattr(car.spool, "mark_sent", full)
    assert car.transfer.round()
    assert sorted(office.reports) == [1, 2]
    assert car.said == ["The spool is full: recording has stopped. Nothing kept is lost. Connect to the office to empty it."]


def test_a_message_whose_file_is_gone_is_said_and_jams_nothing(car, office):
    car.keep_read()
    car.keep_read()
    (car.spool.messages / car.spool.outgoing()[0].file).unlink()
    assert car.transfer.round()
    assert sorted(office.reports) == [2]
    assert car.said == ["Read 1 is missing from the disk and cannot be sent. Tell the office."]


def test_a_recorded_contact_is_stale_and_the_reports_go_up_all_the_same(car, office):
    office.misbehave("/unit/v1/nonce", lambda _h, _b: (200, encode_body({"nonce": bytes(16)})))
    assert car.transfer.contact()
    office.misbehave("/unit/v1/nonce", lambda _h, _b: (200, encode_body({"nonce": bytes(16)})))
    car.keep_read()
    car.clock.wait(timedelta(seconds=31))
    assert car.transfer.round()
    assert "for an old one" in car.said[-1]
    assert unsent(car) == 0


@pytest.mark.parametrize(
    "answer", [b"", b"<html>", encode_body({}), encode_body({"nonce": "text"}), encode_body({"nonce": b"short"})]
)
def test_a_nonce_that_is_none_is_no_answer(car, office, answer):
    office.misbehave("/unit/v1/nonce", lambda _h, _b: (200, answer))
    assert not car.transfer.contact()
    assert office.contacts == []


def test_the_contact_says_what_waits_since_when_and_what_the_clock_is_worth(car, office):
    car.keep_read()
    office.misbehave(REPORTS, 503)
    assert not car.transfer.round()
    car.clock.wait(timedelta(minutes=5))
    assert car.transfer.contact()
    first, second = office.contacts
    assert (first.lowest_unsent, first.unsent_since, first.clock) == (1, NOON, ClockState.UNCONFIRMED)
    assert (second.lowest_unsent, second.unsent_since, second.clock) == (1, NOON, ClockState.OFFICE)
    car.clock.at += timedelta(days=365)
    assert car.transfer.contact()
    assert office.contacts[-1].clock is ClockState.WRONG


def test_reads_past_the_departments_deadline_are_said_once_until_they_are_up(car, office):
    car.keep_read()
    office.misbehave(REPORTS, *[503] * 4)
    for _ in range(2):
        car.transfer.round()
    assert not any("deadline" in sentence for sentence in car.said)
    car.clock.wait(timedelta(hours=25))
    for _ in range(2):
        car.transfer.round()
    late = [sentence for sentence in car.said if "deadline" in sentence]
    assert late == [
        "Reads of 2026-03-02 18:00 UTC still wait: the department’s deadline of 24 hours is past. Connect to the office."
    ]
    assert car.transfer.round()
    assert unsent(car) == 0


def test_an_office_that_never_answers_holds_a_message_for_the_patience_of_the_line_and_frees_nothing(car, office):
    car.keep_read()
    car.transfer.link.close()
    car.transfer.link = Link(office.server, timeout_s=0.2)
    silence = threading.Event()
    office.misbehave(REPORTS, lambda _h, _b: silence.wait(5) and None)
    assert not car.transfer.round()
    silence.set()
    assert unsent(car) == 1
    assert car.transfer.round()
    assert unsent(car) == 0
    car.transfer.link.close()


def test_a_backlog_goes_up_in_batches_after_a_cut_where_it_stopped(car, office):
    for _ in range(150):
        car.keep_read()
    answered = []

    def cut_at_the_hundredth(handler, body):
        answered.append(1)
        return None if len(answered) == 100 else office._kept("read", body)

    office.misbehave(REPORTS, *[cut_at_the_hundredth] * 100)
    assert not car.transfer.round()
    assert unsent(car) == 51
    assert car.transfer.round()
    assert [number for _, number, _ in office.received] == list(range(1, 151))


def test_a_day_offline_goes_up_whole_and_in_order_hits_first(car, office):
    """24 hours at 20 reads an hour here; `bench.road --offline-hours 24` does it at 1,000 against a real office."""
    assert car.transfer.round()
    hits = set()
    for number in range(1, 24 * 20 + 1):
        car.clock.wait(timedelta(minutes=3))
        if number % 50 == 0:
            hits.add(number)
        car.keep_read(hit=number in hits)
    office.clock = car.clock
    while unsent(car):
        assert car.transfer.round()
    numbers = [number for stream, number, _ in office.received if stream == "read"]
    assert numbers == [*sorted(hits), *sorted(set(range(1, 481)) - hits)]
    assert office.contacts[-1].last_sequence == 480
    assert car.transfer.contact()
    assert (office.contacts[-1].spooled, office.contacts[-1].lowest_unsent) == (0, 0)


def half_an_answer(handler, _body):
    handler.send_response(200)
    handler.send_header("Content-Length", "4000")
    handler.end_headers()
    handler.wfile.write(b"half of it")


DOORS = ("/unit/v1/nonce", CONTACT, "/unit/v1/hotlist", "/unit/v1/roster", "/unit/v1/tasks", REPORTS, JOURNAL)
NOS = {
    "401": 401,
    "409": 409,
    "413": 413,
    "500": 500,
    "half an answer": half_an_answer,
    "hangs up": lambda _h, _b: None,
    "never": lambda _h, _b: threading.Event().wait(0.5) and None,
    "a yes with nothing in it": lambda _h, _b: (200, b""),
    "a yes with garbage in it": lambda _h, _b: (200, b"\xff" * 300),
}


@pytest.mark.parametrize("said", NOS)
@pytest.mark.parametrize("door", DOORS)
def test_whatever_any_door_answers_nothing_is_lost_nothing_freed_and_the_next_rounds_mend_it(car, office, door, said):
    assert car.transfer.round()
    office.publish_hotlist(2, [entry("7ABC123")])
    office.changes = {}
    office.publish_roster(2, [member()])
    office.publish_tasks(1, [canvass_task()])
    car.keep_read()
    car.journal.write("screen.locked", at=NOON, member="4417")
    car.clock.wait(timedelta(seconds=31))
    office.clock = car.clock
    link, car.transfer.link = car.transfer.link, Link(office.server, timeout_s=0.2)
    office.misbehave(door, NOS[said])
    car.transfer.round()
    car.transfer.link.close()
    car.transfer.link = link

    counts, kept = car.spool.counts(), {(stream, number) for stream, number, _ in office.received}
    assert sum(sum(each.values()) for each in counts.freed.values()) <= len(kept)
    assert counts.unsent + counts.quarantined + len(kept) >= 2
    assert car.transfer.refusal is None
    assert (car.hotlist.number, car.roster.number) in {(1, 1), (1, 2), (2, 1), (2, 2)}
    assert car.said, "it is said, and in sentences"
    assert all(each[0].isupper() and each[-1] in ".)" for each in car.said)
    assert len(car.said) <= 2

    car.clock.wait(timedelta(seconds=301))
    assert car.transfer.round()
    aside = said == "413" and door in {REPORTS, JOURNAL}
    counts = car.spool.counts()
    assert (car.hotlist.number, car.roster.number, car.tasks.number) == (2, 2, 1)
    assert (counts.unsent, counts.quarantined) == (0, int(aside))
    kept = {(stream, number) for stream, number, _ in office.received}
    assert len(kept) == 2 - aside


@pytest.mark.parametrize("by", [timedelta(days=-365), timedelta(days=365)])
def test_a_clock_set_by_a_year_in_the_middle_silences_nobody_and_frees_and_destroys_nothing_by_itself(car, office, by):
    assert car.transfer.round()
    car.keep_read()
    office.misbehave(REPORTS, 503)
    car.clock.wait(timedelta(seconds=31))
    assert not car.transfer.round()
    contacts = len(office.contacts)
    car.clock.at += by
    office.misbehave(REPORTS, 503)
    assert not car.transfer.round()
    assert (unsent(car), car.spool.counts().freed) == (1, {})
    assert not car.spool.rows("select 1 from message where stream = 'tombstone'")
    assert car.transfer.round()
    assert len(office.contacts) > contacts, "the office is asked although the next contact is a year away by this clock"
    assert office.contacts[-1].clock is ClockState.WRONG
    assert any("Set it: reads carry its time" in sentence for sentence in car.said)
    assert car.spool.counts().freed == {"read": {"kept": 1}}


def test_of_two_machines_with_one_key_the_second_is_told_and_keeps_what_it_has(tmp_path, office):
    with car_12(tmp_path / "first", office) as first, car_12(tmp_path / "second", office) as second:
        second.enrolment = second.transfer.enrolment = replace(second.enrolment, key=first.enrolment.key)
        first.keep_read("7ABC123")
        assert first.transfer.round()
        second.keep_read("8XYZ999")
        second.transfer.round()
        assert (second.spool.counts().quarantined, second.spool.counts().freed) == (1, {})
        assert any("stands aside, not lost: the office says" in sentence for sentence in second.said)
    assert [each.text for each in office.reports.values()] == ["7ABC123"]
