"""The page of members: duties, and until when each is trained."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from platewarden.server.clock import now
from platewarden.server.ledger.write import Signer
from platewarden.server.people.enrol import leave
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.testing import DESIGNEE, LAPSED, OPERATOR, OUTSIDER, SUPERVISOR, UNTRAINED, train
from platewarden.server.people.training import today

DANA = Signer(SUPERVISOR, "Dana Whitfield")


def rows(office) -> dict[str, str]:
    """The page's rows by member number, as they are read."""
    page = office.browser(SUPERVISOR).get("/people/").content.decode()
    found = [" ".join(unescape(re.sub(r"<[^>]*>", " ", row)).split()) for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)]
    return {number: row for row in found for number in office.handed if number in row}


def test_it_lists_everybody_with_their_duties(office):
    listed = rows(office)
    assert set(listed) == set(office.handed)
    assert "Investigator, Operator" in listed[OPERATOR]
    assert "Operator" not in listed[OUTSIDER]


def test_it_says_whose_training_is_missing_over_or_about_to_end(office):
    assert "Not trained" in rows(office)[UNTRAINED]
    train(office.member(UNTRAINED), until=today(now()) + timedelta(days=30))
    listed = rows(office)
    assert "Training over" in listed[LAPSED]
    assert "Ends soon" in listed[UNTRAINED]
    assert "Trained" in listed[OPERATOR]


def test_the_last_day_of_a_training_still_counts(office):
    train(office.member(UNTRAINED), until=today(now()))
    assert office.browser(UNTRAINED).get("/").status_code == 200


def test_it_changes_nothing(office):
    assert office.browser(SUPERVISOR).post("/people/").status_code == 405


def page_of(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[-600:]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).split())


def test_lists_by_state_say_how_many_are_in_each(office):
    browser = office.browser(SUPERVISOR)
    page = page_of(browser.get("/people/", {"show": "untrained"}))
    assert "Not trained (2)" in page
    assert "Ben Adler" in page
    assert "Rosa Vega" not in page
    leave(office.member(OUTSIDER), by=DANA)
    assert "Sam Hale" in page_of(browser.get("/people/", {"show": "left"}))
    assert "Sam Hale" not in page_of(browser.get("/people/"))
    assert "Sam Hale" in page_of(browser.get("/people/", {"show": "all"}))
    assert "Members" in page_of(browser.get("/people/", {"show": "nonsense"}))


def test_a_member_is_taken_on_with_duties_and_the_password_is_shown_once(office):
    browser = office.browser(SUPERVISOR)
    given = {"number": " 1200 ", "name": "Iris Chan", "duties": ["operator", "investigator"]}
    answer = browser.post("/people/enrol/", given)
    page = page_of(answer)
    assert re.search(r"Password [2-9a-z]{4}(-[2-9a-z]{4}){4}", page)
    assert "no-store" in answer["Cache-Control"]
    iris = office.member("1200")
    assert iris.duties_on(now()) == {"operator", "investigator"}
    assert iris.check_password(re.search(r"Password (\S+)", page)[1])
    assert "Password" not in page_of(browser.get("/people/1200/"))


def test_a_number_that_is_taken_or_duties_that_do_not_go_together_take_nobody_on(office):
    browser = office.browser(SUPERVISOR)
    page = page_of(browser.post("/people/enrol/", {"number": "1042", "name": "Iris Chan"}), 422)
    assert "Member number 1042 is taken" in page
    both = {"number": "1200", "name": "Iris Chan", "duties": ["auditor", "operator"]}
    assert "cannot audit looks and also look" in page_of(browser.post("/people/enrol/", both), 422)
    assert not Member.objects.filter(number="1200").exists()


def test_a_training_is_entered_for_another_and_opens_what_was_closed(office):
    day = today(now())
    given = {
        "course": "ALPR operator course",
        "completed_on": day.isoformat(),
        "expires_on": (day + timedelta(days=365)).isoformat(),
    }
    assert "is trained until" in page_of(office.browser(DESIGNEE).post(f"/people/{UNTRAINED}/training/", given, follow=True))
    assert office.browser(UNTRAINED).get("/").status_code == 200
    own = page_of(office.browser(SUPERVISOR).post(f"/people/{SUPERVISOR}/training/", given), 422)
    assert "Somebody else enters your training" in own
    wrong = given | {"expires_on": (day - timedelta(days=1)).isoformat()}
    assert "completed before it expires" in page_of(office.browser(SUPERVISOR).post(f"/people/{UNTRAINED}/training/", wrong), 422)


