"""A source's owner and whether it is confidential: by the supervisor, recorded, and carried in the next edition."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from django.db import DatabaseError, connections

from platewarden.exchange.hotlist_edition import Edition
from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.server.equipment.enrol import office_signing_key
from platewarden.server.hotlists.load import load_list
from platewarden.server.hotlists.models import Exclusion, Source, SourceAsk
from platewarden.server.hotlists.publish import edition_bytes, make_edition_if_asked
from platewarden.server.hotlists.source import (
    NOTHING_SAID,
    Described,
    ask_to_describe,
    decide_source,
    describe,
    exclude,
    said_of,
    take_up_again,
)
from platewarden.server.hotlists.testing import TOM, bolo_in_force, list_in_force
from platewarden.server.hotlists.tests.test_layout import FIXED, MISSING, VEHICLES, zipped
from platewarden.server.people.editions import department
from platewarden.server.people.testing import DESIGNEE, LIST_MANAGER, SUPERVISOR

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


@pytest.fixture
def by_two(monkeypatch):
    """A department whose policy has two members say what a source is."""
    two = replace(department(), two_people=frozenset({"hotlists.source"}))
    monkeypatch.setattr("platewarden.server.hotlists.source.department", lambda: two)


OPEN, CLOSED = (Described("State Police", is_confidential=each) for each in (False, True))


def test_nobody_overwrites_what_was_said_since_the_page_was_opened(office):
    dana, lou = office.member(SUPERVISOR), office.member(DESIGNEE)
    source = describe(FILE, OPEN, by=dana, saw=NOTHING_SAID)
    seen = said_of(source)
    describe(FILE, CLOSED, by=lou, saw=seen)
    for saw in (seen, NOTHING_SAID):
        with pytest.raises(Stale):
            describe(FILE, OPEN, by=dana, saw=saw)
    assert Source.objects.get(name=FILE).is_confidential


def test_where_the_policy_asks_for_two_a_description_waits_for_another_manager(office, by_two):
    dana, lou = office.member(SUPERVISOR), office.member(DESIGNEE)
    with pytest.raises(Refused):
        describe(FILE, CLOSED, by=dana)
    with pytest.raises(Refused):
        ask_to_describe(FILE, CLOSED, by=office.member(LIST_MANAGER))
    ask = ask_to_describe(FILE, CLOSED, by=dana)
    assert not Source.objects.filter(name=FILE).exists()
    with pytest.raises(Stale, match="waits"):
        ask_to_describe(FILE, OPEN, by=lou)
    for member in (dana, office.member(LIST_MANAGER)):
        with pytest.raises(Refused):
            decide_source(ask.pk, sign=True, by=member)
    decide_source(ask.pk, sign=True, by=lou)
    assert Source.objects.get(name=FILE).is_confidential
    assert [act for act, _ in office.ledger()[-3:]] == ["hotlists.source_asked", "hotlists.source_decided", "hotlists.source"]
    with pytest.raises(Stale, match="decided"):
        decide_source(ask.pk, sign=False, by=lou)
    with pytest.raises(Unknown):
        decide_source(ask.pk + 1, sign=True, by=lou)


def test_a_refused_description_changes_nothing_and_another_can_be_asked(office, by_two):
    dana, lou = office.member(SUPERVISOR), office.member(DESIGNEE)
    decide_source(ask_to_describe(FILE, OPEN, by=dana).pk, sign=False, by=lou)
    assert not Source.objects.filter(name=FILE).exists()
    assert ask_to_describe(FILE, CLOSED, by=lou).state == "waiting"


def test_what_was_asked_falls_when_the_source_was_described_otherwise_meanwhile(office, monkeypatch):
    dana, lou = office.member(SUPERVISOR), office.member(DESIGNEE)
    ask = ask_to_describe(FILE, OPEN, by=dana)
    describe(FILE, CLOSED, by=dana)
    with pytest.raises(Stale, match="otherwise"):
        decide_source(ask.pk, sign=True, by=lou)
    assert Source.objects.get(name=FILE).is_confidential
    assert SourceAsk.objects.get().state == "waiting"


def test_the_database_lets_nobody_sign_for_themselves(office, by_two):
    ask = ask_to_describe(FILE, OPEN, by=office.member(SUPERVISOR))
    with pytest.raises(DatabaseError, match="another_signs_a_source"):
        SourceAsk.objects.filter(pk=ask.pk).update(state="signed", decided_by_number=SUPERVISOR)


def test_the_database_opens_no_list_of_a_source_that_nobody_described(office):
    """Not only the program asks (427.4(e))."""
    described = describe(FILE, OPEN, by=office.member(SUPERVISOR))
    ask = "select office.open_load(%s, %s, 'x', now(), null)"
    with connections["default"].cursor() as cursor:
        cursor.execute(ask, [described.pk, b""])
        cursor.execute("update office.hotlists_source set owner = '' where id = %s", [described.pk])
        for source in (described.pk, described.pk + 1):
            with pytest.raises(DatabaseError, match="nobody has described this source"):
                cursor.execute(ask, [source, b""])
