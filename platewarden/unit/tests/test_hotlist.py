"""The hot list in the car: what is in force, and what a reading answers."""

from datetime import timedelta

import pytest

from platewarden.exchange.seal import SigningKey
from platewarden.plate.match import Candidate, SeenPlate, Tier
from platewarden.policy.refusal import PlatewardenError, Stale, Tampered
from platewarden.unit.hotlist import FILE, Hotlist
from platewarden.unit.testing import NOON, Office, entry


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def hotlist(tmp_path, office):
    return Hotlist(tmp_path, lambda key_id: office.key.public_bytes if key_id == office.key.key_id else None)


def again(hotlist):
    return Hotlist(hotlist._path.parent, hotlist._find_key)


def seen(text, state=None, candidates=()):
    return SeenPlate(text, state, 0.9 if state else None, 0.9, tuple(Candidate(each, 0.1) for each in candidates))


def plates(hotlist, *looked, at=NOON):
    return [(found.text, answer.tier) for found, answer in hotlist.hits(seen(*looked), at=at)]


def test_it_is_empty_until_the_first_edition_has_come(hotlist):
    assert (hotlist.number, hotlist.count, hotlist.age(NOON)) == (0, 0, timedelta(0))
    assert hotlist.hits(seen("7ABC123"), at=NOON) == []


def test_an_edition_is_in_force_also_after_a_restart(hotlist, office):
    assert hotlist.take(office.publish_hotlist(4, [entry("7ABC123")]))
    for each in (hotlist, again(hotlist)):
        assert (each.number, each.count, each.age(NOON)) == (4, 1, timedelta(hours=1))
        assert plates(each, "7ABC123", "IL") == [("7ABC123", Tier.FULL)]
    assert not hotlist.take(office.hotlist)


def test_the_one_matcher_decides_what_the_fold_proposes(hotlist, office):
    hotlist.take(office.publish_hotlist(1, [entry("7ABC123"), entry("ZZ9999", state=None), entry("7A?C9*", state=None)]))
    assert plates(hotlist, "7A8C123") == [("7ABC123", Tier.POSSIBLE)]
    assert plates(hotlist, "7ABC123", "WI") == []
    assert plates(hotlist, "2Z9999", "IL") == [("ZZ9999", Tier.POSSIBLE)]
    assert plates(hotlist, "7AXC99", "IL") == [("7A?C9*", Tier.POSSIBLE)]
    assert plates(hotlist, "7ABC128", None, ("7ABC123",)) == [("7ABC123", Tier.POSSIBLE)]
    assert plates(hotlist, "HELLO1") == []


def test_full_comes_before_possible_and_caution_first(hotlist, office):
    listed = [entry("7ABC123", state=None), entry("7ABC123"), entry("7ABC*", caution=True)]
    hotlist.take(office.publish_hotlist(1, listed))
    assert [(each.text, each.state) for each, _ in hotlist.hits(seen("7ABC123", "IL"), at=NOON)] == [
        ("7ABC123", "IL"),
        ("7ABC*", "IL"),
        ("7ABC123", None),
    ]


def test_an_entry_past_its_expiry_is_no_hit(hotlist, office):
    hotlist.take(office.publish_hotlist(1, [entry("7ABC123", expires_at=NOON)]))
    assert plates(hotlist, "7ABC123", "IL") == []
    assert plates(hotlist, "7ABC123", "IL", at=NOON - timedelta(seconds=1))


def test_an_older_number_never_replaces(hotlist, office):
    hotlist.take(office.publish_hotlist(4, [entry("7ABC123")]))
    for number, ordered in ((3, 0), (3, 5), (4, 5)):
        with pytest.raises(Stale):
            hotlist.take(office.publish_hotlist(number, []), ordered=ordered)
    with pytest.raises(Tampered):
        hotlist.take(office.publish_hotlist(4, [entry("OTHER1")]))
    assert (again(hotlist).number, plates(hotlist, "7ABC123", "IL")) == (4, [("7ABC123", Tier.FULL)])


def test_another_offices_signature_never_replaces(hotlist, office):
    hotlist.take(office.publish_hotlist(4, [entry("7ABC123")]))
    with pytest.raises(PlatewardenError):
        hotlist.take(office.publish_hotlist(5, [], key=SigningKey.generate()))
    assert again(hotlist).number == 4


@pytest.mark.parametrize("where", [10, -1])
def test_a_changed_or_cut_edition_is_not_believed(hotlist, office, where):
    raw = bytearray(office.publish_hotlist(4, [entry("7ABC123"), entry("7ABC124")]))
    cut = bytes(raw[:-3])
    raw[where] ^= 1
    for wrong in (bytes(raw), cut, b""):
        with pytest.raises(PlatewardenError):
            hotlist.take(wrong)
    assert hotlist.number == 0
    assert not (hotlist._path.parent / FILE).exists()
