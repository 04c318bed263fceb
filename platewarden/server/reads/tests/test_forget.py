"""Forgetting pictures: a day and view at a time, by its key; what a hold keeps, one by one."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import pytest
from django.conf import settings

from platewarden.policy.refusal import Unavailable
from platewarden.server.reads import images
from platewarden.server.reads.forget import days_with_pictures, forget_held, forget_pictures, held_pictures, keys_of
from platewarden.server.reads.images import NotThere, find_picture, keep_beyond_its_day, keep_picture
from platewarden.server.reads.testing import jpeg

DAY = date(2025, 3, 9)
AT = datetime(2025, 3, 9, 5, 30, tzinfo=UTC)


@pytest.fixture
def unit():
    """A unit whose pictures are gone afterwards."""
    yield uuid.uuid4()
    for view in ("plate", "overview"):
        forget_pictures(DAY, view)
    for day, read_id in list(held_pictures()):
        if day == DAY:
            forget_held(day, read_id)


def kept(unit, read_id, view="plate", content=None):
    return keep_picture(content or jpeg(), view=view, read_id=read_id, unit_id=unit, captured_at=AT).as_row()


def test_a_view_of_a_day_is_forgotten_and_the_other_stays(unit):
    read_id = uuid.uuid4()
    plate, overview = kept(unit, read_id), kept(unit, read_id, "overview")
    assert DAY in days_with_pictures("overview")
    assert keys_of(DAY, "overview") == [f"2025-03-09/{unit}.overview"]
    forget_pictures(DAY, "overview")
    forget_pictures(DAY, "overview")
    assert isinstance(find_picture(overview, read_id), NotThere)
    assert find_picture(plate, read_id) == jpeg()
    assert DAY not in days_with_pictures("overview")
    assert keys_of(DAY, "overview") == []


def test_a_day_that_was_forgotten_leaves_no_folder(unit):
    kept(unit, uuid.uuid4())
    forget_pictures(DAY, "plate")
    assert not (settings.CONFIG.data / "keys" / "2025-03-09").exists()
    assert not (settings.CONFIG.data / "pictures" / "2025-03-09").exists()


def test_a_key_that_is_gone_and_a_pack_that_stayed_is_finished_by_the_next_round(unit, monkeypatch):
    row = kept(unit, uuid.uuid4())
    (settings.CONFIG.data / "keys" / f"{row['key']}.key").unlink()
    assert DAY in days_with_pictures("plate")
    forget_pictures(DAY, "plate")
    assert DAY not in days_with_pictures("plate")


def test_a_draft_that_a_killed_process_left_is_destroyed_with_the_key(unit):
    row = kept(unit, uuid.uuid4())
    key = settings.CONFIG.data / "keys" / f"{row['key']}.key"
    key.with_name(f"{key.name}.0a1b2c3d").write_bytes(key.read_bytes())
    forget_pictures(DAY, "plate")
    assert not key.parent.exists()


def test_a_held_picture_outlives_its_day_under_a_key_of_its_own(unit):
    one, two = uuid.uuid4(), uuid.uuid4()
    first, second = kept(unit, one), kept(unit, two, content=jpeg("olive"))
    assert keep_beyond_its_day(second, two)
    assert keep_beyond_its_day(second, two)
    forget_pictures(DAY, "plate")
    assert isinstance(find_picture(first, one), NotThere)
    assert find_picture(second, two) == jpeg("olive")
    assert keep_beyond_its_day(second, two), "read back from where it is now"
    assert [read_id for day, read_id in held_pictures() if day == DAY] == [two]
    forget_held(DAY, two)
    forget_held(DAY, two)
    assert isinstance(find_picture(second, two), NotThere)
    assert not keep_beyond_its_day(second, two)


def test_a_held_picture_bound_to_another_read_is_not_kept(unit):
    row = kept(unit, uuid.uuid4())
    assert not keep_beyond_its_day(row, uuid.uuid4())


def test_a_held_picture_that_does_not_come_back_from_the_disk_stops_the_purge(unit, monkeypatch):
    read_id = uuid.uuid4()
    row = kept(unit, read_id)
    real = images.write_own_file
    monkeypatch.setattr(
        images, "write_own_file", lambda path, content, **how: real(path, content[:-1] + bytes([content[-1] ^ 1]), **how)
    )
    with pytest.raises(Unavailable, match="did not come back"):
        keep_beyond_its_day(row, read_id)
    monkeypatch.undo()
    assert keep_beyond_its_day(row, read_id), "a copy that is wrong is written anew"
    assert find_picture(row, read_id) == jpeg()
