"""A unit's folder that was made without an office is one that the unit's own commands take."""

from platewarden.bench.parked import MEMBER, entry, park
from platewarden.unit.config import CameraConfig, load_config
from platewarden.unit.enrolment import load_enrolment
from platewarden.unit.hotlist import Hotlist
from platewarden.unit.roster import Roster
from platewarden.unit.stick import find_key


def test_it_is_enrolled_with_list_roster_and_a_members_stick(tmp_path):
    secret = park(tmp_path / "car", [CameraConfig(name="front", source="street.mp4")], [entry("DRL5188", "IL")])
    config = load_config(tmp_path / "car")
    enrolment = load_enrolment(tmp_path / "car", config)
    assert Hotlist(tmp_path / "car", enrolment.find_key).count == 1
    assert [each.number for each in Roster(tmp_path / "car", enrolment.find_key).edition.members] == [MEMBER]
    assert find_key(config.sticks, MEMBER)
    assert len(secret) == 32
