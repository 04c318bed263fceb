"""Portable media, the unit's side: resumed after any cut, freed by receipts only, in any order with the line."""

import errno
import os
import shutil

import pytest

from platewarden.policy.refusal import Malformed, Tampered, Unavailable
from platewarden.unit import medium as media
from platewarden.unit.testing import Office, car_12, member, serving


@pytest.fixture
def office():
    office = Office()
    office.publish_hotlist(1, [])
    office.publish_roster(1, [member()])
    with serving(office):
        yield office


@pytest.fixture
def car(tmp_path, office):
    with car_12(tmp_path / "car", office) as car:
        yield car


@pytest.fixture
def stick(tmp_path):
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def export(car, stick):
    return media.export(stick, enrolment=car.enrolment, spool=car.spool, clock=car.clock)


def take(car, stick):
    return media.take_receipts(stick, enrolment=car.enrolment, spool=car.spool)


def own(car, stick):
    return stick / "platewarden" / car.enrolment.key.key_id.hex()


def office_reads(car, stick, office):
    """What the office does with a medium: each file a manifest names, and the receipts beside it."""
    for path, manifest in media._manifests(own(car, stick), car.enrolment):
        raw = b""
        for each in manifest.files:
            kind = {"read": "/unit/v1/reports", "journal": "/unit/v1/journal"}[each.stream]
            raw += office._doors()[kind]((own(car, stick) / each.name).read_bytes())[1]
        path.with_name(path.name.replace("manifest", "receipts")).write_bytes(raw)


def test_what_waits_goes_onto_the_stick_and_only_receipts_free_it(car, stick, office):
    for _ in range(3):
        car.keep_read()
    assert export(car, stick) == media.Carried(3, 0, 0, 3)
    assert export(car, stick) == media.Carried(0, 3, 0, 3)
    car.keep_read()
    assert export(car, stick) == media.Carried(1, 3, 0, 4)
    assert take(car, stick) == media.Carried(freed=0, waiting=4)
    office_reads(car, stick, office)
    assert take(car, stick) == media.Carried(freed=4, waiting=0)
    assert sorted(path.name for path in own(car, stick).iterdir()) == ["unit.pub"]
    assert sorted(office.reports) == [1, 2, 3, 4]


def test_stick_and_line_may_cross_in_any_order(car, stick, office):
    for _ in range(3):
        car.keep_read()
    export(car, stick)
    office_reads(car, stick, office)
    assert car.transfer.round()  # the line was there before the stick came back
    assert car.spool.counts().freed == {"read": {"already_kept": 3}}
    assert take(car, stick) == media.Carried(freed=0, waiting=0)
    assert len(office.reports) == 3


def test_an_export_takes_the_receipts_it_finds_first(car, stick, office):
    car.keep_read()
    export(car, stick)
    office_reads(car, stick, office)
    car.keep_read()
    assert export(car, stick) == media.Carried(1, 0, 1, 1)


@pytest.mark.parametrize("pulled_at", range(1, 14))
def test_a_stick_pulled_out_at_any_write_holds_nothing_half_believed_and_goes_on(car, stick, office, monkeypatch, pulled_at):
    monkeypatch.setattr(media, "FILES_A_MANIFEST", 2)
    for _ in range(4):
        car.keep_read()
    replaced, calls = media.Path.replace, []

    def pulled(path, target):
        calls.append(target)
        if len(calls) == pulled_at:
            raise OSError(errno.EIO, "Input/output error")
        return replaced(path, target)

    monkeypatch.setattr(media.Path, "replace", pulled)
    if pulled_at <= 8:
        with pytest.raises(Unavailable, match="was removed or does not answer"):
            export(car, stick)
    else:
        export(car, stick)
    monkeypatch.setattr(media.Path, "replace", replaced)
    assert car.spool.counts().unsent == 4
    if own(car, stick).exists():
        for _, manifest in media._manifests(own(car, stick), car.enrolment):
            assert all((own(car, stick) / each.name).stat().st_size == each.size for each in manifest.files)
    export(car, stick)
    office_reads(car, stick, office)
    assert take(car, stick).waiting == 0
    assert sorted(office.reports) == [1, 2, 3, 4]


def test_a_full_stick_says_so_and_what_is_on_it_is_named(car, stick, monkeypatch):
    for _ in range(3):
        car.keep_read()
    free = [10**9, 10**9, 10]
    usage = shutil.disk_usage(stick)
    monkeypatch.setattr(media.shutil, "disk_usage", lambda _: usage._replace(free=free.pop(0)))
    with pytest.raises(Unavailable, match="is full"):
        export(car, stick)
    ((_, manifest),) = media._manifests(own(car, stick), car.enrolment)
    assert len(manifest.files) == 2


def test_a_read_only_stick_one_of_another_department_and_one_that_is_not_there(car, stick, tmp_path, monkeypatch):
    with pytest.raises(Malformed, match="is not a folder"):
        export(car, tmp_path / "nothing")
    (stick / "platewarden").mkdir()
    (stick / "platewarden" / "office.pub").write_bytes(b"o" * 32)
    with pytest.raises(Malformed, match="another department"):
        export(car, stick)
    (tmp_path / "locked").mkdir()
    right = os.open

    def read_only(path, flags, *rest, **more):
        if "locked" in str(path) and flags & os.O_CREAT:
            raise OSError(errno.EROFS, "Read-only file system")
        return right(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", read_only)
    with pytest.raises(Unavailable, match="read-only"):
        export(car, tmp_path / "locked")


def test_receipts_that_were_changed_or_are_anothers_free_nothing(car, stick, office):
    car.keep_read()
    export(car, stick)
    office_reads(car, stick, office)
    (path,) = own(car, stick).glob("receipts-*")
    good = path.read_bytes()
    for wrong in (good[:-1] + bytes([good[-1] ^ 1]), good[:-5], b"x" * 100, office.receipt(b"u" * 16, "read", 1, b"d" * 32)):
        path.write_bytes(wrong)
        with pytest.raises((Tampered, Malformed)):
            take(car, stick)
        assert car.spool.counts().unsent == 1
    path.write_bytes(good)
    assert take(car, stick).freed == 1


def test_a_file_that_was_changed_on_the_stick_is_written_again(car, stick):
    car.keep_read()
    export(car, stick)
    (path,) = own(car, stick).glob("read-*")
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    assert export(car, stick).written == 1
    assert path.read_bytes() == whole
