"""A package: held reads out onto a medium, whole, encrypted, read back, and provable."""

from __future__ import annotations

import io
import json

import bagit
import pytest

from platewarden.exchange.read_report import ReadReport, View
from platewarden.exchange.seal import open_message
from platewarden.policy.refusal import Malformed, Refused, Unavailable
from platewarden.server.clock import now
from platewarden.server.evidence import medium as media
from platewarden.server.evidence.models import Package, PackageState
from platewarden.server.evidence.package import package
from platewarden.server.evidence.passphrase import passphrase_of
from platewarden.server.evidence.testing import opened, packed
from platewarden.server.investigations.testing import opened as opened_incident
from platewarden.server.investigations.testing import spot
from platewarden.server.ledger import chain
from platewarden.server.ledger.publish import publish
from platewarden.server.people.testing import AUDITOR, DESIGNEE, LAPSED, OPERATOR, SUPERVISOR
from platewarden.server.reads.forget import forget_pictures
from platewarden.server.retention.testing import day_ago, held, keep_past, open_past, purge_now, release, request_of
from platewarden.transparency.note import NoteVerifier


def told(folder, name="reads"):
    return json.loads((folder / "data" / f"{name}.json").read_text("utf-8"))


def asked(outsider, *words, passphrase="", monkeypatch=None):
    if monkeypatch:
        monkeypatch.setattr("sys.stdin", io.StringIO(passphrase))
    return outsider.main(["--key", str(chain.verifier()), *map(str, words)])


def test_what_a_hold_names_goes_out_and_nothing_else(office, reads, hold, medium, tmp_path):
    made = packed(office, hold, medium)
    assert (made.reads, made.photos, made.state) == (2, 4, PackageState.WRITTEN)
    assert {each.name for each in medium.iterdir()} == {f"{made}.zip", f"{made}.txt", "verify.py", "READ-ME.txt"}
    folder = opened(made, medium, tmp_path)
    assert bagit.Bag(str(folder)).is_valid()
    assert [each["read_id"] for each in told(folder)] == [str(reads[1].read_id), str(reads[0].read_id)]
    assert "ZZ99999" not in "".join(each.read_text("utf-8", "replace") for each in folder.rglob("*") if each.is_file())
    for kept in reads[:2]:
        (said,) = (each for each in told(folder) if each["read_id"] == str(kept.read_id))
        assert said["plate"] == "AB12345"
        for picture in kept.report.pictures:
            name = {View.OVERVIEW: "overview.jpg", View.PLATE: "plate.jpg"}[picture.view]
            assert (folder / "data" / "reads" / str(kept.read_id) / name).read_bytes() == picture.content


def test_the_cars_signed_words_are_in_it_and_open_with_the_cars_key(office, reads, hold, medium, tmp_path):
    folder = opened(packed(office, hold, medium), medium, tmp_path)
    raw = (folder / "data" / told(folder)[0]["capture"]).read_bytes()
    (unit,) = told(folder, "units")
    public = bytes.fromhex(unit["key"])
    assert public == office.cars[0].key.public_bytes
    body = open_message(raw, ReadReport.kind, lambda _: public).body
    assert body == reads[1].report.to_body()


def test_no_plate_stands_on_the_medium_in_the_clear_or_in_the_office_rows(office, hold, medium):
    packed(office, hold, medium)
    assert not [each.name for each in medium.iterdir() if b"AB12345" in each.read_bytes()]
    for table in ("evidence_package", "evidence_booking", "evidence_transfer"):
        assert not office.ask_owner(f"select * from office.{table} t where t::text like '%%AB12345%%'")  # noqa: S608
    assert not office.ask_owner("select body from office.ledger_leaf where body like '%%AB12345%%'")


def test_it_is_two_lines_of_the_ledger_the_first_before_anything_is_given(office, hold, medium):
    made = packed(office, hold, medium)
    assert [line for line in office.ledger() if line[0].startswith("evidence.")] == [
        ("evidence.package", SUPERVISOR),
        ("evidence.written", SUPERVISOR),
    ]
    (said,) = office.ask_owner("select body::jsonb -> 'about' from office.ledger_leaf where act = 'evidence.written'")
    assert said[0]["sha512"] == made.sha512
    assert said[0]["reads"] == 2


