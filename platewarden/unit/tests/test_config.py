"""unit.toml: one file, nothing unknown."""

import dataclasses

import pytest

from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.unit.config import FILE, UnitConfig, load_config, write_config

CAR = UnitConfig(name="car 12", server="http://127.0.0.1:1", office="abcd-efgh")


def test_it_brings_back_what_it_wrote(tmp_path):
    post = dataclasses.replace(CAR, name='the "old" post \\ 3', latitude=41.5, longitude=-87.25, spool_limit_mb=7)
    write_config(tmp_path, post)
    assert load_config(tmp_path) == post
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


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
        ("name = \n", "not valid TOML"),
        (b"name = '\xff'\n", "cannot be read"),
    ],
)
def test_it_refuses_with_a_sentence(tmp_path, text, sentence):
    (tmp_path / FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Malformed, match=sentence):
        load_config(tmp_path)
