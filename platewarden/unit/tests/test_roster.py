"""The roster on this unit."""

import pytest

from platewarden.exchange.seal import SigningKey
from platewarden.policy.refusal import PlatewardenError, Stale, Tampered
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
