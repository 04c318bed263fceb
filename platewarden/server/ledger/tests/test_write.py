"""An act and its line stand or fall together; a line says who, what, why and when; its words can be erased, it can't."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import CONSOLE, OFFICE, Signer, record
from platewarden.server.people.models import Member, PolicyEdition
from platewarden.server.people.testing import OPERATOR

ROSA = Signer(OPERATOR, "Rosa Vega")


def line(office, leaf):
    at, act, number, body = office.ask_owner(
        "select at, act, member_number, body from office.ledger_leaf where leaf_id = %s", leaf
    )[0]
    return at, act, number, json.loads(body)


def test_a_line_says_who_what_why_and_when(office):
    leaf = record(Act.ALERTS_VERIFY, by=ROSA, purpose="stolen-vehicle", about={"alert": 7}, content={"plate": "AB12345"})
    at, act, number, body = line(office, leaf)
    assert (act, number) == ("alerts.verify", OPERATOR)
    assert {name: body[name] for name in ("v", "act", "member", "name", "purpose", "about")} == {
        "v": 1,
        "act": "alerts.verify",
        "member": OPERATOR,
        "name": "Rosa Vega",
        "purpose": "stolen-vehicle",
        "about": {"alert": 7},
    }
    assert abs(now() - at) < timedelta(minutes=5)


def test_words_stand_apart_from_the_line_under_a_salt(office):
    one, other = (record(Act.ALERTS_VERIFY, by=ROSA, content={"plate": "AB12345"}) for _ in range(2))
    assert "AB12345" not in json.dumps(line(office, one)[3])
    assert line(office, one)[3]["content"] != line(office, other)[3]["content"]  # the same words, and nobody sees that they are
    salts = office.ask_owner("select salt, body from plates.ledger_content where leaf_id = any (%s)", [one, other])
    assert [json.loads(body) for _, body in salts] == [{"plate": "AB12345"}] * 2
    assert all(len(salt) == 32 for salt, _ in salts)


def rename(member, then=lambda: None):
    """An act as every act is: change and line in one transaction."""
    with transaction.atomic():
        Member.objects.filter(pk=member.pk).update(name="Somebody Else")
        record(Act.PEOPLE_ENROL, by=ROSA)
        then()


def test_when_the_act_fails_there_is_no_line(office):
    before = office.ledger()
    member = office.member(OPERATOR)
    with pytest.raises(ZeroDivisionError):
        rename(member, then=lambda: 1 / 0)
    assert office.ledger() == before
    assert office.member(OPERATOR).name == "Rosa Vega"


def test_when_the_line_cannot_be_written_there_is_no_act(office):
    with office.database.connect("postgres") as superuser:
        superuser.execute(
            "revoke execute on function office.ledger_append(text, text, text, text, jsonb, jsonb) from platewarden_app"
        )
    with pytest.raises(ProgrammingError, match="permission denied"):
        rename(office.member(OPERATOR))
    assert office.member(OPERATOR).name == "Rosa Vega"


def test_a_part_of_the_office_signs_with_a_name_and_no_number(office):
    for signer in (OFFICE, CONSOLE):
        _, _, number, body = line(office, record(Act.PEOPLE_ROSTER, by=signer))
        assert number is None
        assert body["name"] == signer.name == str(signer)
    assert str(ROSA) == f"{OPERATOR} Rosa Vega"


def test_times_and_ids_can_be_named(office):
    edition = PolicyEdition.objects.first()
    leaf = record(Act.PEOPLE_SETUP, by=CONSOLE, about={"at": edition.in_force_at})
    assert line(office, leaf)[3]["about"] == {"at": str(edition.in_force_at)}


def test_every_act_has_a_sentence_and_names_its_room():
    for act in Act:
        assert act.sentence[0].isupper()
        assert act.sentence.endswith(".")
        assert act.value.split(".")[0] in {
            "people",
            "access",
            "equipment",
            "hotlists",
            "reads",
            "investigations",
            "alerts",
            "retention",
            "evidence",
            "release",
            "audits",
            "complaints",
            "proof",
            "unit",
        }, act
