"""Proposals: whatever shares a fold, and every pattern; nothing that is not in force."""

from __future__ import annotations

from datetime import timedelta

from platewarden.plate.match import LookedFor
from platewarden.server.clock import now
from platewarden.server.hotlists.lookup import proposals
from platewarden.server.hotlists.testing import bolo_in_force, entered, list_in_force, looked_for
from platewarden.server.people.testing import SUPERVISOR


def test_it_proposes_what_cameras_confuse_and_the_patterns_that_it_may_answer(office):
    list_in_force("A8C1234,IL,stolen_vehicle,1", "ABC1234,WI,stolen_vehicle,2", "XYZ9,unknown,stolen_plate,3")
    bolo_in_force("?8C*")
    assert looked_for(office, "ABC1234") == ["?8C*", "A8C1234", "ABC1234"]
    assert looked_for(office, "XYZ9") == ["XYZ9"]
    assert looked_for(office, "NOTHING1") == []
    assert looked_for(office, "NOTHING1", "XYZ9", "7BCX") == ["?8C*", "XYZ9"]
    with office.as_role("ingest"):
        (found,) = [each for each in proposals(["XYZ9"]) if not each.looked_for.is_pattern]
    assert found.looked_for == LookedFor(text="XYZ9", is_pattern=False, state=None)


def test_a_bolo_is_proposed_once_it_is_approved_and_until_it_ends(office):
    entered("WAIT1", by=SUPERVISOR)
    assert looked_for(office, "WAIT1") == []
    bolo = bolo_in_force("SOON1", expires_at=now() + timedelta(seconds=60))
    assert looked_for(office, "SOON1") == ["SOON1"]
    ended = now() - timedelta(seconds=1)
    with office.database.connect("postgres") as root:
        root.execute("set session_replication_role = replica")
        root.execute("update plates.hotlist_entry set expires_at = %s where entry_id = %s", [ended, bolo.entry_id])
    assert looked_for(office, "SOON1") == []


def test_a_long_list_is_not_read_through_for_a_read(office):
    list_in_force(*(f"A{number:05},IL,stolen_vehicle,{number}" for number in range(4000)))
    bolo_in_force("A0*7")
    with office.database.connect("postgres") as root, root.transaction():
        root.execute("analyze plates.hotlist_entry")
        found = root.execute("select text from plates.propose(array['A00017'])").fetchall()
        (read,) = root.execute("select sum(seq_tup_read) from pg_stat_xact_user_tables where starts_with(relname, 'hotlist_entry')")
    assert sorted(found) == [("A0*7",), ("A00017",)]
    assert read == (0,)
