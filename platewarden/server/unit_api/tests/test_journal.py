"""A unit's journal page becomes lines of the office's ledger, each once, by name, with its purpose."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

from platewarden.exchange.journal_page import ACTS, JournalLine, JournalPage
from platewarden.exchange.receipt import Outcome, Stream
from platewarden.exchange.seal import seal_to
from platewarden.server.equipment.enrol import office_sealing_key
from platewarden.server.people.testing import OPERATOR
from platewarden.server.reads import intake
from platewarden.server.unit_api import journal

AT = datetime(2026, 11, 23, 18, 5, tzinfo=UTC)
SHIFT = uuid.UUID(int=7)


def page_of(car, *lines, sequence=1):
    return JournalPage(unit_key_id=car.key.key_id, sequence=sequence, lines=lines)


def sent(office, car, page):
    return office.post_to_door("journal", seal_to(office_sealing_key().public_bytes, page.signed(car.key)))


def leaves(office):
    rows = office.ask_owner("select act, body from office.ledger_leaf where starts_with(act, 'unit.') order by leaf_id")
    return [(act, json.loads(body)) for act, body in rows]


def test_each_line_is_a_ledger_line_by_name_with_purpose_and_time(office):
    car = office.car()
    page = page_of(
        car,
        JournalLine(AT, OPERATOR, "shift.sign_on", SHIFT, "routine-patrol", "2A-1123"),
        JournalLine(AT, OPERATOR, "alert.shown", uuid.UUID(int=8)),
        JournalLine(AT, None, "shift.refused", None),
        JournalLine(AT, "9999", "shift.sign_off", SHIFT),
    )
    (item,) = office.opened(sent(office, car, page)).items
    assert (item.stream, item.outcome) == (Stream.JOURNAL, Outcome.KEPT)
    found = leaves(office)
    assert [act for act, _ in found] == ["unit.sign_on", "unit.alert_shown", "unit.refused", "unit.sign_off"]
    first = found[0][1]
    assert (first["member"], first["name"], first["purpose"]) == (OPERATOR, "Rosa Vega", "routine-patrol")
    assert first["about"] == {"unit": str(car.unit.id), "page": 1, "line": 1, "at": AT.isoformat(), "about": str(SHIFT)}
    assert "2A-1123" not in str(first)
    assert office.ask_owner(
        "select body::jsonb ->> 'reference' from plates.ledger_content where position('2A-1123' in body) > 0"
    ) == [("2A-1123",)]
    assert [(body["member"], body["name"]) for _, body in found[2:]] == [(None, "not on the roster")] * 2


def test_a_page_that_is_sent_again_is_written_once(office):
    car = office.car()
    page = page_of(car, JournalLine(AT, OPERATOR, "alert.shown", SHIFT))
    outcomes = [office.opened(sent(office, car, page)).items[0].outcome for _ in range(3)]
    assert outcomes == [Outcome.KEPT, Outcome.ALREADY_KEPT, Outcome.ALREADY_KEPT]
    assert len(leaves(office)) == 1


def test_a_page_and_a_read_of_the_same_number_are_two_things(office):
    car = office.car()
    office.receive(car, "AB12345")
    assert sent(office, car, page_of(car, JournalLine(AT, OPERATOR, "alert.shown", SHIFT))).status_code == 200
    assert len(leaves(office)) == 1


def test_the_same_number_with_other_lines_is_tampered(office):
    car = office.car()
    sent(office, car, page_of(car, JournalLine(AT, OPERATOR, "alert.shown", SHIFT)))
    answer = sent(office, car, page_of(car, JournalLine(AT, None, "alert.shown", SHIFT)))
    assert answer.status_code == 422
    assert len(leaves(office)) == 1
    assert office.ledger()[-1] == ("reads.tampered", None)


def test_a_page_whose_line_cannot_be_written_is_not_noted_as_received(office, monkeypatch):
    real, calls = journal.record, []

    def broken(*args, **fields):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError
        return real(*args, **fields)

    monkeypatch.setattr(journal, "record", broken)
    car = office.car()
    page = page_of(car, *(JournalLine(AT, OPERATOR, "alert.shown", SHIFT) for _ in range(3)))
    assert sent(office, car, page).status_code == 500
    monkeypatch.undo()
    assert leaves(office) == []
    assert office.opened(sent(office, car, page)).items[0].outcome == Outcome.KEPT
    assert len(leaves(office)) == 3


def test_what_a_unit_makes_up_is_in_the_content_that_can_be_erased_never_in_the_leaf(office):
    car = office.car()
    sent(office, car, page_of(car, JournalLine(AT, "AB12345", "shift.sign_on", SHIFT, "ZZ98765", "26-1")))
    ((_, body),) = leaves(office)
    assert (body["member"], body["name"], body["purpose"]) == (None, "not on the roster", "")
    assert not {"AB12345", "ZZ98765"} & set(str(body).replace("'", " ").split())
    assert office.ask_owner("select body::jsonb from plates.ledger_content where position('ZZ98765' in body) > 0") == [
        ({"member": "AB12345", "purpose": "ZZ98765", "reference": "26-1"},)
    ]


def test_the_same_number_with_other_lines_in_the_same_moment_is_tampered_and_gets_no_receipt(office, monkeypatch):
    car = office.car()
    asked, calls = intake.answer_for_resend, []

    def late(*number):
        calls.append(number)
        return asked(*number) if len(calls) > 1 else None

    sent(office, car, page_of(car, JournalLine(AT, OPERATOR, "alert.shown", SHIFT)))
    # Asked a moment before the other one committed: nobody has the number yet.
    monkeypatch.setattr(intake, "answer_for_resend", late)
    assert sent(office, car, page_of(car, JournalLine(AT, OPERATOR, "alert.shown", None))).status_code == 422
    assert len(leaves(office)) == 1


def test_every_act_that_a_car_may_write_is_known_here():
    assert set(journal.ACTS) == ACTS
