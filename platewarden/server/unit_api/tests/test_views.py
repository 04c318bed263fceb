"""The unit's door: only enrolled units, only fresh contacts, nothing half stored."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client, override_settings

from platewarden.exchange import tombstone
from platewarden.exchange.contact import ClockState, Contact, Orders
from platewarden.exchange.edition_delta import apply
from platewarden.exchange.enrolment import EnrolmentGrant, EnrolmentRequest
from platewarden.exchange.hotlist_edition import Approach, Edition
from platewarden.exchange.read_report import Place
from platewarden.exchange.receipt import Outcome
from platewarden.exchange.roster_edition import RosterEdition
from platewarden.exchange.seal import SigningKey, open_message, seal_to, sign_message
from platewarden.exchange.task_answer import Said, TaskAnswer
from platewarden.exchange.task_sheet import TaskSheet
from platewarden.exchange.tombstone import Why
from platewarden.exchange.track_page import Spot, TrackPage
from platewarden.exchange.wire import MAX_MESSAGE, Kind, decode_body
from platewarden.server.alerts.models import Alert
from platewarden.server.clock import now
from platewarden.server.equipment import enrol
from platewarden.server.equipment.models import EnrolmentAsk, Tombstone, Unit
from platewarden.server.equipment.testing import Car
from platewarden.server.hotlists.publish import make_edition_if_asked
from platewarden.server.hotlists.testing import bolo_in_force, list_in_force
from platewarden.server.investigations.testing import asked
from platewarden.server.investigations.testing import opened as opened_incident
from platewarden.server.investigations.testing import said as said_by
from platewarden.server.people.roster import make_roster_if_due
from platewarden.server.people.testing import OPERATOR, SUPERVISOR
from platewarden.server.reads import intake
from platewarden.server.unit_api import views
from platewarden.server.unit_api.nonces import give_nonce
from platewarden.server.web.testing import INTAKE


def contact_of(car, *, at=None, **facts):
    given = {
        "unit_key_id": car.key.key_id,
        "at": at or now(),
        "nonce": secrets.token_bytes(16),
        "hotlist_edition": 0,
        "roster_edition": 0,
        "spooled": 3,
        "last_sequence": 0,
        "office_nonce": give_nonce(),
        "lowest_unsent": 0,
        "unsent_since": None,
        "clock": ClockState.OFFICE,
        "task_sheet": 0,
        "spot": None,
    }
    return Contact(**{**given, **facts})


def opened(kind, raw):
    key = enrol.office_signing_key()
    return kind.from_body(open_message(raw, kind.kind, {key.key_id: key.public_bytes}.get).body)


def sealed(raw):
    return seal_to(enrol.office_sealing_key().public_bytes, raw)


def said(answer, status):
    assert answer.status_code == status
    words = decode_body(answer.content)
    assert set(words) == {"error", "clause"}
    assert words["error"].endswith(".")
    assert answer["Cache-Control"] == "no-store"
    return words


def nothing_stored(office):
    question = "select (select count(*) from plates.reads), (select count(*) from office.received)"
    return office.ask_owner(question) == [(0, 0)]


def test_the_office_shows_its_public_keys_to_everybody(office):
    with office.as_role("ingest"), override_settings(**INTAKE):
        answer = Client(SERVER_NAME="localhost").get("/unit/v1/office")
    assert decode_body(answer.content) == {
        "signing_public": enrol.office_signing_key().public_bytes,
        "sealing_public": enrol.office_sealing_key().public_bytes,
    }


def test_a_unit_asks_waits_and_gets_its_grant(office):
    key = SigningKey.generate()
    raw = EnrolmentRequest(name="Car 12", signing_public=key.public_bytes, made_at=now()).signed(key)
    assert [office.post_to_door("enrol", raw).status_code for _ in range(2)] == [202, 202]
    enrol.decide(EnrolmentAsk.objects.get().pk, approve=True, by=office.member(SUPERVISOR))
    answer = office.post_to_door("enrol", raw)
    assert answer.status_code == 200
    assert opened(EnrolmentGrant, answer.content).unit_key_id == key.key_id
    enrol.revoke(Unit.objects.get().pk, by=office.member(SUPERVISOR))
    assert said(office.post_to_door("enrol", raw), 403)["clause"] == "supervisor-manages"


def test_an_enrolment_that_somebody_else_signed_is_not_taken(office):
    key, other = SigningKey.generate(), SigningKey.generate()
    raw = EnrolmentRequest(name="Car 12", signing_public=key.public_bytes, made_at=now()).signed(other)
    assert office.post_to_door("enrol", raw).status_code in (400, 422)
    assert not EnrolmentAsk.objects.exists()


def test_a_contact_is_answered_with_what_the_unit_should_hold(office):
    list_in_force("AB12345,IL,stolen_vehicle,SV-1")
    car = office.car()
    with office.as_role("purge"):
        edition, roster = make_edition_if_asked(), make_roster_if_due(enrol.office_signing_key())
    asked = contact_of(car)
    orders = opened(Orders, office.post_to_door("contact", asked.signed(car.key)).content)
    assert (orders.nonce, orders.hotlist_edition, orders.roster_edition) == (asked.nonce, edition.number, roster.number)
    unit = Unit.objects.get()
    assert (unit.spooled, unit.clock, orders.retention_days, orders.deadline_hours) == (3, "office", 30, 24)
    assert abs(unit.drift_s) < 60
    key = enrol.office_signing_key()
    raw = office.post_to_door("hotlist", contact_of(car).signed(car.key)).content
    assert Edition.open(raw, {key.key_id: key.public_bytes}.get).count == 1
    assert opened(RosterEdition, office.post_to_door("roster", contact_of(car).signed(car.key)).content).number == roster.number


def test_a_contact_names_the_units_own_alerts_that_a_correction_withdrew_and_no_silent_one(office):
    bolo_in_force("AB12345")
    bolo_in_force("CD67890", approach=Approach.SILENT)
    car, other = office.car(), office.car("Car 14")
    for plate in ("AB12345", "CD67890"):
        office.receive(car, plate)
    rosa = office.browser(OPERATOR)
    for alert in Alert.objects.all():
        given = {"plate": "XX11111", "state": "", "because": "hidden", "saw": "0"}
        assert rosa.post(f"/alerts/correct/{alert.read_id}/{alert.captured_at.isoformat()}/", given).status_code == 302
    assert Alert.objects.filter(state="withdrawn").count() == 2
    (gone,) = opened(Orders, office.post_to_door("contact", contact_of(car).signed(car.key)).content).withdrawn
    alert = Alert.objects.get(silent=False)
    assert (gone.read_id, gone.hit_id, gone.captured_at, gone.because.value) == (
        alert.read_id,
        alert.hit_id,
        alert.captured_at,
        "hidden",
    )
    assert opened(Orders, office.post_to_door("contact", contact_of(other).signed(other.key)).content).withdrawn == ()


def test_a_unit_that_holds_an_edition_is_given_what_changed_since(office):
    rows = [f"AB{number:05},IL,stolen_vehicle,SV-{number}" for number in range(200)]
    car = office.car()
    list_in_force(*rows)
    with office.as_role("purge"):
        make_edition_if_asked()
    held = office.post_to_door("hotlist", contact_of(car).signed(car.key)).content
    list_in_force(*rows, "ZZ1,IL,stolen_vehicle,1")
    with office.as_role("purge"):
        make_edition_if_asked()
    contact = replace(contact_of(car), hotlist_edition=1)
    (step,) = decode_body(office.post_to_door("hotlist/changes", contact.signed(car.key)).content)["steps"]
    key = enrol.office_signing_key()
    assert Edition.open(apply(held, step), {key.key_id: key.public_bytes}.get).number == 2
    said(office.post_to_door("hotlist/changes", contact_of(car).signed(car.key)), 404)


def test_before_there_is_a_list_or_a_roster_it_says_so(office):
    car = office.car()
    for path in ("hotlist", "roster"):
        said(office.post_to_door(path, contact_of(car).signed(car.key)), 503)


def test_an_unknown_and_a_revoked_unit_are_refused_everywhere_with_the_clause(office):
    car, stranger = office.car(), SigningKey.generate()
    enrol.revoke(car.unit.pk, by=office.member(SUPERVISOR))
    for key, words in ((stranger, "not enrolled"), (car.key, "revoked")):
        asked = contact_of(car, unit_key_id=key.key_id).signed(key)
        report = car.report("AB12345", unit_key_id=key.key_id).signed(key)
        for path, raw in (("contact", asked), ("hotlist", asked), ("roster", asked), ("reports", sealed(report))):
            refused = said(office.post_to_door(path, raw), 403)
            assert words in refused["error"]
            assert refused["clause"] == "supervisor-manages"
    assert nothing_stored(office)


def test_a_unit_that_is_revoked_between_the_check_and_the_keeping_is_refused(office, monkeypatch):
    car = office.car()
    check = enrol.enrolled_unit

    def revoked_right_after(key_id):
        unit = check(key_id)
        with office.database.connect("owner") as owner:
            owner.execute("update office.equipment_unit set state = 'revoked' where id = %s", [unit.pk])
        return unit

    monkeypatch.setattr(enrol, "enrolled_unit", revoked_right_after)
    refused = said(office.post_to_door("reports", sealed(car.report("AB12345").signed(car.key))), 403)
    assert "revoked" in refused["error"]
    assert nothing_stored(office)


def test_a_replayed_and_an_older_contact_are_stale_and_change_nothing(office):
    car = office.car()
    older = contact_of(car, spooled=9)
    first = contact_of(car, at=now() + timedelta(days=3)).signed(car.key)
    assert office.post_to_door("contact", first).status_code == 200
    before = Unit.objects.values().get()
    for path in ("contact", "hotlist", "hotlist/changes", "roster"):
        assert "replay" in said(office.post_to_door(path, first), 409)["error"]
    said(office.post_to_door("contact", older.signed(car.key)), 409)
    assert Unit.objects.values().get() == before
    assert office.post_to_door("contact", contact_of(car).signed(car.key)).status_code == 200


@pytest.mark.parametrize(
    "made",
    [
        lambda: bytes(24),
        lambda: bytes(16),
        lambda: secrets.token_bytes(24),
        lambda: bytes(each ^ (at == 23) for at, each in enumerate(give_nonce())),
        lambda: give_nonce() + b"x",
    ],
    ids=["zeros", "too short", "chance", "one bit off", "too long"],
)
def test_a_contact_with_a_nonce_that_this_office_did_not_give_is_stale(office, made):
    nonce = made()
    car = office.car()
    assert "nonce" in said(office.post_to_door("contact", contact_of(car, office_nonce=nonce).signed(car.key)), 409)["error"]
    assert Unit.objects.get().last_contact_at is None


@pytest.mark.parametrize("off", [timedelta(days=1), timedelta(days=-365), timedelta(minutes=40)])
def test_a_clock_that_is_off_is_measured_and_keeps_nobody_from_being_heard(office, off):
    car = office.car()
    for by in (off, timedelta(0)):
        assert office.post_to_door("contact", contact_of(car, at=now() + by).signed(car.key)).status_code == 200
        assert abs(Unit.objects.get().drift_s - by.total_seconds()) < 60
    # Reads of a wrong clock are receipted, so that they never jam the car.
    expected = Outcome.CLOCK if off > timedelta(0) else Outcome.EXPIRED
    assert office.receive(car, "AB12345", at=now() + off).items[0].outcome == expected


def test_the_nonce_is_new_each_time_and_given_to_everybody(office):
    with office.as_role("ingest"), override_settings(**INTAKE):
        client = Client(SERVER_NAME="localhost")
        first, second = (decode_body(client.get("/unit/v1/nonce").content)["nonce"] for _ in range(2))
    assert first < second


def test_a_tombstone_is_kept_once_receipted_and_in_the_ledger(office):
    car = office.car()
    stone = stone_of(car)
    for expected in (Outcome.KEPT, Outcome.ALREADY_KEPT):
        receipt = office.opened(office.post_to_door("tombstones", sealed(stone.signed(car.key))))
        (item,) = receipt.items
        assert (item.stream, item.sequence, item.outcome) == ("tombstone", 1, expected)
    kept = Tombstone.objects.get()
    assert (kept.reads, kept.ranges, kept.day) == (5, [[1, 4], [7, 7]], stone.day)
    assert [act for act, _ in office.ledger()].count("equipment.tombstone") == 1
    other = stone_of(car, ranges=((1, 3),))
    assert "twice" in said(office.post_to_door("tombstones", sealed(other.signed(car.key))), 422)["error"]


def stone_of(car, **facts):
    given = {
        "unit_key_id": car.key.key_id,
        "sequence": 1,
        "stream": "read",
        "day": now().date() - timedelta(days=40),
        "ranges": ((1, 4), (7, 7)),
        "buried_at": now(),
        "retention_days": 30,
        "clock": ClockState.OFFICE,
        "why": Why.RETENTION,
    }
    return tombstone.Tombstone(**{**given, **facts})


def test_garbage_and_cut_messages_are_malformed_or_tampered_and_store_nothing(office):
    car = office.car()
    signed = car.report("AB12345").signed(car.key)
    whole = sealed(signed)
    wrong = [
        b"",
        b"\0",
        b"PW",
        b"PS",
        secrets.token_bytes(500),
        b"{}" * 50,
        whole[:-1],
        whole + b"\0",
        whole[: len(whole) // 2],
        signed,
    ]
    wrong += [sealed(signed[:-1]), sealed(signed + b"\0"), sealed(b""), sealed(secrets.token_bytes(300))]
    for raw in wrong:
        assert office.post_to_door("reports", raw).status_code in (400, 422)
        assert said(office.post_to_door("journal", raw), office.post_to_door("journal", raw).status_code)["error"]
    asked = contact_of(car).signed(car.key)
    for raw in (b"", asked[:-1], asked + b"x", secrets.token_bytes(200), signed):
        for path in ("contact", "hotlist", "roster", "enrol"):
            assert office.post_to_door(path, raw).status_code in (400, 422), (path, raw[:8])
    assert nothing_stored(office)


def test_one_changed_byte_in_a_signed_message_is_found(office):
    car = office.car()
    signed = bytearray(car.report("AB12345").signed(car.key))
    signed[len(signed) // 2] ^= 1
    said(office.post_to_door("reports", sealed(bytes(signed))), 422)
    assert nothing_stored(office)


def test_a_message_of_another_kind_is_not_taken_for_a_read(office):
    car = office.car()
    raw = sign_message(Kind.READ_REPORT, contact_of(car).to_body(), car.key)
    said(office.post_to_door("reports", sealed(raw)), 400)
    said(office.post_to_door("reports", sealed(contact_of(car).signed(car.key))), 400)


def test_a_unit_that_signs_in_another_units_name_is_found_out_and_recorded(office):
    car, other = office.car("Car 12"), office.car("Car 14")
    report = other.report("AB12345").signed(car.key)
    assert "names another unit" in said(office.post_to_door("reports", sealed(report)), 422)["error"]
    asked = contact_of(other).signed(car.key)
    said(office.post_to_door("contact", asked), 422)
    assert nothing_stored(office)
    assert office.ledger()[-1] == ("reads.tampered", None)
    (about,) = office.ask_owner("select body::jsonb -> 'about' ->> 'unit' from office.ledger_leaf order by leaf_id desc limit 1")[0]
    assert uuid.UUID(about) == car.unit.id


def test_two_machines_with_one_key_are_noticed_and_shown(office):
    car = office.car()
    twin = Car(car.unit, car.key)  # the same key, copied with the data folder
    office.receive(car, "AB12345")
    assert (
        "twice with different contents"
        in said(office.post_to_door("reports", sealed(twin.report("CD12345").signed(car.key))), 422)["error"]
    )
    assert Unit.objects.get().tampered_at is not None
    page = office.browser(SUPERVISOR).get("/units/").content.decode()
    assert "Is its key on two machines?" in page


def test_a_message_that_is_too_large_is_told_so(office, monkeypatch):
    car = office.car()
    said(office.post_to_door("reports", bytes(MAX_MESSAGE + 1)), 413)
    monkeypatch.setattr(views, "MAX_MESSAGE", 100)
    said(office.post_to_door("contact", contact_of(car).signed(car.key)), 413)


def test_when_the_database_goes_away_in_the_middle_the_car_is_told_to_keep_it(office, monkeypatch):
    car = office.car()
    raw = sealed(car.report("AB12345").signed(car.key))
    keep = intake.keep

    def cut(*args):
        found = keep(*args)
        with office.database.connect("postgres") as root:
            root.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            )
        return found

    monkeypatch.setattr(intake, "keep", cut)
    assert "Nothing was lost" in said(office.post_to_door("reports", raw), 503)["error"]
    monkeypatch.undo()
    assert nothing_stored(office)
    answer = office.post_to_door("reports", raw)
    assert office.opened(answer).items[0].outcome == Outcome.KEPT


def test_when_the_database_is_not_there_it_says_so_without_naming_a_place(office):
    car = office.car()
    raw = sealed(car.report("AB12345").signed(car.key))
    with office.database.cluster.superuser() as root:
        root.execute(f"alter database {office.database.name} allow_connections false")
    try:
        answer = office.post_to_door("reports", raw)
        assert b"/tmp" not in answer.content
        said(answer, 503)
    finally:
        with office.database.cluster.superuser() as root:
            root.execute(f"alter database {office.database.name} allow_connections true")
    assert office.opened(office.post_to_door("reports", raw)).items[0].outcome == Outcome.KEPT


def test_only_what_is_asked_for_is_answered(office):
    assert office.post_to_door("nothing", b"").status_code == 404
    assert office.post_to_door("office", b"").status_code == 405
    with office.as_role("ingest"), override_settings(**INTAKE):
        assert Client(SERVER_NAME="localhost").get("/unit/v1/reports").status_code == 405


@pytest.mark.parametrize(
    "odd",
    [
        {"hotlist_edition": 2**40},
        {"confidence": 1e-60},
        {"place": Place(lat=42.0, lon=-87.8, accuracy_m=1e300, heading_deg=None, fix_age_s=0.0)},
    ],
)
def test_a_figure_that_no_column_holds_is_malformed_and_jams_no_spool(office, odd):
    car = office.car()
    answer = office.post_to_door("reports", sealed(car.report("AB12345", **odd).signed(car.key)))
    said(answer, 400)
    assert office.ask_owner("select count(*) from office.received") == [(0,)]
    assert office.receive(car, "AB12345").items[0].outcome is Outcome.KEPT


def test_a_contact_tells_where_a_crewed_car_is_and_nothing_of_it_outlasts_the_next(office):
    car = office.car()
    told = Spot(now() - timedelta(seconds=20), 42.1817, -87.8003, 4.0)
    assert office.post_to_door("contact", contact_of(car, task_sheet=3, spot=told).signed(car.key)).status_code == 200
    unit = Unit.objects.get()
    assert (unit.task_sheet, unit.lat, unit.lon) == (3, 42.1817, -87.8003)
    assert timedelta(seconds=19) < now() - unit.place_at < timedelta(seconds=60)
    office.post_to_door("contact", contact_of(car).signed(car.key))
    unit.refresh_from_db()
    assert (unit.lat, unit.lon, unit.place_at) == (None, None, None)


def test_canvass_tasks_come_down_to_the_unit_that_is_asked_and_to_no_other(office):
    car, other = office.car(), office.car("Car 14")
    answer = office.post_to_door("tasks", contact_of(car).signed(car.key))
    assert "never asked" in said(answer, 503)["error"]
    (task,) = asked(office, opened_incident(office), car)
    for each, number in ((car, 1), (other, 0)):
        orders = opened(Orders, office.post_to_door("contact", contact_of(each).signed(each.key)).content)
        assert orders.task_sheet == number
    raw = [office.post_to_door("tasks", contact_of(car).signed(car.key)).content for _ in range(2)]
    assert raw[0] == raw[1], "the same number, the same bytes"
    sheet = opened(TaskSheet, raw[0])
    assert (sheet.number, sheet.unit_key_id, [each.number for each in sheet.tasks]) == (1, car.key.key_id, [task.pk])
    said(office.post_to_door("tasks", contact_of(other).signed(other.key)), 503)


def test_an_answer_and_a_track_are_taken_once_and_another_of_that_number_is_refused(office):
    car = office.car()
    (task,) = asked(office, opened_incident(office), car)
    at = now() + timedelta(seconds=4)
    answer = TaskAnswer(car.key.key_id, 1, task.pk, Said.ACCEPTED, "", uuid.uuid4(), "1042", at)
    page = TrackPage(car.key.key_id, 2, task.pk, (Spot(at, 42.1817, -87.8003, 4.0),))
    for message in (answer, page):
        outcomes = [office.opened(said_by(office, car, message)).items[0].outcome for _ in range(2)]
        assert outcomes == [Outcome.KEPT, Outcome.ALREADY_KEPT]
        assert said_by(office, car, replace(message, task=task.pk + 1)).status_code == 422
    late = replace(page, sequence=3, task=999)
    assert [office.opened(said_by(office, car, late)).items[0].outcome for _ in range(2)] == [Outcome.EXPIRED] * 2
    assert office.ask_owner("select count(*) from plates.canvass_track") == [(1,)]
    assert [act for act, _ in office.ledger()].count("investigations.task_answered") == 1
