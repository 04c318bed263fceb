"""The health of a unit, looked at while it runs."""

from datetime import timedelta

from platewarden.unit.config import write_config
from platewarden.unit.health import look
from platewarden.unit.testing import NOON, Office, car_12, entry, member, serving


def test_it_says_how_the_unit_is_while_it_runs(tmp_path):
    office = Office()
    office.publish_hotlist(5, [entry("7ABC123")])
    office.publish_roster(2, [member()])
    with serving(office), car_12(tmp_path, office) as car:
        write_config(tmp_path, car.config)
        fresh = look(tmp_path, at=NOON)
        assert (fresh.hotlist_edition, fresh.roster_edition, fresh.contact_at, fresh.clock_ahead_s) == (0, 0, None, None)
        car.transfer.contact()
        car.keep_read()
        health = look(tmp_path, at=NOON + timedelta(hours=1))
    assert (health.unit, health.hotlist_edition, health.hotlist_entries, health.hotlist_age_s) == ("car 12", 5, 1, 7200)
    assert (health.roster_edition, health.waiting, health.quarantined, health.last_sequence) == (2, 1, 0, 1)
    assert (health.contact_at, health.clock_ahead_s) == (NOON.isoformat(), 0)
    assert (health.laptop, health.laptop_until, health.laptop_seen_at) == (None, None, None)
