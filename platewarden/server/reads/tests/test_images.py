"""Pictures: encrypted on disk, bound to their read, whole or not there."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.conf import settings

from platewarden.policy.refusal import Tampered, Unavailable
from platewarden.server.reads.images import NotThere, find_picture, keep_picture, open_picture
from platewarden.server.reads.testing import jpeg

AT = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
CONTENT = jpeg()
FIRST = uuid.UUID(int=1)


@pytest.fixture
def unit():
    """A unit whose packs nobody else writes."""
    return uuid.uuid4()


def kept(unit, *, content=CONTENT, view="plate", read=FIRST, at=AT):
    return keep_picture(content, view=view, read_id=read, unit_id=unit, captured_at=at)


def pack_of(pointer):
    return settings.CONFIG.data / "pictures" / pointer.pack


def test_a_picture_comes_back_as_it_was_and_lies_encrypted(unit):
    first, second = kept(unit), kept(unit, content=jpeg("maroon"))
    assert open_picture(first.as_row(), uuid.UUID(int=1)) == CONTENT
    assert open_picture(second.as_row(), uuid.UUID(int=1)) == jpeg("maroon")
    assert (first.offset, second.offset) == (0, first.length)
    on_disk = pack_of(first).read_bytes()
    assert len(on_disk) == first.length + second.length
    assert CONTENT[:20] not in on_disk
    assert b"JFIF" not in on_disk
    assert pack_of(first).stat().st_mode & 0o077 == 0
    assert pack_of(first).parent.stat().st_mode & 0o077 == 0
    key = settings.CONFIG.data / "keys" / f"{first.key}.key"
    assert key.stat().st_mode & 0o077 == 0


def test_each_day_and_unit_has_a_key_of_its_own_and_each_hour_a_pack(unit):
    morning, noon = kept(unit), kept(unit, at=AT.replace(hour=12))
    next_day, other_car = kept(unit, at=AT.replace(day=24)), kept(uuid.uuid4())
    assert morning.key == noon.key
    assert len({morning.key, next_day.key, other_car.key}) == 3
    assert len({each.pack for each in (morning, noon, next_day, other_car)}) == 4


def test_a_flipped_byte_anywhere_a_cut_pack_and_another_read_are_tampered(unit):
    pointer = kept(unit)
    path, row = pack_of(pointer), pointer.as_row()
    whole = path.read_bytes()
    for at in (0, 11, 12, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(Tampered, match="Administrative Supervisor"):
            open_picture(row, uuid.UUID(int=1))
    for cut in (0, 5, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(Tampered):
            open_picture(row, uuid.UUID(int=1))
    path.write_bytes(whole)
    for wrong in ({"view": "overview"}, {"offset": 1}, {"length": pointer.length - 1}):
        with pytest.raises(Tampered):
            open_picture({**row, **wrong}, uuid.UUID(int=1))
    with pytest.raises(Tampered):
        open_picture(row, uuid.UUID(int=2))
    assert open_picture(row, uuid.UUID(int=1)) == CONTENT


def test_with_the_key_of_another_day_or_a_changed_one_it_is_tampered(unit):
    pointer, other = kept(unit), kept(unit, at=AT.replace(day=24))
    with pytest.raises(Tampered):
        open_picture({**pointer.as_row(), "key": other.key}, uuid.UUID(int=1))
    key = settings.CONFIG.data / "keys" / f"{pointer.key}.key"
    key.write_bytes((settings.CONFIG.data / "keys" / f"{other.key}.key").read_bytes())
    with pytest.raises(Tampered):
        open_picture(pointer.as_row(), uuid.UUID(int=1))
    with pytest.raises(Tampered):
        kept(unit)


def test_a_destroyed_key_forgets_every_picture_of_that_day_and_unit(unit):
    pointers = [kept(unit), kept(unit, at=AT.replace(hour=12))]
    (settings.CONFIG.data / "keys" / f"{pointers[0].key}.key").unlink()
    for pointer in pointers:
        assert isinstance(find_picture(pointer.as_row(), uuid.UUID(int=1)), NotThere)
        with pytest.raises(Unavailable, match="not on this server any more"):
            open_picture(pointer.as_row(), uuid.UUID(int=1))


def test_many_threads_at_once_append_whole_pictures_under_one_key(unit):
    def keep(number):
        content = jpeg() + bytes([number]) * number
        return kept(unit, content=content, read=uuid.UUID(int=number)), content

    with ThreadPoolExecutor(8) as several:
        done = list(several.map(keep, range(1, 41)))
    for number, (pointer, content) in enumerate(done, 1):
        assert open_picture(pointer.as_row(), uuid.UUID(int=number)) == content
    assert sum(pointer.length for pointer, _ in done) == pack_of(done[0][0]).stat().st_size


CHILD = """
import json, sys, uuid
from datetime import datetime
from platewarden.server.reads import images
from django.conf import settings
import django; django.setup()
unit, first = uuid.UUID(sys.argv[1]), int(sys.argv[2])
for number in range(first, first + 25):
    pointer = images.keep_picture(str(number).encode() * 500, view="plate", read_id=uuid.UUID(int=number), unit_id=unit,
                                  captured_at=datetime.fromisoformat(sys.argv[3]))
    print(json.dumps([number, pointer.as_row()]))
"""


def test_two_processes_at_once_append_whole_pictures(unit):
    import json

    environment = {**os.environ, "PLATEWARDEN_DATA": str(settings.CONFIG.data), "PLATEWARDEN_PROCESS": "intake"}
    both = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, str(unit), str(first), AT.isoformat()], env=environment, stdout=subprocess.PIPE, text=True
        )
        for first in (100, 200)
    ]
    lines = [line for child in both for line in child.communicate(timeout=60)[0].splitlines()]
    assert [child.returncode for child in both] == [0, 0]
    assert len(lines) == 50
    for number, row in map(json.loads, lines):
        assert open_picture(row, uuid.UUID(int=number)) == str(number).encode() * 500


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_on_a_full_disk_nothing_is_half_stored(unit, monkeypatch, error):
    first = kept(unit)
    write = os.write

    def full(handle, content):
        write(handle, content[: len(content) // 2])
        raise OSError(error, "full")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(Unavailable, match="will send it again"):
        kept(unit, content=jpeg("maroon"))
    monkeypatch.undo()
    assert pack_of(first).stat().st_size == first.length
    again = kept(unit, content=jpeg("maroon"))
    assert open_picture(again.as_row(), uuid.UUID(int=1)) == jpeg("maroon")


def test_a_key_that_cannot_be_written_leaves_nothing_behind(unit, monkeypatch):
    def full(_handle, _content):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(Unavailable):
        kept(unit)
    monkeypatch.undo()
    folder = settings.CONFIG.data / "keys" / f"{AT:%Y-%m-%d}"
    assert not [each for each in folder.iterdir() if each.name.startswith(str(unit))]
    assert open_picture(kept(unit).as_row(), uuid.UUID(int=1)) == CONTENT
