"""The unit's cameras: opened from its configuration, asked in turn, and no password said."""

import random
from datetime import UTC, datetime

import pytest

from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.unit.cameras import Cameras, label_of, open_cameras, places_of
from platewarden.unit.config import CameraConfig, UnitConfig
from platewarden.unit.tests.test_camera import photo
from platewarden.unit.tests.test_video import film

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CAR = UnitConfig(name="car 12", server="http://127.0.0.1:1", office="abcd-efgh")


def opened(*cameras, source=None):
    config = UnitConfig(name="car 12", server="http://127.0.0.1:1", office="abcd-efgh", cameras=cameras)
    return open_cameras(config, source, clock=lambda: NOON, chance=random.Random(1), say=lambda _: None, once=True)


class Reel:
    def __init__(self, name, shots):
        self.name, self.shots = name, shots

    def next_shot(self):
        self.shots -= self.shots > 0
        return self.name if self.shots >= 0 else None

    def is_over(self):
        return self.shots <= 0


def test_cameras_are_asked_in_turn_so_that_none_starves_another():
    cameras = Cameras([Reel("a", 100), Reel("b", 100), Reel("c", 100)])
    assert [cameras.next_shot() for _ in range(7)] == ["a", "b", "c", "a", "b", "c", "a"]


def test_they_are_over_when_all_are(tmp_path):
    for name in ("left", "right"):
        (tmp_path / name).mkdir()
        photo(tmp_path / name / "a.jpg")
    photo(tmp_path / "right" / "b.jpg")
    (tmp_path / "right" / "notes.txt").write_text("")
    cameras = opened(*(CameraConfig(name=each, source=str(tmp_path / each)) for each in ("left", "right")))
    shots = [cameras.next_shot() for _ in range(3)]
    assert [(shot.camera, shot.name) for shot in shots] == [("left", "a.jpg"), ("right", "a.jpg"), ("right", "b.jpg")]
    assert cameras.is_over()
    assert cameras.next_shot() is None
    assert (cameras.other_files, cameras.name, cameras.counts()) == (1, "left, right", {})


def test_a_video_file_is_opened_as_one(tmp_path):
    cameras = opened(source=film(tmp_path / "a.mp4", frames=3))
    shots = []
    while not cameras.is_over():
        shots += [shot for shot in [cameras.next_shot()] if shot]
    assert [shot.camera for shot in shots] == ["front"] * 3
    assert cameras.counts()["front"].taken == 3
    cameras.close()


def test_the_source_named_at_the_start_stands_before_the_configuration(tmp_path):
    photo(tmp_path / "a.jpg")
    cameras = opened(CameraConfig(name="left", source="/dev/video0"), source=tmp_path)
    assert cameras.name == "front"


def test_it_refuses_what_is_no_source(tmp_path):
    with pytest.raises(Unavailable, match="no camera"):
        opened()
    with pytest.raises(Unavailable, match="not a folder"):
        opened(CameraConfig(name="left", source=str(tmp_path / "gone")))
    with pytest.raises(Malformed, match="rtsp://") as error:
        opened(CameraConfig(name="left", source="https://admin:s3cr3t@10.0.0.4/x"))
    assert "s3cr3t" not in str(error.value)


@pytest.mark.parametrize(
    ("source", "label"),
    [
        ("rtsp://10.0.0.4/live", "rtsp://10.0.0.4"),
        ("rtsp://10.0.0.4:8554/user=admin&password=s3cr3t", "rtsp://10.0.0.4:8554"),
        ("rtsps://admin:s3cr3t@10.0.0.4:8554/live", "rtsps://10.0.0.4:8554"),
        ("rtsp://admin:s3/cr3t@10.0.0.4/live", "rtsp://…"),
        ("rtsp://admin:s3@cr3t@10.0.0.4/live", "rtsp://…"),
        ("rtsp://admin:s3@cr/3t@10.0.0.4/live", "rtsp://…"),
        ("rtsp://10.0.0.4?s3cr3t", "rtsp://10.0.0.4"),
        ("rtsp://", "rtsp://…"),
        ("/dev/video0", "video0"),
        ("/films/a.mp4", "a.mp4"),
    ],
)
def test_a_label_says_no_password(source, label):
    assert label_of(source) == label


def test_a_path_that_lost_a_slash_of_its_address_is_an_address_again(tmp_path):
    from pathlib import Path

    cameras = opened(source=Path("rtsp://127.0.0.1:9/x"))
    assert cameras.name == "front"
    assert not cameras.is_over()
    assert cameras._cameras[0]._source == "rtsp://127.0.0.1:9/x"


def test_a_camera_may_have_a_place_of_its_own():
    config = UnitConfig(
        name="gate",
        server="http://127.0.0.1:1",
        office="x",
        cameras=(CameraConfig(name="in", source="a", latitude=41.5, longitude=-87.25), CameraConfig(name="out", source="b")),
    )
    places = places_of(config)
    assert list(places) == ["in"]
    assert (places["in"].place.lat, places["in"].place.lon) == (41.5, -87.25)
