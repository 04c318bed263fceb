"""The roster on this unit."""

import pytest

from platewarden.exchange.seal import SigningKey
from platewarden.policy.refusal import Malformed, PlatewardenError, Stale, Tampered
from platewarden.unit.roster import Roster
from platewarden.unit.testing import Office, member


def test_an_older_number_or_another_signer_never_replaces_the_roster_in_force(tmp_path):
    office = Office()
    roster = Roster(tmp_path, lambda key_id: office.key.public_bytes if key_id == office.key.key_id else None)
    assert (roster.number, roster.edition) == (0, None)
    first = office.publish_roster(7, [member()])
    assert roster.take(first, ordered=7)
    assert not roster.take(first)
    with pytest.raises(Stale):
        roster.take(office.publish_roster(6, [member("1000")]))
    with pytest.raises(Tampered):
        roster.take(office.publish_roster(7, [member("1000")]))
    with pytest.raises(PlatewardenError):
        roster.take(office.publish_roster(8, [member("1000")], key=SigningKey.generate()))
    again = Roster(tmp_path, roster._find_key)
    assert (again.number, [each.number for each in again.edition.members]) == (7, ["4417"])


def test_a_roster_whose_policy_cannot_be_read_is_not_put_in_force(tmp_path):
    office = Office()
    roster = Roster(tmp_path, lambda key_id: office.key.public_bytes if key_id == office.key.key_id else None)
    own = roster.department
    shorter = own.text.replace("car_lock_minutes = 10", "car_lock_minutes = 4")
    assert roster.take(office.publish_roster(1, [member()], policy=shorter))
    assert roster.department.car_lock_minutes == 4
    with pytest.raises(Malformed, match="unknown “surprise”"):
        roster.take(office.publish_roster(2, [member()], policy="surprise = 1\n" + own.text))
    assert (roster.number, roster.department.car_lock_minutes) == (1, 4)
    assert Roster(tmp_path, roster._find_key).department.car_lock_minutes == 4
