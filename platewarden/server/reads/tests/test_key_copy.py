"""The copy of the picture keys: in step with the store, destroyed with it, and never taken for it."""

from __future__ import annotations

import pytest
from django.conf import settings

from platewarden.policy.refusal import Tampered
from platewarden.server.people.testing import OPERATOR, SUPERVISOR
from platewarden.server.reads.key_copy import bring_keys_back, copy_keys
from platewarden.server.retention.testing import day_ago, held, keep_past, open_past, purge_now, release


@pytest.fixture
def store(office, tmp_path):
    """An office whose keys lie in a folder of this test's own."""
    for name in ("keys", "pictures"):
        folder = settings.CONFIG.data / name
        if folder.exists():
            folder.rename(tmp_path / f"{name}-before")
    yield office
    for name in ("keys", "pictures"):
        if (tmp_path / f"{name}-before").exists():
            (settings.CONFIG.data / name).rename(tmp_path / f"{name}-own")
            (tmp_path / f"{name}-before").rename(settings.CONFIG.data / name)


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.key"))


def test_it_follows_the_store_and_a_purge_reaches_it(store, tmp_path):
    office, copy = store, tmp_path / "copy"
    copy.mkdir()
    open_past(office.database, 40, 20)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 40)
        keep_past(car, "CD12345", 20)
    keys = settings.CONFIG.data / "keys"
    with office.as_role("owner"):
        assert copy_keys(copy).added == 4
        assert copy_keys(copy).added == 0
    assert names(copy) == names(keys)
    hold = held(office, OPERATOR, plate="AB12345")
    purge_now(office)
    with office.as_role("owner"):
        assert copy_keys(copy).destroyed == 3
    assert names(copy) == names(keys)
    assert any(name.startswith(f"held/{day_ago(40)}/") for name in names(copy))
    release(office, hold, by=SUPERVISOR)
    purge_now(office)
    with office.as_role("owner"):
        copy_keys(copy)
    assert names(copy) == names(keys) == [f"{day_ago(20)}/{car.unit.id}.plate.key"]
    (tmp_path / "new" / "keys").mkdir(parents=True)
    assert bring_keys_back(copy, tmp_path / "new") == 1
    assert names(tmp_path / "new" / "keys") == names(keys)


def test_a_key_that_the_store_lost_stays_in_the_copy_and_is_said(store, tmp_path):
    office, copy = store, tmp_path / "copy"
    copy.mkdir()
    open_past(office.database, 5)
    car = office.car()
    with office.as_role("ingest"):
        keep_past(car, "AB12345", 5)
    with office.as_role("owner"):
        copy_keys(copy)
        before = names(copy)
        (settings.CONFIG.data / "keys" / before[0]).unlink()
        with pytest.raises(Tampered, match="no purge destroyed them"):
            copy_keys(copy)
    assert names(copy) == before
