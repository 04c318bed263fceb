"""A source's owner and whether it is confidential: by the supervisor, recorded, and carried in the next edition."""

from __future__ import annotations

import hashlib

import pytest

from platewarden.exchange.hotlist_edition import Edition
from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.server.equipment.enrol import office_signing_key
from platewarden.server.hotlists.load import load_list
from platewarden.server.hotlists.models import Exclusion
from platewarden.server.hotlists.publish import edition_bytes, make_edition_if_asked
from platewarden.server.hotlists.source import Described, describe, exclude, take_up_again
from platewarden.server.hotlists.testing import TOM, bolo_in_force, list_in_force
from platewarden.server.hotlists.tests.test_layout import FIXED, MISSING, VEHICLES, zipped
from platewarden.server.people.testing import LIST_MANAGER, SUPERVISOR

FILE = "State gang file"


def edition(office):
    key = office_signing_key()
    with office.as_role("purge"):
        made = make_edition_if_asked()
    return Edition.open(edition_bytes(made), {key.key_id: key.public_bytes}.get)


def test_the_edition_names_the_confidential_source_of_each_entry_and_of_no_other(office):
    dana = office.member(SUPERVISOR)
    described = describe(FILE, Described(owner=" State  Police ", is_confidential=True), by=dana)
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
    describe(FILE, Described(owner="State Police", is_confidential=False), by=dana)
    assert edition(office).confidential == ()


def test_it_is_not_the_list_managers_to_say(office):
    with pytest.raises(Refused):
        describe(FILE, Described(owner="State Police", is_confidential=False), by=office.member(LIST_MANAGER))


@pytest.mark.parametrize(("name", "owner"), [("", "x"), ("x" * 61, "x"), ("a\x00b", "x"), (FILE, " "), (FILE, "x" * 101)])
def test_it_refuses_a_source_without_a_name_or_an_owner(office, name, owner):
    with pytest.raises(Malformed):
        describe(name, Described(owner=owner, is_confidential=True), by=office.member(SUPERVISOR))


NATIONAL = "National extract"


def national(office, **changes):
    return describe(NATIONAL, Described("FBI", is_confidential=False, layout=FIXED, **changes), by=office.member(SUPERVISOR))


def test_a_layout_an_age_and_an_inbox_are_said_and_recorded_by_the_layouts_digest(office):
    source = national(office, age_limit_hours=24, inbox="national")
    assert (source.layout, source.age_limit_hours, source.inbox) == (FIXED, 24, "national")
    about = office.ask_owner("select body from office.ledger_leaf where act = 'hotlists.source' order by leaf_id desc limit 1")[0][
        0
    ]
    assert hashlib.sha256(FIXED.encode()).hexdigest() in str(about)


@pytest.mark.parametrize(
    "changes",
    [
        {"age_limit_hours": 0},
        {"age_limit_hours": 10_000},
        {"inbox": "../etc"},
        {"inbox": "A"},
        {"inbox": "a/b"},
        {"inbox": "x" * 41},
    ],
)
def test_an_age_or_an_inbox_that_cannot_be_is_refused(office, changes):
    with pytest.raises(Malformed):
        national(office, **changes)


def test_an_inbox_belongs_to_one_source(office):
    national(office, inbox="state")
    with pytest.raises(Malformed, match="another source"):
        describe(FILE, Described("State Police", is_confidential=False, inbox="state"), by=office.member(SUPERVISOR))


def test_a_file_of_an_extract_is_left_out_with_its_reason_and_taken_up_again(office):
    dana = office.member(SUPERVISOR)
    national(office)
    exclude(NATIONAL, "MISSING.TXT", because="state law forbids it", by=dana)
    assert office.ledger()[-1] == ("hotlists.exclude", SUPERVISOR)
    with pytest.raises(Stale):
        exclude(NATIONAL, "MISSING.TXT", because="state law forbids it", by=dana)
    first = load_list(zipped(VEHICLE=VEHICLES), source_name=NATIONAL, by=TOM)
    assert first.entries == 2
    take_up_again(NATIONAL, "MISSING.TXT", by=dana)
    with pytest.raises(Stale):
        take_up_again(NATIONAL, "MISSING.TXT", by=dana)
    later = zipped(VEHICLE=VEHICLES.replace("290600", "291800"), MISSING=MISSING)
    assert load_list(later, source_name=NATIONAL, by=TOM).entries == 3


def test_who_excludes_says_why_names_a_file_and_may(office):
    dana = office.member(SUPERVISOR)
    national(office)
    with pytest.raises(Malformed):
        exclude(NATIONAL, "MISSING.TXT", because="law", by=dana)
    with pytest.raises(Unknown):
        exclude(NATIONAL, "GANG.TXT", because="state law forbids it", by=dana)
    with pytest.raises(Unknown):
        exclude("Nobody's", "MISSING.TXT", because="state law forbids it", by=dana)
    with pytest.raises(Refused):
        exclude(NATIONAL, "MISSING.TXT", because="state law forbids it", by=office.member(LIST_MANAGER))
    assert not Exclusion.objects.exists()
