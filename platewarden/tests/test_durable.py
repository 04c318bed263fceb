"""A file is the old one or the new one, and the new one is on the disk before its name is."""

import errno
import os
import stat

import pytest

from platewarden.durable import put


def test_it_replaces_what_was_there_and_is_closed_to_others(tmp_path):
    for content in (b"old", b"new"):
        put(tmp_path / "file", content)
    assert (tmp_path / "file").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_file_then_name_then_folder(tmp_path, monkeypatch):
    steps = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (steps.append((tmp_path / "file").exists()), real(handle)))
    put(tmp_path / "file", b"new")
    assert steps == [False, True], "the bytes before the name, the folder after it"


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_disk_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch, failing):
    put(tmp_path / "file", b"old")

    def full(*_):
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, failing, full)
    with pytest.raises(OSError, match="no space"):
        put(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_it_follows_no_link_that_lies_in_its_way(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"mine")
    (tmp_path / ".file.part").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        put(tmp_path / "file", b"new")
    assert (tmp_path / "elsewhere").read_bytes() == b"mine"
