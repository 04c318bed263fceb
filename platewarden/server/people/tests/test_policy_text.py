"""The written policy: texts that are never changed, acknowledged by each member in their own name, and who has not."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import DatabaseError

from platewarden.policy.clauses import Clause
from platewarden.policy.department import load_department
from platewarden.policy.refusal import Malformed, Refused, Unknown
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer
from platewarden.server.people.models import Acknowledgement, Member, PolicyEdition, PolicyText
from platewarden.server.people.policy_text import (
    acknowledge,
    as_kept,
    changed_lines,
    due_on,
    enter_text,
    must_have_acknowledged,
    to_acknowledge,
    without_acknowledgement,
)
from platewarden.server.people.rules import may_do
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, OUTSIDER, SUPERVISOR, UNTRAINED
from platewarden.server.people.training import today
from platewarden.server.proof.check import measured
from platewarden.server.proof.measures import MEASURES

DANA = Signer(SUPERVISOR, "Dana Whitfield")
TEXT = "427.1 PURPOSE AND SCOPE\n\n" + "The purpose of this policy is to provide guidance for the use of digital data.\n" * 4
LATER = TEXT + "\n427.8 TRAINING\n\nThe training is repeated every year.\n"
DAY = timedelta(days=1)


def enter(text: str = TEXT, *, days: int = 0) -> PolicyText:
    return enter_text(text, in_force_on=today(now()) + days * DAY, by=DANA)


def aged(office, text: PolicyText, days: int) -> None:
    """The same text, entered and in force so many days earlier, and everybody here before."""
    with office.as_role("owner"):
        PolicyText.objects.filter(pk=text.pk).update(
            in_force_on=text.in_force_on - days * DAY, entered_at=text.entered_at - days * DAY
        )
        Member.objects.update(joined_at=now() - 2 * days * DAY)


def row(office, name):
    measure = next(each for each in MEASURES[Clause.LEGITIMATE_PURPOSE] if each.name == name)
    with office.as_role("purge"):
        return measured(measure, "{}")


def test_a_text_is_kept_with_its_digest_and_its_line(office):
    entered = enter(TEXT.replace("\n", "\r\n"))
    assert (entered.number, entered.text) == (1, TEXT)
    assert entered.digest == hashlib.sha256(TEXT.encode()).hexdigest()
    assert office.ledger()[-1] == ("people.policy", SUPERVISOR)
    assert row(office, "policy_texts").state == "kept"


def test_what_is_no_policy_is_refused_and_nothing_is_kept(office):
    for wrong, why in (
        ("too short", "200 to 200,000 characters"),
        ("x" * 200_001, "200 to 200,000 characters"),
        ("\x00" + TEXT, "no plain text"),
        ("\ufffd" + TEXT, "no plain text"),
    ):
        with pytest.raises(Malformed, match=why):
            enter(wrong)
    assert not PolicyText.objects.exists()
    assert as_kept("\ufeff" + TEXT + "  \n\n") == TEXT


def test_the_same_text_again_and_a_day_that_cannot_be_are_refused(office):
    enter()
    for text, days, why in ((TEXT, 0, "text 1 word for word"), (LATER, -1, "at the earliest"), (LATER, 400, "within a year")):
        with pytest.raises(Malformed, match=why):
            enter(text, days=days)
    assert PolicyText.objects.count() == 1


def test_the_first_text_may_be_old_and_the_text_of_any_day_comes_back(office):
    enter(days=-700)
    enter(LATER, days=3)
    day = today(now())
    in_force = PolicyText.objects.in_force
    assert in_force(day - 701 * DAY) is None
    assert [in_force(day + n * DAY).number for n in (-700, 0, 2, 3)] == [1, 1, 1, 2]
    with pytest.raises(Malformed, match="at the earliest"):
        enter(TEXT, days=2)  # before the one that is to come


def test_no_login_changes_a_text_or_an_acknowledgement(office):
    text = enter()
    acknowledge(office.member(OPERATOR), 1)
    for change in (
        lambda: PolicyText.objects.filter(pk=text.pk).update(text="x"),
        lambda: Acknowledgement.objects.all().delete(),
        lambda: Acknowledgement.objects.update(acknowledged_at=now() - DAY),
    ):
        with pytest.raises(DatabaseError, match="permission denied"):
            change()


def test_a_text_that_a_superuser_changed_is_found_by_the_check(office):
    text = enter()
    with office.as_role("owner"):
        PolicyText.objects.filter(pk=text.pk).update(text=LATER, digest=hashlib.sha256(LATER.encode()).hexdigest())
    found = row(office, "policy_texts")
    assert (found.wrong, found.first) == (1, "policy text 1")


def test_each_member_acknowledges_once_and_only_the_newest(office):
    enter()
    rosa = office.member(OPERATOR)
    assert to_acknowledge(rosa, now()).number == 1
    first = acknowledge(rosa, 1)
    assert office.ledger()[-1] == ("people.acknowledge", OPERATOR)
    lines = len(office.ledger())
    assert acknowledge(rosa, 1).pk == first.pk
    assert len(office.ledger()) == lines
    assert to_acknowledge(rosa, now()) is None
    enter(LATER)
    assert to_acknowledge(rosa, now()).number == 2
    with pytest.raises(Refused, match="Read text 2"):
        acknowledge(office.member(DESIGNEE), 1)
    assert acknowledge(rosa, 1).pk == first.pk  # what was said stays said
    with pytest.raises(Unknown):
        acknowledge(rosa, 3)


def test_a_text_that_is_to_come_may_be_acknowledged_before_and_is_owed_by_nobody(office):
    enter(days=5)
    rosa = office.member(OPERATOR)
    assert to_acknowledge(rosa, now()) is None
    acknowledge(rosa, 1)
    assert to_acknowledge(rosa, now() + 6 * DAY) is None
    assert to_acknowledge(office.member(DESIGNEE), now() + 6 * DAY).number == 1


def test_who_has_not_is_known_and_late_after_the_days_of_the_file(office):
    text = enter()
    acknowledge(office.member(OPERATOR), 1)
    waiting = {member.number for member in without_acknowledgement(text)}
    assert waiting >= {SUPERVISOR, DESIGNEE, UNTRAINED}
    assert not waiting & {OPERATOR, OUTSIDER}  # the one did, the other has no duty
    found = row(office, "policy_acknowledged")
    assert (found.wrong, found.late, found.state) == (0, 0, "kept")
    assert due_on(text, office.member(DESIGNEE)) == today(now()) + 14 * DAY
    aged(office, text, 15)
    found = row(office, "policy_acknowledged")
    assert (found.wrong, found.late, found.state) == (0, len(waiting), "at risk")
    assert f"member {OPERATOR}" not in found.records


def test_an_acknowledgement_that_nobody_made_is_found(office):
    enter()
    with office.as_role("owner"):
        Acknowledgement.objects.create(text_id=1, member=office.member(DESIGNEE), acknowledged_at=now())
    found = row(office, "policy_acknowledged")
    assert (found.wrong, found.first) == (1, f"member {DESIGNEE}")


def test_looks_are_refused_only_where_the_file_says_so_and_only_to_who_is_late(office):
    aged(office, enter(), 15)
    rosa = office.member(OPERATOR)
    assert must_have_acknowledged(rosa, now()) is None
    with office.as_role("owner"):
        strict = load_department().text.replace("refuses_looks = false", "refuses_looks = true")
        PolicyEdition.objects.create(number=2, text=strict, schedule={}, in_force_at=now() - DAY, signed_by="two")
    assert may_do(rosa, Act.READS_SEARCH, now()).clause is Clause.LEGITIMATE_PURPOSE
    assert "Read it and acknowledge it" in may_do(rosa, Act.READS_SEARCH, now()).because
    assert may_do(office.member(DESIGNEE), Act.PEOPLE_TRAINING, now()) is None  # what shows no plate data goes on
    acknowledge(rosa, 1)
    assert may_do(rosa, Act.READS_SEARCH, now()) is None


def test_what_changed_is_said_line_by_line():
    changed = changed_lines("a\nb\nc\nd\ne\nf\ng\nh\n", "a\nB\nc\nd\ne\nf\ng\nh\ni\n")
    assert changed[:4] == [("same", "a"), ("gone", "b"), ("new", "B"), ("same", "c")]
    assert ("apart", "") in changed
    assert changed[-1] == ("new", "i")
    assert changed_lines(TEXT, TEXT) == []


def page(answer, status=200) -> str:
    assert answer.status_code == status, answer.content.decode()[-500:]
    return answer.content.decode()


def test_the_supervisor_enters_it_members_read_and_acknowledge_it_and_those_who_have_not_are_named(office):
    dana, rosa, day = office.browser(SUPERVISOR), office.browser(OPERATOR), today(now())
    assert "No text was entered yet" in page(rosa.get("/people/policy/"))
    assert "at the earliest" in page(
        dana.post("/people/policy/new/", {"text": TEXT, "in_force_on": (day + 400 * DAY).isoformat()}), 422
    )
    said = page(dana.post("/people/policy/new/", {"text": TEXT, "in_force_on": day.isoformat()}, follow=True))
    assert "This is text 1 of the policy" in said
    assert "Read and acknowledge the policy" in page(rosa.get("/"))
    assert "427.1 PURPOSE AND SCOPE" in page(rosa.get("/people/policy/1/"))
    assert "You have acknowledged text 1" in page(rosa.post("/people/policy/1/acknowledge/", follow=True))
    assert "Read and acknowledge the policy" not in page(rosa.get("/"))
    named = page(dana.get("/people/policy/"))
    assert "Luis Ortega" in named
    assert "Rosa Vega" not in named
    assert "have not acknowledged the policy" in page(dana.get("/"))
    assert "Not acknowledged yet" not in page(rosa.get("/people/policy/"))
    assert "Not acknowledged yet" in page(office.browser(AUDITOR).get("/people/policy/"))


def test_an_untrained_member_reads_and_acknowledges_and_nothing_else(office):
    enter()
    ben = office.browser(UNTRAINED)
    assert "acknowledge it" in page(ben.get("/people/policy/1/"))
    assert "Acknowledged" in page(ben.post("/people/policy/1/acknowledge/", follow=True))
    assert ben.get("/").status_code == 403
    assert ben.get("/people/policy/new/").status_code == 403


def test_the_text_and_the_file_of_a_day_are_brought_back(office):
    enter(days=-30)
    enter(LATER)
    dana, day = office.browser(SUPERVISOR), today(now())
    before = page(dana.get("/people/policy/", {"on": (day - DAY).isoformat()}))
    assert 'policy/1/">text 1</a>' in before
    assert "none yet" in before  # the department was set up today
    assert 'policy/2/">text 2</a>' in page(dana.get("/people/policy/"))
    assert "no text on file" in page(dana.get("/people/policy/", {"on": "1990-01-01"}))
    assert "This is no day" in page(dana.get("/people/policy/", {"on": "soon"}), 422)
    assert "The training is repeated every year." in page(dana.get("/people/policy/2/")).split("The text")[0]
    assert dana.get("/people/policy/9/").status_code == 404
    assert dana.post("/people/policy/9/acknowledge/").status_code == 404


def test_the_departments_file_is_shown_with_what_each_edition_changed(office):
    with office.as_role("owner"):
        text = load_department().text.replace("acknowledge_days = 14", "acknowledge_days = 7")
        PolicyEdition.objects.create(number=2, text=text, schedule={}, in_force_at=now() - DAY, signed_by="two")
    dana = office.browser(SUPERVISOR)
    shown = page(dana.get("/people/policy/file/2/"))
    assert "acknowledge_days = 14</del>" in shown
    assert "acknowledge_days = 7</ins>" in shown
    assert "It is the first one." in page(dana.get("/people/policy/file/1/"))
    assert dana.get("/people/policy/file/3/").status_code == 404
    assert office.browser(OPERATOR).get("/people/policy/file/2/").status_code == 403


def test_only_the_supervisor_enters_a_text(office):
    for number in (DESIGNEE, OPERATOR, AUDITOR):
        given = {"text": TEXT, "in_force_on": today(now()).isoformat()}
        assert office.browser(number).post("/people/policy/new/", given).status_code == 403
    assert not PolicyText.objects.exists()