def test_duties_are_given_and_taken_by_the_supervisor_only_and_not_to_oneself(office):
    browser = office.browser(SUPERVISOR)
    page = page_of(browser.post(f"/people/{OUTSIDER}/duty/", {"duty": "dispatcher"}, follow=True))
    assert "Sam Hale is Dispatcher from now on." in page
    page = page_of(browser.post(f"/people/{OUTSIDER}/relieve/", {"duty": "dispatcher"}, follow=True))
    assert "Sam Hale is Dispatcher no more." in page
    assert "Nobody gives themselves a duty" in page_of(browser.post(f"/people/{SUPERVISOR}/duty/", {"duty": "investigator"}), 422)
    assert browser.post(f"/people/{OUTSIDER}/duty/", {"duty": "supervisor"}).status_code == 422
    assert office.browser(DESIGNEE).post(f"/people/{OUTSIDER}/duty/", {"duty": "operator"}).status_code == 403
    assert office.member(OUTSIDER).duties_on(now()) == frozenset()


def test_a_source_is_opened_and_closed_with_its_reason(office):
    browser = office.browser(SUPERVISOR)
    given = {
        "source": "State gang file",
        "reason": "gang unit, by order",
        "until_on": (today(now()) + timedelta(days=30)).isoformat(),
    }
    page = page_of(browser.post(f"/people/{OPERATOR}/source/", given, follow=True))
    assert "gang unit, by order" in page
    assert "closed to Rosa Vega" in page_of(
        browser.post(f"/people/{OPERATOR}/withdraw/", {"source": "State gang file"}, follow=True)
    )
    assert "was not open" in page_of(browser.post(f"/people/{OPERATOR}/withdraw/", {"source": "State gang file"}, follow=True))


def test_who_leaves_is_out_everywhere_at_once(office):
    rosa = office.browser(OPERATOR)
    assert rosa.get("/").status_code == 200
    page = page_of(office.browser(DESIGNEE).post(f"/people/{OPERATOR}/left/", follow=True))
    assert "Rosa Vega has left" in page
    assert rosa.get("/").status_code in (302, 403)
    assert rosa.post("/reads/search/", {"plate": "AB12345", "span": "week"}).status_code in (302, 403)
    assert office.member(OPERATOR).shift_verifier is None


def test_the_seat_is_never_empty_and_is_handed_over_in_one_act(office):
    dana = office.browser(SUPERVISOR)
    assert office.browser(DESIGNEE).post(f"/people/{SUPERVISOR}/left/").status_code == 403
    assert dana.post(f"/people/{SUPERVISOR}/relieve/", {"duty": "supervisor"}).status_code == 422
    assert dana.post(f"/people/{UNTRAINED}/seat/").status_code == 403
    assert "is the Administrative Supervisor from now on" in page_of(dana.post(f"/people/{DESIGNEE}/seat/", follow=True))
    assert Duty.SUPERVISOR.value in office.member(DESIGNEE).duties_on(now())
    assert Duty.SUPERVISOR.value not in office.member(SUPERVISOR).duties_on(now())
    assert dana.post(f"/people/{OPERATOR}/seat/").status_code == 403
    assert [line for line in office.ledger() if line[0] in ("people.assign", "people.relieve")][-2:] == [
        ("people.relieve", SUPERVISOR),
        ("people.assign", SUPERVISOR),
    ]


def test_whoever_manages_nobody_sees_the_page_and_changes_nothing(office):
    rosa = office.browser(OPERATOR)
    assert "This needs the duty" in page_of(rosa.get(f"/people/{OUTSIDER}/"))
    for act in ("duty", "relieve", "training", "source", "withdraw", "left"):
        assert rosa.post(f"/people/{OUTSIDER}/{act}/", {"duty": "operator", "source": "x"}).status_code == 403
    assert rosa.get("/people/enrol/").status_code == 403
    assert rosa.get("/people/4711/").status_code == 404