def test_who_looked_at_a_read_is_told_with_what_was_asked_and_proved(office, reads, hold, medium, tmp_path, outsider):
    first = reads[0]
    desk = office.browser(OPERATOR)
    desk.get(f"/reads/{first.read_id}/{first.report.captured_at.isoformat()}/")
    for plate in ("AB12345", "AB1*", "ZZ99999"):
        office.browser(DESIGNEE).post("/reads/search/", {"plate": plate, "span": "all"})
    folder = opened(packed(office, hold, medium), medium, tmp_path)
    looks = {each["read_id"]: [(look["act"], look["member"][:4]) for look in each["looks"]] for each in told(folder)}
    own, search, pattern = ("evidence.package", SUPERVISOR), ("reads.search", DESIGNEE), ("reads.pattern", DESIGNEE)
    assert looks[str(first.read_id)] == [("reads.look", OPERATOR), search, pattern, own]
    assert looks[str(reads[1].read_id)] == [search, pattern, own]
    (asked_for,) = [json.loads(each["content"]) for each in told(folder)[0]["looks"] if each["act"] == "reads.search"]
    assert asked_for["terms"]["plate"] == "AB12345"
    assert asked(outsider, "--package", folder) == 0


def test_who_canvassed_the_place_of_a_read_is_told(office, medium, tmp_path):
    open_past(office.database, 20)
    car = office.car()
    with office.as_role("ingest"):
        near, far = (keep_past(car, text, 20, place=spot(metres)) for text, metres in (("NEAR123", 100), ("NEAR456", 900)))
    hold = held(office, OPERATOR, like="NEAR%", days=(60, 1))
    incident = opened_incident(office, at=near.report.captured_at)
    corners = [[-87.81, 42.17], [-87.79, 42.17], [-87.79, 42.184], [-87.81, 42.184]]
    drawn = opened_incident(office, "26-004118", at=near.report.captured_at, corners=corners)
    for each, plate in ((incident, ""), (drawn, "NEAR1*"), (incident, "ZZ*")):
        office.browser(DESIGNEE).post(f"/incidents/{each.pk}/around/", {"plate": plate, "act": "show"})
    folder = opened(packed(office, hold, medium), medium, tmp_path)
    looks = {each["read_id"]: [look["act"] for look in each["looks"]] for each in told(folder)}
    assert looks[str(near.read_id)] == ["investigations.canvass"] * 2 + ["evidence.package"]
    assert looks[str(far.read_id)] == ["evidence.package"]


def test_a_look_whose_line_has_lost_its_content_is_still_told(office, reads, hold, medium, tmp_path, outsider):
    office.browser(OPERATOR).get(f"/reads/{reads[0].read_id}/{reads[0].report.captured_at.isoformat()}/")
    with office.database.connect("owner") as owner:
        owner.execute("drop table plates.ledger_content_" + now().strftime("%Y%m%d"))
        owner.execute("select plates.make_span(%s, %s)", [now().date(), ["ledger_content"]])
    folder = opened(packed(office, hold, medium), medium, tmp_path)
    looks = told(folder)[1]["looks"]
    assert [(each["act"], each["content"] is None) for each in looks] == [("reads.look", True), ("evidence.package", False)]
    assert asked(outsider, "--package", folder) == 0


def test_the_outsider_says_yes_to_the_opened_folder_the_medium_and_the_file(
    office, hold, medium, tmp_path, outsider, monkeypatch, capsys
):
    made = packed(office, hold, medium)
    folder = opened(made, medium, tmp_path)
    assert asked(outsider, "--package", folder) == 0
    assert "2 reads say what their cars signed" in capsys.readouterr().out
    assert asked(outsider, "--package", medium) == 0
    zipped = medium / f"{made}.zip"
    assert asked(outsider, "--package", zipped) == 2
    assert asked(outsider, "--package", zipped, "--passphrase", passphrase=passphrase_of(made), monkeypatch=monkeypatch) == 0
    assert asked(outsider, "--package", zipped, "--passphrase", passphrase="WRONG", monkeypatch=monkeypatch) == 2
    with office.as_role("purge"):
        publish(tmp_path / "ledger")
    assert asked(outsider, tmp_path / "ledger", "--package", folder) == 0


def test_a_package_of_another_departments_key_is_not_believed(office, hold, medium, tmp_path, outsider):
    folder = opened(packed(office, hold, medium), medium, tmp_path)
    other = NoteVerifier(chain.verifier().name, bytes(31) + b"\x01")
    assert outsider.main(["--key", str(other), "--package", str(folder)]) == 1


