"""Portable media, the office's side: through the door like everything else, and back onto the medium as receipts."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client

from platewarden.exchange.medium_manifest import MediumFile, MediumManifest, manifest_name
from platewarden.exchange.receipt import Outcome
from platewarden.exchange.seal import digest, key_id_of, seal_to
from platewarden.policy.refusal import Malformed, Refused, Unavailable
from platewarden.server.clock import now
from platewarden.server.equipment import enrol
from platewarden.server.people.testing import LAPSED, LIST_MANAGER, OPERATOR, SUPERVISOR
from platewarden.server.unit_api.media import Door, import_medium, take_medium
from platewarden.unit import medium as unit_media
from platewarden.unit import testing as unit_testing


class DoorOfTheTest:
    """The real views on the real database, without a socket; the real socket is in the last tests."""

    def __init__(self, office):
        self.office = office

    def ask(self, method, path, body=None):
        if method == "GET":
            with self.office.at_the_door():
                answer = Client(SERVER_NAME="localhost").get(f"/unit/v1/{path}")
        else:
            answer = self.office.post_to_door(path, body)
        return answer.status_code, answer.content


@pytest.fixture
def car(office):
    return office.car()


@pytest.fixture
def door(office):
    return DoorOfTheTest(office)


def write(medium, car, *reports, number=1, key=None):
    """A medium as a unit writes it; returns the folder of the unit."""
    office_public = enrol.office_signing_key().public_bytes
    folder = medium / "platewarden" / car.key.key_id.hex()
    folder.mkdir(parents=True, exist_ok=True)
    (medium / "platewarden" / "office.pub").write_bytes(office_public)
    (folder / "unit.pub").write_bytes(car.key.public_bytes)
    files = []
    for report in reports:
        raw = report.signed(car.key)
        sealed = seal_to(enrol.office_sealing_key().public_bytes, raw)
        files.append(MediumFile("read", report.sequence, digest(raw), len(sealed), digest(sealed)))
        (folder / files[-1].name).write_bytes(sealed)
    manifest = MediumManifest(car.key.key_id, key_id_of(office_public), number, now(), tuple(files))
    (folder / manifest_name(number)).write_bytes(manifest.signed(key or car.key))
    return folder


def receipts(office, folder, number=1):
    from platewarden.exchange.receipt import Receipt
    from platewarden.exchange.seal import open_message
    from platewarden.exchange.wire import message_length

    raw, found = (folder / f"receipts-{number:06d}.signed").read_bytes(), []
    while raw:
        size = message_length(raw)
        opened = open_message(raw[:size], Receipt.kind, lambda _: enrol.office_signing_key().public_bytes)
        found += [(item.sequence, item.outcome) for item in Receipt.from_body(opened.body).items]
        raw = raw[size:]
    return found


def test_it_is_taken_once_however_often_and_whichever_way_it_comes(office, car, door, tmp_path):
    reports = [car.report("AB12345"), car.report("CD12345")]
    office.post_to_door("reports", seal_to(enrol.office_sealing_key().public_bytes, reports[1].signed(car.key)))
    folder = write(tmp_path, car, *reports)
    taken = take_medium(tmp_path, door)
    assert (taken.units, taken.receipted, taken.wrong) == (1, 2, [])
    assert receipts(office, folder) == [(1, Outcome.KEPT), (2, Outcome.ALREADY_KEPT)]
    assert take_medium(tmp_path, door).receipted == 2
    assert receipts(office, folder) == [(1, Outcome.ALREADY_KEPT), (2, Outcome.ALREADY_KEPT)]
    assert office.ask_owner("select count(*) from plates.reads") == [(2,)]


def test_a_changed_cut_or_missing_file_is_said_and_the_others_are_taken(office, car, door, tmp_path):
    folder = write(tmp_path, car, *(car.report("AB12345") for _ in range(4)))
    first, second, third, _ = sorted(folder.glob("read-*"))
    first.write_bytes(first.read_bytes()[:-1] + b"x")
    second.write_bytes(second.read_bytes()[:-9])
    third.unlink()
    taken = take_medium(tmp_path, door)
    assert taken.receipted == 1
    assert [sentence.partition(": ")[2][:30] for sentence in taken.wrong] == [
        "it is not what the unit wrote:",
        "it is not what the unit wrote:",
        "it is not on the medium.",
    ]
    assert receipts(office, folder) == [(4, Outcome.KEPT)]


def test_a_manifest_that_somebody_else_signed_is_not_believed(office, car, door, tmp_path):
    folder = write(tmp_path, car, car.report("AB12345"), key=office.car("Car 14").key)
    taken = take_medium(tmp_path, door)
    assert taken.receipted == 0
    assert len(taken.wrong) == 1
    assert not list(folder.glob("receipts-*"))


def test_a_unit_that_was_revoked_or_never_enrolled_is_refused(office, car, door, tmp_path):
    write(tmp_path, car, car.report("AB12345"), car.report("CD12345"))
    enrol.revoke(car.unit.pk, by=office.member(SUPERVISOR))
    stranger = replace(car, key=enrol.SigningKey.generate())
    write(tmp_path, stranger, car.report("EF12345", unit_key_id=stranger.key.key_id))
    taken = take_medium(tmp_path, door)
    assert taken.receipted == 0
    assert sorted("revoked" in sentence for sentence in taken.wrong) == [False, True]
    assert office.ask_owner("select count(*) from plates.reads") == [(0,)]


def test_a_medium_of_nobody_or_of_another_department_is_left_alone(office, car, door, tmp_path):
    with pytest.raises(Malformed, match="not a medium of this department"):
        take_medium(tmp_path, door)
    write(tmp_path, car, car.report("AB12345"))
    (tmp_path / "platewarden" / "office.pub").write_bytes(b"o" * 32)
    with pytest.raises(Malformed, match="written for another office"):
        take_medium(tmp_path, door)


def test_from_a_real_unit_over_a_real_socket_and_back(tmp_path):
    stick, far = tmp_path / "stick", unit_testing.Office()
    stick.mkdir()
    with unit_testing.serving(far) as address, unit_testing.car_12(tmp_path / "car", far) as car:
        for _ in range(3):
            car.keep_read()
        unit_media.export(stick, enrolment=car.enrolment, spool=car.spool, clock=car.clock)
        door = Door(replace(settings.CONFIG, intake_port=int(address.rpartition(":")[2])))
        seen = []
        assert take_medium(stick, door, progress=lambda done, of: seen.append((done, of))).receipted == 3
        assert seen == [(0, 1), (1, 1)]
        assert unit_media.take_receipts(stick, enrolment=car.enrolment, spool=car.spool).freed == 3
        far.misbehave("/unit/v1/reports", 503)
        car.keep_read()
        unit_media.export(stick, enrolment=car.enrolment, spool=car.spool, clock=car.clock)
        with pytest.raises(Unavailable, match="nothing is lost"):
            take_medium(stick, door)


def test_without_a_server_it_says_how_to_start_one(tmp_path):
    with pytest.raises(Unavailable, match="platewarden serve"):
        take_medium(tmp_path, Door(replace(settings.CONFIG, intake_port=9)))


ABOUT = (
    "select a ->> 'medium', a ->> 'receipted', a ->> 'not_taken', a ->> 'whole' from office.ledger_leaf, "
    "lateral (select body::jsonb -> 'about' as a) x where act = 'unit.medium'"
)


def test_who_took_in_which_medium_and_how_much_is_one_line_of_the_ledger(office, car, door, tmp_path):
    folder = write(tmp_path, car, car.report("AB12345"), car.report("CD12345"))
    min(folder.glob("read-*")).unlink()
    taken = import_medium(tmp_path, door, by=office.member(OPERATOR))
    assert (taken.receipted, len(taken.wrong)) == (1, 1)
    assert office.ledger()[-1] == ("unit.medium", OPERATOR)
    assert office.ask_owner(ABOUT) == [(tmp_path.name, "1", "1", "true")]


def test_a_medium_that_is_broken_off_is_written_down_as_far_as_it_came(office, car, door, tmp_path):
    write(tmp_path, car, car.report("AB12345"), car.report("CD12345"))
    real, asked = door.ask, []

    def ask(method, path, body=None):
        asked.append(path)
        return real(method, path, body) if len(asked) < 3 else (503, b"")

    door.ask = ask
    with pytest.raises(Unavailable):
        import_medium(tmp_path, door, by=office.member(OPERATOR))
    assert office.ask_owner(ABOUT) == [(tmp_path.name, "1", "0", "false")]


@pytest.mark.parametrize("number", [LAPSED, LIST_MANAGER])
def test_whoever_is_untrained_or_has_no_duty_for_it_takes_nothing_in(office, car, door, tmp_path, number):
    write(tmp_path, car, car.report("AB12345"))
    with pytest.raises(Refused):
        import_medium(tmp_path, door, by=office.member(number))
    assert office.ask_owner("select count(*) from plates.reads") == [(0,)]


def test_what_was_done_in_the_car_comes_by_medium_too():
    from platewarden.exchange.receipt import Stream
    from platewarden.server.unit_api.media import DOORS

    assert set(DOORS) == set(Stream)
