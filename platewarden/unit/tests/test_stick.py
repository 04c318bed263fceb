"""Where a member's key is looked for, and what is no key."""

import os

import pytest

from platewarden.exchange.shift_key import key_file_name, key_file_text
from platewarden.policy.refusal import Malformed
from platewarden.unit.stick import find_key
from platewarden.unit.testing import KEY, plug_in


@pytest.mark.parametrize("below", ["", "STICK", "vega/STICK"])
def test_the_key_is_found_at_the_top_of_a_medium(tmp_path, below):
    folder = tmp_path / below
    folder.mkdir(parents=True, exist_ok=True)
    (folder / key_file_name("1042")).write_text(key_file_text("1042", KEY))
    assert find_key(f"{tmp_path / 'none'}:{tmp_path}", "1042") == KEY
    assert find_key(str(tmp_path), "1077") == b""


def test_no_stick_and_no_such_number_are_no_key(tmp_path):
    assert find_key("/nowhere:relative", "1042") == b""
    assert find_key(plug_in(tmp_path), "../4417") == b""


def test_a_damaged_file_is_said_unless_another_stick_holds_a_whole_one(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / key_file_name("4417")).write_text("platewarden shift key 1")
    with pytest.raises(Malformed, match="not whole"):
        find_key(str(tmp_path), "4417")
    plug_in(tmp_path)
    assert find_key(str(tmp_path), "4417") == KEY


def test_links_pipes_and_what_lies_deep_are_passed_over(tmp_path):
    kept = tmp_path / "elsewhere"
    plug_in(kept)
    media = tmp_path / "media"
    (media / "a" / "b" / "c").mkdir(parents=True)
    (media / key_file_name("4417")).symlink_to(kept / "stick" / key_file_name("4417"))
    (media / "linked").symlink_to(kept / "stick")
    os.mkfifo(media / "a" / key_file_name("4417"))
    (media / "a" / "b" / "c" / key_file_name("4417")).write_text(key_file_text("4417", KEY))
    assert find_key(str(media), "4417") == b""
