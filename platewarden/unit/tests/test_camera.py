"""A folder as a camera: in order, and it goes on after a bad picture."""

from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from platewarden.policy.refusal import Unavailable
from platewarden.recognition.picture import NotAPicture, Picture
from platewarden.unit.camera import FolderCamera

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def ticking():
    at = [NOON]

    def clock():
        at[0] += timedelta(seconds=1)
        return at[0]

    return clock


def photo(path):
    Image.new("RGB", (8, 6), "navy").save(path)


def all_of(camera):
    shots = []
    while shot := camera.next_shot():
        shots.append(shot)
    return shots


def test_it_gives_the_pictures_of_a_folder_in_order_with_the_time_each_was_taken(tmp_path):
    for name in ("b.jpg", "a.jpg", "c.PNG"):
        photo(tmp_path / name)
    shots = all_of(FolderCamera("front", tmp_path, clock=ticking(), once=True))
    assert [shot.name for shot in shots] == ["a.jpg", "b.jpg", "c.PNG"]
    assert [shot.captured_at for shot in shots] == [NOON + timedelta(seconds=n) for n in (1, 2, 3)]
    assert all(isinstance(shot.open(), Picture) for shot in shots)


def test_it_answers_a_bad_picture_with_its_name_and_goes_on(tmp_path):
    photo(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").write_bytes(b"")
    (tmp_path / "c.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:200])
    photo(tmp_path / "d.jpg")
    seen = [shot.open() for shot in all_of(FolderCamera("front", tmp_path, clock=ticking(), once=True))]
    assert [isinstance(each, NotAPicture) for each in seen] == [False, True, True, False]
    assert all(each.because.startswith(each.name) for each in seen[1:3])


def test_it_counts_what_is_not_named_like_a_picture(tmp_path):
    photo(tmp_path / "a.jpg")
    (tmp_path / "truth.jsonl").write_text("{}")
    (tmp_path / ".hidden.jpg").write_text("")
    (tmp_path / "below").mkdir()
    camera = FolderCamera("front", tmp_path, clock=ticking(), once=True)
    assert len(all_of(camera)) == 1
    assert camera.other_files == 1


def test_it_is_over_after_the_last_picture_only_with_once(tmp_path):
    photo(tmp_path / "a.jpg")
    once, waiting = (FolderCamera("front", tmp_path, clock=ticking(), once=value) for value in (True, False))
    assert not once.is_over()
    assert len(all_of(once)) == len(all_of(waiting)) == 1
    assert once.is_over()
    assert not waiting.is_over()
    photo(tmp_path / "b.jpg")
    assert once.next_shot() is None
    assert waiting.next_shot().name == "b.jpg"


def test_it_refuses_a_source_that_is_not_a_folder(tmp_path):
    with pytest.raises(Unavailable, match="not a folder"):
        FolderCamera("front", tmp_path / "nowhere", clock=ticking(), once=True)