def test_a_picture_that_had_gone_is_said_and_the_rest_goes_out(office, reads, hold, medium, tmp_path, outsider, capsys):
    forget_pictures(day_ago(20), "overview")
    made = packed(office, hold, medium)
    assert made.photos == 3
    folder = opened(made, medium, tmp_path)
    (missing,) = [each for each in told(folder)[1]["pictures"] if each["view"] == "overview"]
    assert missing["file"] is None
    assert "not on this server any more" in missing["missing"]
    assert asked(outsider, "--package", folder) == 0
    assert "1 pictures that cars named had gone before" in capsys.readouterr().out


def test_what_a_hold_kept_beyond_its_day_goes_out_too(office, reads, medium, tmp_path, outsider):
    from platewarden.server.retention.testing import open_past

    open_past(office.database, 40)
    with office.as_role("ingest"):
        old = keep_past(office.cars[0], "OLD123", 40)
    hold = held(office, OPERATOR, plate="OLD123")
    purge_now(office)
    made = packed(office, hold, medium)
    folder = opened(made, medium, tmp_path)
    assert [each["read_id"] for each in told(folder)] == [str(old.read_id)]
    assert made.photos == 2
    assert asked(outsider, "--package", folder) == 0


def test_a_part_of_its_time_is_a_part(office, reads, hold, medium):
    at = reads[0].report.captured_at
    made = packed(office, hold, medium, since=at)
    assert (made.reads, made.covers_its_hold) == (1, False)
    assert packed(office, hold, medium).covers_its_hold
    with pytest.raises(Malformed, match="names nothing in that time"):
        packed(office, hold, medium, until=hold.since)


@pytest.mark.parametrize("number", [OPERATOR, AUDITOR, LAPSED])
def test_it_refuses_whoever_lacks_the_duty_or_the_training(office, hold, medium, number):
    with pytest.raises(Refused):
        packed(office, hold, medium, by=number)
    assert not list(medium.iterdir())
    assert ("evidence.package", number) not in office.ledger()


def test_it_refuses_a_hold_on_nothing_and_one_that_was_released(office, hold, medium):
    nothing = held(office, OPERATOR, plate="LATER1", days=(1, -10))
    with pytest.raises(Refused, match="nothing to write"):
        packed(office, nothing, medium)
    release(office, hold, by=SUPERVISOR)
    hold.refresh_from_db()
    with pytest.raises(Refused, match="released"):
        packed(office, hold, medium)
    assert not Package.objects.exists()


def test_more_reads_than_a_package_takes_are_refused_and_not_given(office, hold, medium):
    with office.database.connect("postgres") as root:
        text = root.execute("select pg_get_functiondef('plates.held_evidence(uuid)'::regprocedure)").fetchone()[0]
        root.execute(text.replace("n > 5000", "n > 1").replace("limit 5001", "limit 2"))
    with pytest.raises(Refused, match="more than 5,000 reads"):
        packed(office, hold, medium)
    assert not Package.objects.exists()
    assert not list(medium.iterdir())


def test_a_ledger_that_is_not_sealed_is_said_and_nothing_is_written(office, hold, medium):
    with pytest.raises(Unavailable, match="not being sealed"):
        package(request_of(office, SUPERVISOR), hold, medium, any_folder=True, pause=lambda _: None)
    assert not list(medium.iterdir())


def test_a_medium_that_fails_leaves_it_unfinished_its_key_destroyed_and_the_next_one_is_whole(office, hold, medium, monkeypatch):
    def full(*_args, **_kwargs):
        raise Unavailable("The medium is full.")

    monkeypatch.setattr(media, "leave_beside", full)
    with pytest.raises(Unavailable):
        packed(office, hold, medium)
    failed = Package.objects.get()
    assert failed.state == PackageState.MAKING
    assert not list(medium.iterdir())
    with pytest.raises(Exception, match="was destroyed"):
        passphrase_of(failed)
    monkeypatch.undo()
    made = packed(office, hold, medium)
    assert made.state == PackageState.WRITTEN
    assert made.pk != failed.pk


def test_only_who_was_given_the_reads_says_that_they_are_written_and_once(office, hold, medium):
    from django.db import DatabaseError, connection

    from platewarden.server.access.login import person_key

    made = packed(office, hold, medium)
    words = [made.pk, "0" * 128, 1, 1]
    for number in (SUPERVISOR, DESIGNEE):
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute("select office.evidence_written(%s, %s, %s, %s, %s)", [person_key(request_of(office, number)), *words])
