"""Trainings from a file: shown first, whole or not at all, wrong lines named, nobody's own, twice adds nothing."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from platewarden.policy.refusal import Malformed
from platewarden.server.clock import now
from platewarden.server.ledger.write import Signer
from platewarden.server.people.enrol import leave
from platewarden.server.people.models import Completion
from platewarden.server.people.testing import DESIGNEE, LAPSED, OPERATOR, OUTSIDER, SUPERVISOR, UNTRAINED
from platewarden.server.people.training import today
from platewarden.server.people.training_file import MOST_BYTES, plan_of, take_in

DANA = Signer(SUPERVISOR, "Dana Whitfield")
HEAD = "member,course,completed_on,expires_on\n"
RIGHT = HEAD + f"{UNTRAINED},ALPR operator,2026-01-05,2099-01-05\n{LAPSED}, ALPR  operator ,01/05/2026,01/05/2099\n"


def faults(text: str) -> list[tuple[int, str]]:
    return [(each.number, each.because) for each in plan_of(text.encode(), by=DANA).wrong]


def test_a_file_is_looked_at_and_nothing_changes(office):
    before, lines = Completion.objects.count(), office.ledger()
    plan = plan_of(RIGHT.encode(), by=DANA)
    assert [(each.number, each.member.number, each.course) for each in plan.new] == [
        (2, UNTRAINED, "ALPR operator"),
        (3, LAPSED, "ALPR operator"),
    ]
    assert (plan.known, plan.wrong) == (0, ())
    assert (Completion.objects.count(), office.ledger()) == (before, lines)


def test_it_is_entered_under_the_name_of_who_brought_it_and_twice_adds_nothing(office):
    take_in(RIGHT.encode(), by=DANA)
    entered = office.member(UNTRAINED).completions.get()
    assert (entered.approved_by, entered.expires_on.isoformat()) == ("1001 Dana Whitfield", "2099-01-05")
    assert office.ledger()[-3:] == [
        ("people.training", SUPERVISOR),
        ("people.training", SUPERVISOR),
        ("people.training_file", SUPERVISOR),
    ]
    count, lines = Completion.objects.count(), office.ledger()
    again = take_in(("\ufeff" + RIGHT.replace("\n", "\r\n")).encode(), by=DANA)
    assert (again.new, again.known) == ((), 2)
    assert (Completion.objects.count(), office.ledger()) == (count, lines)


def test_every_wrong_line_is_named_and_nothing_is_entered(office):
    leave(office.member(OUTSIDER), by=DANA)
    tomorrow = today(now()) + timedelta(days=1)
    text = RIGHT + "\n".join(
        (
            "4711,ALPR operator,2026-01-05,2027-01-05",
            f"{OUTSIDER},ALPR operator,2026-01-05,2027-01-05",
            f"{SUPERVISOR},ALPR operator,2026-01-05,2027-01-05",
            f"{OPERATOR},,2026-01-05,2027-01-05",
            f"{OPERATOR},ALPR operator,2026-02-30,2027-01-05",
            f"{OPERATOR},ALPR operator,5 Jan,2027-01-05",
            f"{OPERATOR},ALPR operator,{tomorrow},2099-01-05",
            f"{OPERATOR},ALPR operator,2026-01-05,2025-01-05",
            f"{OPERATOR},ALPR operator,2026-01-05",
            f"{UNTRAINED},ALPR operator,2026-01-05,2099-01-05",
            "",
        )
    )
    named = faults(text)
    assert [number for number, _ in named] == list(range(4, 14))
    for (_, because), words in zip(
        named,
        (
            "no member 4711",
            "no member 1099",
            "your own training",
            "Name the course",
            "not a day",
            "not a day",
            "in the future",
            "before it was completed",
            "4 fields",
            "stands on line 2 already",
        ),
        strict=True,
    ):
        assert words in because
    before = Completion.objects.count()
    with pytest.raises(Malformed, match="10 of the file's lines are wrong"):
        take_in(text.encode(), by=DANA)
    assert Completion.objects.count() == before


def test_a_training_on_file_with_another_last_day_is_wrong(office):
    take_in(RIGHT.encode(), by=DANA)
    other = HEAD + f"{UNTRAINED},ALPR operator,2026-01-05,2098-01-05\n"
    assert faults(other) == [(2, "This training is on file, valid until 01/05/2099. Correct one of them by hand.")]


def test_what_is_no_such_file_says_so(office):
    for raw, why in (
        (b"", "names the columns"),
        (b"member,course,completed_on\n", "names the columns"),
        (b"member,member,course,completed_on,expires_on\n", "names the columns"),
        (HEAD.encode(), "no training in it"),
        (HEAD.encode() + b'1042,"x', "no CSV file"),
        (b"\xff\xfe\x00", "no CSV file"),
        (b"x" * (MOST_BYTES + 1), "Split it"),
    ):
        with pytest.raises(Malformed, match=why):
            plan_of(raw, by=DANA)
    swapped = f"expires_on,Course,member,completed_on\n2099-01-05,ALPR operator,{UNTRAINED},2026-01-05\n"
    assert len(plan_of(swapped.encode(), by=DANA).new) == 1


def test_two_at_once_enter_it_once(office):
    before, done = Completion.objects.count(), []

    def enter() -> None:
        try:
            done.append(len(take_in(RIGHT.encode(), by=DANA).new))
        finally:
            connections.close_all()

    both = [threading.Thread(target=enter) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(30)
    assert sorted(done) == [0, 2]
    assert Completion.objects.count() == before + 2


def test_on_the_page_it_is_shown_then_entered_by_those_who_may(office):
    luis = office.browser(DESIGNEE)

    def bring(text: str, browser=luis):
        return browser.post("/people/trainings/", {"file": SimpleUploadedFile("trainings.csv", text.encode())})

    shown = bring(RIGHT)
    assert shown.status_code == 200
    page = shown.content.decode()
    assert "What would be entered" in page
    assert "Ben Adler" in page
    carried = re.search(r'name="carried" value="([^"]+)"', page)[1]
    assert office.member(UNTRAINED).trained_until() is None
    answer = luis.post("/people/trainings/enter/", {"carried": carried}, follow=True)
    assert "2 trainings were entered; 0 were on file already." in answer.content.decode()
    assert office.member(UNTRAINED).trained_until() is not None
    assert "Nothing is new" in bring(RIGHT).content.decode()
    assert (
        "every training of the file is on file already"
        in luis.post("/people/trainings/enter/", {"carried": carried}, follow=True).content.decode()
    )
    own = bring(HEAD + f"{DESIGNEE},ALPR operator,2026-01-05,2099-01-05\n")
    assert (own.status_code, b"The file is refused whole" in own.content) == (422, True)
    assert bring("nonsense").status_code == 422
    answer = luis.post("/people/trainings/enter/", {"carried": "nonsense!"}, follow=True)
    assert "not right any more" in answer.content.decode()
    rosa = office.browser(OPERATOR)
    assert (rosa.get("/people/trainings/").status_code, bring(RIGHT, rosa).status_code) == (403, 403)
    assert rosa.post("/people/trainings/enter/", {"carried": carried}).status_code == 403


def test_a_line_is_named_as_an_editor_counts_it_also_below_a_field_of_several_lines(office):
    text = HEAD + f'{UNTRAINED},"ALPR\noperator",2026-01-05,2099-01-05\n{LAPSED},ALPR operator,never,2099-01-05\n'
    assert faults(text) == [(4, "“never” is not a day. Write it as 2026-11-02 or 11/02/2026.")]
