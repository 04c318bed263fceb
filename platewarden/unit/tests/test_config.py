"""unit.toml: one file, nothing unknown."""

import dataclasses

import pytest

from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.unit.config import FILE, CameraConfig, UnitConfig, load_config, write_config

CAR = UnitConfig(name="car 12", server="http://127.0.0.1:1", office="abcd-efgh")


def test_it_brings_back_what_it_wrote(tmp_path):
    post = dataclasses.replace(CAR, name='the "old" post \\ 3', latitude=41.5, longitude=-87.25, spool_limit_mb=7)
    write_config(tmp_path, post)
    assert load_config(tmp_path) == post
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("given", "at"), [("10.20.0.1:8431", "10.20.0.1:8431"), ("[fd00::5]:8431", "[fd00::5]:8431")])
def test_the_cars_network_is_an_address_and_a_port(given, at):
    assert CAR.car_network_at() is None
    assert str(dataclasses.replace(CAR, car_network=given).car_network_at()) == at


def test_it_says_that_a_unit_is_not_enrolled(tmp_path):
    with pytest.raises(Unavailable, match="not enrolled"):
        load_config(tmp_path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('name = "a"\nserver = "b"\noffice = "c"\nspool_limit = 3\n', "unknown key “spool_limit”"),
        ('name = "a"\nserver = "b"\n', "lacks “office”"),
        ('name = 7\nserver = "b"\noffice = "c"\n', "name is not of the kind str"),
        ('name = "a"\nserver = "b"\noffice = "c"\nspool_limit_mb = true\n', "spool_limit_mb is not of the kind int"),
        ('name = "a"\nserver = "b"\noffice = "c"\nspool_limit_mb = 0\n', "must be more than 0"),
        ('name = " "\nserver = "b"\noffice = "c"\n', "name is empty"),
        ('name = "a"\nserver = "b"\noffice = "c"\nlatitude = 41.5\n', "latitude and longitude"),
        *(
            (f'name = "a"\nserver = "b"\noffice = "c"\ncar_network = "{address}"\n', "own private address")
            for address in ("10.20.0.1", "8431", "0.0.0.0:8431", "8.8.8.8:8431", "car12:8431", "10.20.0.1:0", "10.20.0.1:70000")
        ),
        ("name = \n", "not valid TOML"),
        (b"name = '\xff'\n", "cannot be read"),
    ],
)
def test_it_refuses_with_a_sentence(tmp_path, text, sentence):
    (tmp_path / FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Malformed, match=sentence):
        load_config(tmp_path)


def test_it_brings_back_the_cameras_it_wrote(tmp_path):
    front = CameraConfig(name="front", source="rtsp://admin:s3cr3t@10.0.0.4/live", lane="left lane", frames_per_s=15)
    gate = CameraConfig(name="gate", source="/dev/video0", facing="northbound", paced=True, latitude=41.5, longitude=-87.25)
    car = dataclasses.replace(CAR, cameras=(front, gate))
    write_config(tmp_path, car)
    assert load_config(tmp_path) == car
    assert "s3cr3t" not in repr(car)


NEEDED = 'name = "a"\nserver = "b"\noffice = "c"\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('cameras = "front"\n', "cameras are tables"),
        ('[[cameras]]\nname = "front"\n', "camera 1 lacks “source”"),
        ('[[cameras]]\nname = "front"\nsource = "s3cr3t"\nfps = 3\n', "camera 1: unknown key “fps”"),
        ('[[cameras]]\nname = "front"\nsource = 7\n', "camera 1: source is not of the kind str"),
        ('[[cameras]]\nname = "front"\nsource = "s3cr3t"\npaced = 1\n', "paced is not of the kind bool"),
        ('[[cameras]]\nname = " "\nsource = "s3cr3t"\n', "name of a camera is empty"),
        ('[[cameras]]\nname = "a"\nsource = "s3cr3t"\nframes_per_s = 0\n', "frames_per_s of camera “a” is 0"),
        ('[[cameras]]\nname = "a"\nsource = "s3cr3t"\nlatitude = 4.0\n', "place of camera “a” needs latitude and longitude"),
        ('[[cameras]]\nname = "a"\nsource = "s3cr3t"\nlatitude = 91.0\nlongitude = 1.0\n', "nowhere on earth"),
        ('[[cameras]]\nname = "a"\nsource = "s3cr3t"\n[[cameras]]\nname = "a"\nsource = "y"\n', "two cameras are called “a”"),
    ],
)
def test_it_refuses_a_camera_with_a_sentence_that_tells_no_address(tmp_path, text, sentence):
    (tmp_path / FILE).write_text(NEEDED + text)
    with pytest.raises(Malformed, match=sentence) as error:
        load_config(tmp_path)
    assert "s3cr3t" not in str(error.value)
