"""A medium that takes a package, and every kind that does not: nothing counts as written then."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import pyzipper

from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.server.evidence import medium as media

PASSPHRASE = "ABCD-EFGH"
FILES = {"bagit.txt": b"x" * 10_000, "data/one.jpg": bytes(range(256)) * 40}


def fill(put):
    for name, content in FILES.items():
        put(name, content)
    return {name: hashlib.sha512(content).hexdigest() for name, content in FILES.items()}


def write(medium, how=fill):
    return media.write_package(medium, "E-00007", PASSPHRASE, how, progress=lambda _what: None)


def failing(number, at="data/one.jpg"):
    def fill_until(put):
        for name, content in FILES.items():
            if name == at:
                raise OSError(number, os.strerror(number))
            put(name, content)

    return fill_until


def test_it_is_written_encrypted_under_its_name_and_comes_back_the_same(medium):
    written = write(medium)
    path = medium / "E-00007.zip"
    assert written.size_bytes == path.stat().st_size
    assert [each.name for each in medium.iterdir()] == ["E-00007.zip"]
    assert FILES["data/one.jpg"] not in path.read_bytes()
    with pyzipper.AESZipFile(path) as zipped:
        assert {each.wz_aes_strength for each in zipped.infolist()} == {3}  # 256 bits
        zipped.setpassword(PASSPHRASE.encode())
        assert zipped.read("E-00007/data/one.jpg") == FILES["data/one.jpg"]
        zipped.setpassword(b"another")
        with pytest.raises(RuntimeError):
            zipped.read("E-00007/data/one.jpg")


@pytest.mark.parametrize(
    ("number", "because"),
    [
        (errno.ENOSPC, "full"),
        (errno.EROFS, "write-protected"),
        (errno.EIO, "pulled out"),
        (errno.ENODEV, "pulled out"),
    ],
)
def test_a_medium_that_gives_up_leaves_nothing_that_counts(medium, number, because):
    with pytest.raises(Unavailable, match=because):
        write(medium, failing(number))
    assert not list(medium.iterdir())
    assert write(medium).size_bytes


def test_a_medium_smaller_than_it_says_is_found_out_by_reading_back(medium, monkeypatch):
    """What lies behind its end comes back as noughts."""
    flush = os.fsync

    def loses_the_end(handle):
        flush(handle)
        size = os.fstat(handle).st_size
        if size > 12_000:
            os.pwrite(handle, b"\0" * 4_000, 8_000)

    monkeypatch.setattr(media.os, "fsync", loses_the_end)
    with pytest.raises(Unavailable, match="smaller than it says"):
        write(medium)
    assert not list(medium.iterdir())


def test_a_medium_changed_for_another_one_in_the_middle_counts_for_nothing(medium, tmp_path):
    def swapped(put):
        digests = fill(put)
        medium.rename(tmp_path / "pulled out")
        medium.mkdir()
        return digests

    with pytest.raises(Unavailable, match="changed for another one"):
        write(medium, swapped)
    assert not list(medium.iterdir())


@pytest.fixture
def small(tmp_path):
    """A file system of 64 kB of its own, where this machine lets a test mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], check=False, capture_output=True
    ).returncode:
        pytest.skip("nothing can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_medium_that_is_really_full_is_said_and_left_as_it_was(small):
    def too_much(put):
        put("data/one.bin", os.urandom(100_000))
        return {}

    with pytest.raises(Unavailable, match="it is full"):
        write(small, too_much)
    assert not list(small.iterdir())
    assert write(small).size_bytes


def test_a_medium_that_is_really_write_protected_is_said(small, tmp_path):
    office = tmp_path / "office"
    office.mkdir()
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
    with pytest.raises(Unavailable, match="write-protected"):
        media.must_take(small, config(office), any_folder=True)
    with pytest.raises(Unavailable, match="write-protected"):
        write(small)


def config(data):
    return SimpleNamespace(data=data)


def test_a_folder_of_the_offices_own_is_no_medium(medium, tmp_path):
    with pytest.raises(Malformed, match="office's own data"):
        media.must_take(medium, config(tmp_path), any_folder=True)
    with pytest.raises(Malformed, match="no medium at"):
        media.must_take(tmp_path / "nothing", config(tmp_path), any_folder=False)
    office = tmp_path / "office"
    office.mkdir()
    with pytest.raises(Malformed, match="no portable medium"):
        media.must_take(medium, config(office), any_folder=False)


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="no second file system here")
def test_another_file_system_is_one(tmp_path):
    with _folder(Path("/dev/shm") / f"pw-medium-{os.getpid()}") as other:
        media.must_take(other, config(tmp_path), any_folder=False)


@contextmanager
def _folder(path):
    path.mkdir()
    try:
        yield path
    finally:
        path.rmdir()


def test_what_an_earlier_cut_left_is_removed(medium, tmp_path):
    office = tmp_path / "office"
    office.mkdir()
    (medium / ".E-00003.zip.part").write_bytes(b"half")
    media.must_take(medium, config(office), any_folder=True)
    assert not list(medium.iterdir())


def test_too_little_room_is_said_before_anything_is_written(medium):
    with pytest.raises(Unavailable, match="MB free"):
        media.must_hold(medium, 10**18)
    media.must_hold(medium, 1)


def test_what_stands_beside_a_package_is_written_durably_and_said_when_not(medium, monkeypatch):
    media.leave_beside(medium, {"READ-ME.txt": b"words"})
    assert (medium / "READ-ME.txt").read_bytes() == b"words"

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(media, "put", full)
    with pytest.raises(Unavailable, match="full"):
        media.leave_beside(medium, {"READ-ME.txt": b"words"})
