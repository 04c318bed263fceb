"""Which edition may replace which, and how a file is replaced."""

import errno
import os

import pytest

from platewarden.policy.refusal import Stale, Tampered, Unavailable
from platewarden.unit.editions import may_replace, replace_file


def test_only_a_newer_edition_replaces_the_one_in_force():
    assert may_replace("roster", held=3, came=4, ordered=4, same=False)
    assert may_replace("roster", held=0, came=1, ordered=0, same=False)
    assert not may_replace("roster", held=3, came=3, ordered=3, same=True)


@pytest.mark.parametrize(("held", "came", "ordered"), [(3, 2, 0), (3, 2, 4), (3, 3, 4)])
def test_a_step_back_is_refused(held, came, ordered):
    with pytest.raises(Stale, match="stays in force"):
        may_replace("roster", held=held, came=came, ordered=ordered, same=False)


def test_two_editions_of_one_number_are_tampered():
    with pytest.raises(Tampered, match="two different roster editions 3"):
        may_replace("roster", held=3, came=3, ordered=3, same=False)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "roster.edition"
    replace_file(path, b"old")
    assert path.stat().st_mode & 0o777 == 0o600

    def full(_file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="No space left"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["roster.edition"]
