"""A source's owner and whether it is confidential: by the supervisor, recorded, and carried in the next edition."""

from __future__ import annotations

import pytest

from platewarden.exchange.hotlist_edition import Edition
from platewarden.policy.refusal import Malformed, Refused
from platewarden.server.equipment.enrol import office_signing_key
from platewarden.server.hotlists.publish import edition_bytes, make_edition_if_asked
from platewarden.server.hotlists.source import describe
from platewarden.server.hotlists.testing import bolo_in_force, list_in_force
from platewarden.server.people.testing import LIST_MANAGER, SUPERVISOR

FILE = "State gang file"


def edition(office):
    key = office_signing_key()
    with office.as_role("purge"):
        made = make_edition_if_asked()
    return Edition.open(edition_bytes(made), {key.key_id: key.public_bytes}.get)


def test_the_edition_names_the_confidential_source_of_each_entry_and_of_no_other(office):
    dana = office.member(SUPERVISOR)
    described = describe(FILE, owner=" State  Police ", is_confidential=True, by=dana)
    assert (described.owner, described.is_confidential) == ("State Police", True)
    assert office.ledger()[-1] == ("hotlists.source", SUPERVISOR)
    list_in_force("GANG123,IL,wanted_vehicle,G-1", source=FILE)
    list_in_force("AB12345,IL,stolen_vehicle,S-1")
    bolo_in_force("CD12345")
    assert {each.text: each.confidential for each in edition(office).entries()} == {
        "GANG123": FILE,
        "AB12345": None,
        "CD12345": None,
    }
    describe(FILE, owner="State Police", is_confidential=False, by=dana)
    assert edition(office).confidential == ()


def test_it_is_not_the_list_managers_to_say(office):
    with pytest.raises(Refused):
        describe(FILE, owner="State Police", is_confidential=False, by=office.member(LIST_MANAGER))


@pytest.mark.parametrize(("name", "owner"), [("", "x"), ("x" * 61, "x"), ("a\x00b", "x"), (FILE, " "), (FILE, "x" * 101)])
def test_it_refuses_a_source_without_a_name_or_an_owner(office, name, owner):
    with pytest.raises(Malformed):
        describe(name, owner=owner, is_confidential=True, by=office.member(SUPERVISOR))
