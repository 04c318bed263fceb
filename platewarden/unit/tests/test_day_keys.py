"""The keys of the days: what lies under one opens with it, and with nothing once it is gone."""

import os

import pytest

from platewarden.unit.day_keys import DayKeys


@pytest.fixture
def keys(tmp_path):
    keys = DayKeys(tmp_path / "keys")
    keys.make("2026-03-02")
    return keys


def test_what_is_wrapped_opens_with_its_days_key_under_its_own_name_only(keys):
    keys.make("2026-03-03")
    wrapped = keys.wrap("2026-03-02", b"sealed", bound_to="read-1")
    assert b"sealed" not in wrapped
    assert keys.unwrap("2026-03-02", wrapped, bound_to="read-1") == b"sealed"
    assert keys.unwrap("2026-03-02", wrapped, bound_to="read-2") is None
    assert keys.unwrap("2026-03-03", wrapped, bound_to="read-1") is None
    assert keys.unwrap("2026-03-02", wrapped[:-1], bound_to="read-1") is None
    assert keys.unwrap("2026-03-02", b"", bound_to="read-1") is None


def test_a_key_is_one_private_file_that_a_restart_finds(keys, tmp_path):
    wrapped = keys.wrap("2026-03-02", b"sealed", bound_to="read-1")
    path = tmp_path / "keys" / "2026-03-02.key"
    assert (path.stat().st_size, path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (32, 0o600, 0o700)
    again = DayKeys(tmp_path / "keys")
    assert again.names() == {"2026-03-02"}
    assert again.unwrap("2026-03-02", wrapped, bound_to="read-1") == b"sealed"


def test_a_destroyed_key_is_overwritten_where_it_lies_before_its_name_goes(keys, tmp_path, monkeypatch):
    path = tmp_path / "keys" / "2026-03-02.key"
    wrapped, seen = keys.wrap("2026-03-02", b"sealed", bound_to="read-1"), []
    before, unlink = path.stat().st_ino, os.unlink
    monkeypatch.setattr(
        os, "unlink", lambda name, *rest, **more: (seen.append((path.read_bytes(), path.stat().st_ino)), unlink(name))
    )
    keys.destroy("2026-03-02")
    assert seen == [(bytes(32), before)]
    assert not path.exists()
    assert keys.unwrap("2026-03-02", wrapped, bound_to="read-1") is None
    keys.destroy("2026-03-02")
    assert DayKeys(tmp_path / "keys").unwrap("2026-03-02", wrapped, bound_to="read-1") is None


def test_a_key_file_that_was_cut_opens_nothing(keys, tmp_path):
    wrapped = keys.wrap("2026-03-02", b"sealed", bound_to="read-1")
    os.truncate(tmp_path / "keys" / "2026-03-02.key", 7)
    assert DayKeys(tmp_path / "keys").unwrap("2026-03-02", wrapped, bound_to="read-1") is None
