"""The one door to plate data: rules first, then the record, then the look; without a ledger there is no look."""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connections, transaction

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused, Unavailable
from platewarden.server.access.desk import open_access, through_door
from platewarden.server.access.testing import asked
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, OUTSIDER, UNTRAINED

NO_KEY = object()


def request(office, number=OPERATOR, *, with_purpose=True, key=None, lasts_s=3600):
    member, at = office.member(number), now()
    if key is None:
        key = secrets.token_bytes(32)
        with connections["login"].cursor() as cursor:
            cursor.execute(
                "insert into office.signed_in (cookie_sha256, member_id, member_number, member_name, until_at) values (%s, %s, %s, %s, %s)",
                [hashlib.sha256(key).digest(), member.pk, member.number, member.name, at + timedelta(seconds=lasts_s)],
            )
    purpose = ["warrant", "Active warrant", "26-004117", (at + timedelta(minutes=9)).timestamp()] if with_purpose else None
    given = None if key is NO_KEY else key
    return asked(member, purpose=purpose, key=given, person=hashlib.sha256(given).hexdigest() if given else "")


def terms(plate="AB12345"):
    at = now()
    return {"plate": plate, "from": at - timedelta(days=1), "to": at + timedelta(days=1), "limit": 5}


def records(office):
    return office.ask_owner("select count(*) from office.access_record")[0][0]


def test_an_access_is_written_down_before_it_is_handed_out(office):
    office.seal()
    access = open_access(request(office), Act.READS_SEARCH, terms())
    assert (access.member_number, access.purpose, access.reference, access.act) == (
        OPERATOR,
        "warrant",
        "26-004117",
        Act.READS_SEARCH,
    )
    assert office.ask_owner("select member_number, leaf_id from office.access_record where access_id = %s", access.access_id) == [
        (OPERATOR, access.leaf)
    ]
    assert office.ledger()[-1] == ("reads.search", OPERATOR)
    with pytest.raises(dataclasses.FrozenInstanceError):
        access.act = Act.READS_LOOK


def test_what_was_found_is_shown_once(office):
    office.receive(office.car(), "AB12345")
    office.seal()
    access = open_access(request(office), Act.READS_SEARCH, terms())
    assert [row["plate"] for row in through_door(access, "reads_by_plate", columns="(seen).*")] == ["AB12345"]
    assert office.ask_owner("select shown from office.access_shown where access_id = %s", access.access_id) == [(1,)]
    with pytest.raises(ProgrammingError, match="no access record"):
        through_door(access, "reads_by_plate")


@pytest.mark.parametrize(
    ("number", "with_purpose", "key", "clause"),
    [
        (UNTRAINED, False, NO_KEY, Clause.TRAINING_BEFORE_USE),  # training before everything
        (OUTSIDER, False, NO_KEY, Clause.ACCESS_DOCUMENTED),  # then the duty
        (AUDITOR, True, None, Clause.ACCESS_DOCUMENTED),
        (OPERATOR, False, NO_KEY, Clause.LEGITIMATE_PURPOSE),  # then the purpose
        (OPERATOR, True, NO_KEY, Clause.ACCESS_DOCUMENTED),  # then the person
        (OPERATOR, True, bytes(32), Clause.ACCESS_DOCUMENTED),
    ],
)
def test_rules_are_asked_in_order_and_nothing_is_opened(office, number, with_purpose, key, clause):
    office.seal()
    with pytest.raises(Refused) as refused:
        open_access(request(office, number, with_purpose=with_purpose, key=key), Act.READS_SEARCH, terms())
    assert refused.value.clause is clause
    assert records(office) == 0


def test_a_sign_in_that_is_over_opens_nothing(office):
    office.seal()
    with pytest.raises(Refused, match="Sign in again"):
        open_access(request(office, lasts_s=-1), Act.READS_SEARCH, terms())
    assert records(office) == 0


def test_a_key_that_was_handed_to_another_session_opens_nothing(office):
    office.seal()
    one = request(office)
    one.session["person"] = hashlib.sha256(b"another session's").hexdigest()
    with pytest.raises(Refused, match="Sign in again"):
        open_access(one, Act.READS_SEARCH, terms())
    assert records(office) == 0


def test_a_look_inside_a_transaction_is_a_fault_of_the_program(office):
    office.seal()
    one = request(office)
    with pytest.raises(AssertionError, match="outside any transaction"), transaction.atomic():
        open_access(one, Act.READS_SEARCH, terms())
    assert records(office) == 0


def spoil(office, how):
    with office.database.connect("postgres") as superuser:
        if how == "no day is open":
            superuser.execute(f"drop table plates.access_terms_{now():%Y%m%d}")
        elif how == "the ledger has no day open":
            superuser.execute(f"drop table plates.ledger_content_{now():%Y%m%d}")
        else:
            superuser.execute("insert into office.ledger_unsealed values (-1, clock_timestamp() - interval '11 s')")


SPOILED = ["no day is open", "the ledger has no day open", "nobody seals"]


@pytest.mark.parametrize("how", SPOILED)
def test_when_the_ledger_cannot_be_written_nothing_is_shown(office, how):
    office.seal()
    one = request(office)
    spoil(office, how)
    with pytest.raises(Unavailable, match="nothing is shown"):
        open_access(one, Act.READS_SEARCH, terms())
    assert records(office) == 0


@pytest.mark.parametrize("how", SPOILED)
def test_its_page_says_so_and_shows_no_plate(office, how):
    office.receive(office.car(), "AB12345")
    browser = office.browser(OPERATOR)
    question = {"plate": "AB12345", "span": "week"}
    assert b"AB12345" in browser.post("/reads/search/", question).content
    spoil(office, how)
    answer = browser.post("/reads/search/", question)
    assert answer.status_code == 503
    assert b"AB12345" not in answer.content
    assert b"nothing is shown" in answer.content


def test_a_session_with_the_key_of_another_member_gets_no_access(office):
    office.seal()
    one = request(office, DESIGNEE)
    one.user = office.member(OPERATOR)
    with pytest.raises(Refused, match="Sign in again"):
        open_access(one, Act.READS_SEARCH, terms())
    assert office.ask_owner("select member_number from office.access_record") == [(DESIGNEE,)]
    assert office.ask_owner("select count(*) from office.access_shown") == [(0,)]
