"""The car's screen over real HTTP: who gets in, what is refused with which clause, and what the journal has of it."""

import dataclasses
import re
import uuid
from datetime import date, timedelta

import httpx
import pytest

from platewarden.exchange.alert_outcome import AlertOutcome, Sighting
from platewarden.exchange.contact import Withdrawn
from platewarden.exchange.field_entry import FieldEntry
from platewarden.exchange.read_report import Place
from platewarden.exchange.roster_edition import Authorization
from platewarden.exchange.task_answer import TaskAnswer
from platewarden.exchange.track_page import TrackPage
from platewarden.plate.match import Answer, Confusion, Doubt, Tier
from platewarden.policy.correction import Misread
from platewarden.policy.verification import Answered, EyeSaw, Outcome
from platewarden.unit.place import NOWHERE, Where
from platewarden.unit.screen.testing import parked
from platewarden.unit.testing import NOON, SECRET, Office, canvass_task, entry, member, serving

PLATE = entry("7ABC123")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    office = Office()
    office.publish_hotlist(1, [PLATE, entry("XR4444", confidential="State gang file", caution=True)])
    office.publish_roster(
        3,
        [
            member(),
            member("1188", "Officer Lou Tran", authorized=(Authorization("State gang file", date(2026, 12, 31)),)),
            member("2280", "Officer Udo Untrained", trained_until=None),
            member("3391", "Officer Lena Lapsed", trained_until=date(2026, 3, 1)),
            member("5500", "Clerk Cara", duties=("records_clerk",)),
        ],
    )
    with serving(office), parked(tmp_path_factory.mktemp("car"), office) as here:
        yield here


@pytest.fixture
def here(served):
    served.car.spool.write("delete from journal_line")
    served.car.spool.write("delete from mark where name like 'tries:%'")
    served.car.clock.at = NOON
    served.browsers = []
    yield served
    for each in served.browsers:
        each.client.close()
    if served.station.shift:
        served.station.over()


class Browser:
    """Follows the screen's own rules: its cookie, its token, its origin."""

    def __init__(self, here):
        self.here = here
        self.client = httpx.Client(base_url=here.address, trust_env=False)
        here.browsers.append(self)

    def get(self, path):
        return self.client.get(path, follow_redirects=True)

    def send(self, path, origin=None, token=None, **form):
        page = self.client.get("/").text
        token = token or re.search(r'data-token="(\w+)"', page)[1]
        return self.client.post(
            path, data={"token": token, **form}, headers={"Origin": origin or self.here.address}, follow_redirects=True
        )

    def sign_on(self, number="4417", secret=SECRET, purpose="routine-patrol", reference=""):
        return self.send("/sign-on", member=number, secret=secret, purpose=purpose, reference=reference)


@pytest.fixture
def browser(here):
    return Browser(here)


def field_messages(here):
    """What waits in the spool for the office, opened as the office opens it."""
    while here.car.transfer.round() and here.car.spool.counts().unsent:
        pass
    return here.car.office.field


def test_nobody_signed_on_is_offered_sign_on_and_nothing_else(browser):
    assert "Sign on" in browser.get("/").text
    for path in ("/shift", "/query", "/voice", "/crew", "/alerts/1", "/alerts/1/plate"):
        answer = browser.get(path)
        assert (answer.status_code, "427.6(a)" in answer.text) == (403, True), path


@pytest.mark.parametrize(
    ("stated", "clause", "words"),
    [
        ({"number": "2280"}, "427.4(d)", "has not completed"),
        ({"number": "3391"}, "427.4(d)", "ran out on 2026-03-01"),
        ({"number": "5500"}, "427.3", "has not been assigned the duty"),
        ({"secret": "wrong"}, "427.6(a)", "do not fit"),
        ({"number": "9999"}, "427.6(a)", "do not fit"),
        ({"purpose": "curiosity"}, "427.4", "is not a purpose"),
        ({"purpose": "criminal-investigation"}, "427.6(b)", "needs a case number"),
    ],
)
def test_a_refused_sign_on_shows_its_clause_and_nobody_is_on(here, browser, stated, clause, words):
    answer = browser.sign_on(**stated)
    assert answer.status_code == 403
    assert f"<b>{clause}</b>" in answer.text
    assert words in answer.text
    assert SECRET not in answer.text
    assert here.station.shift is None
    assert [act for act, _ in here.acts()] == ["shift.refused"]


def test_sign_on_binds_this_browser_and_no_other(here, browser):
    assert "Watching" in browser.sign_on().text
    here.alert(PLATE, "7ABC123")
    assert "7ABC123" in browser.get("/").text.replace("</span><span>", "")
    other = Browser(here)
    assert "Who is there?" in other.get("/").text
    assert "7ABC123" not in other.get("/").text + other.get("/queue").text
    assert other.get("/alerts/1").status_code == 403
    assert other.send("/sign-off").status_code == 403


def test_another_host_is_turned_away_before_anything(here, browser):
    for host in ("evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1"):
        assert browser.client.get("/", headers={"Host": host}).status_code == 421


def test_a_post_from_elsewhere_or_without_its_token_is_refused(here, browser):
    browser.sign_on()
    for origin, token in [("http://evil.example", None), ("null", None), (here.address.replace("127.0.0.1", "localhost"), None)]:
        assert browser.send("/sign-off", origin=origin, token=token).status_code == 403
    assert browser.send("/sign-off", token="0" * 64).status_code == 403
    assert browser.client.post("/sign-off", data={"a": "b"}).status_code == 403
    assert browser.client.post("/sign-off", content=b"x" * 20_000, headers={"Origin": here.address}).status_code == 400
    assert here.station.shift is not None


def test_every_answer_is_strict_and_is_never_stored(here, browser):
    browser.sign_on()
    for path in ("/", "/strip", "/queue", "/static/screen.js", "/static/screen.css", "/alerts/99", "/static/other"):
        answer = browser.get(path)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Frame-Options"] == "DENY"
    cookie = browser.client.get("/").headers.get("set-cookie") or Browser(here).client.get("/").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()


def test_three_taps_and_a_disposition_go_up_signed_with_the_member_who_did_them(here, browser):
    browser.sign_on(reference="2A-1123")
    here.alert(PLATE, "7ABC123", None)
    assert "VERIFY BEFORE ACTING" in browser.get("/").text
    number = here.station.board.open()[0].number
    at = f"/alerts/{number}"
    too_soon = browser.send(f"{at}/dispose", outcome="stop made", ground="verified")
    assert (too_soon.status_code, "427.4(f)" in too_soon.text) == (403, True)
    assert "cannot be recorded on this alert alone" in too_soon.text
    assert "possible hit only" in browser.send(f"{at}/dispose", outcome="misread").text
    assert browser.send(f"{at}/verify", answer="pending").status_code == 400
    assert "2 of 3" in browser.send(f"{at}/compare", characters="same").text
    assert "3 of 3" in browser.send(f"{at}/compare", state="same").text
    assert browser.send(f"{at}/verify", answer="confirms", source="radio", words="").status_code == 400
    assert "What came of it" in browser.send(f"{at}/verify", answer="confirms", source="radio", words="active, stolen, 10-99").text
    assert "Closed" in browser.send(f"{at}/dispose", outcome="stop made", ground="verified").text
    assert browser.send(f"{at}/dispose", outcome="misread").status_code == 409
    done = [each for each in field_messages(here) if isinstance(each, AlertOutcome)][-2:]
    assert [each.member for each in done] == ["4417", "4417"]
    assert (done[0].returned.seen.answer, done[0].returned.words) == (Answered.CONFIRMS, "active, stolen, 10-99")
    assert (done[0].entry_id, done[0].sightings) == (PLATE.entry_id, (Sighting("front", NOON),))
    assert done[1].disposed.outcome is Outcome.STOP


def test_a_withdrawn_card_says_why_and_takes_nothing(here, browser):
    browser.sign_on(reference="2A-1123")
    here.alert(PLATE, "7ABC123", None)
    (card,) = here.station.board.open()
    read = uuid.uuid4()
    here.station.board.withdraw([Withdrawn(read, uuid.uuid5(read, str(PLATE.entry_id)), NOON, Misread.CHARACTERS)])
    page = browser.get(f"/alerts/{card.number}").text
    assert "Withdrawn: a member corrected the reading. Characters were misread. Do not act on this alert." in page
    assert "Same" not in page
    assert browser.send(f"/alerts/{card.number}/compare", characters="same").status_code == 409
    assert browser.send(f"/alerts/{card.number}/dispose", outcome="misread").status_code == 409
    assert "withdrawn" in browser.get("/shift").text
    assert not here.station.board.open()


def test_a_reason_opens_what_a_return_did_not(here, browser):
    browser.sign_on()
    here.alert(PLATE, "7ABC123")
    at = f"/alerts/{here.station.board.open()[0].number}"
    for _, tap in (1, {"characters": "same"}), (2, {"state": "cannot tell"}):
        browser.send(f"{at}/compare", **tap)
    browser.send(f"{at}/verify", answer="pending")
    refused = browser.send(f"{at}/dispose", outcome="arrest")
    assert "on what did it rest?" in refused.text
    assert "Say in a sentence" in browser.send(f"{at}/dispose", outcome="arrest", ground="impracticable", because="no").text
    assert "Closed" in browser.send(f"{at}/dispose", outcome="arrest", ground="independent", because="Seen breaking a window.").text


def test_every_look_is_a_line_by_name_before_it_is_shown(here, browser):
    browser.sign_on()
    here.alert(PLATE, "7ABC123", plate_picture=b"\xff\xd8", overview_picture=b"\xff\xd8")
    here.car.spool.write("delete from journal_line")
    number = here.station.board.open()[0].number
    for path in ("/", f"/alerts/{number}", f"/alerts/{number}/plate", "/shift"):
        assert browser.get(path).status_code == 200
    assert browser.send(f"/alerts/{number}/copy").text == "7ABC123"
    assert browser.send("/query", plate="7abc 123", state="").status_code == 200
    wanted = ["alert.opened", "alert.opened", "picture.opened", "history.opened", "alert.copied", "query.made"]
    assert [act for act, who in here.acts() if who == "4417" and act in set(wanted)] == [
        "alert.opened", "alert.opened", "picture.opened", "history.opened", "alert.opened", "alert.copied", "alert.opened", "query.made",
    ]  # fmt: skip


def test_what_cannot_be_written_down_is_not_shown_but_an_alert_is(here, browser, monkeypatch):
    from platewarden.policy.refusal import Unavailable

    browser.sign_on()
    here.alert(PLATE, "7ABC123", plate_picture=b"\xff\xd8")
    number = here.station.board.open()[0].number

    def full(*_, **__):
        raise Unavailable

    monkeypatch.setattr(here.car.journal, "write", full)
    for path in ("/shift", f"/alerts/{number}/plate"):
        assert browser.get(path).status_code == 503
    assert browser.send(f"/alerts/{number}/copy").status_code == 503
    assert browser.send("/query", plate="7ABC123", state="").status_code == 503
    assert browser.get("/").status_code == 200


def test_a_locked_screen_shows_alerts_and_nothing_else_until_a_secret_opens_it(here, browser):
    browser.sign_on()
    here.alert(PLATE, "7ABC123")
    number = here.station.board.open()[0].number
    here.timer.now_s += here.station.idle_minutes * 60
    locked = browser.get("/").text
    assert "Locked. Alerts go on showing." in locked
    assert 'aria-label="7 A B C 1 2 3"' in locked
    for path in ("/shift", "/query", "/voice", "/crew", f"/alerts/{number}"):
        assert browser.get(path).status_code == 403
    for path, form in (("compare", {"characters": "same"}), ("verify", {"answer": "pending"}), ("dispose", {"outcome": "misread"})):
        assert browser.send(f"/alerts/{number}/{path}", **form).status_code == 403
    assert browser.send(f"/alerts/{number}/copy").status_code == 403
    assert browser.send("/unlock", member="4417", secret="wrong").status_code == 403
    assert browser.send("/unlock", member="1188", secret=SECRET).status_code == 403
    assert browser.send("/unlock", member="4417", secret=SECRET).status_code == 200
    assert browser.get("/shift").status_code == 200
    acts = [each for each in here.acts() if each[0].startswith("screen.")]
    assert acts == [
        ("screen.locked", "4417"),
        ("screen.unlock_refused", "4417"),
        ("screen.unlock_refused", None),
        ("screen.unlocked", "4417"),
    ]


def test_the_second_member_acts_under_their_own_name(here, browser):
    browser.sign_on()
    assert browser.send("/join", member="4417", secret=SECRET).status_code == 403
    assert browser.send("/join", member="2280", secret=SECRET).status_code == 403
    assert "Officer Lou Tran" in browser.send("/join", member="1188", secret=SECRET).text
    here.alert(PLATE, "7ABC123")
    browser.send("/query", plate="7ABC123")
    browser.send("/take-over", member="4417")
    browser.send("/query", plate="7ABC123")
    browser.send("/leave")
    acts = here.acts()
    assert [who for act, who in acts if act == "alert.shown"] == ["4417", "1188"]
    assert [who for act, who in acts if act == "query.made"] == ["1188", "4417"]
    assert ("screen.touched", "4417") in acts
    assert acts.count(("shift.join_refused", "2280")) == 1
    assert acts[-1] == ("shift.left", "1188") or ("shift.left", "1188") in acts


def test_a_query_finds_in_this_cars_list_and_goes_up_with_the_plate(here, browser):
    browser.sign_on(reference="2A-1123")
    found = browser.send("/query", plate="7abc-123", state="IL").text
    assert "full hit" in found
    assert "VERIFY BEFORE ACTING" in found
    assert "No entry of this car’s list answers" in browser.send("/query", plate="ZZZ9999").text.replace("'", "’").replace(
        "&#x27;", "’"
    )
    assert browser.send("/query", plate="7ABC!23").status_code == 400
    asked = [each for each in field_messages(here) if isinstance(each, FieldEntry)][-2:]
    assert [(each.text, each.found, each.reference) for each in asked] == [("7ABC123", 1, "2A-1123"), ("ZZZ9999", 0, "2A-1123")]


def test_a_bolo_by_voice_is_in_force_for_this_shift_marked_as_unapproved(here, browser):
    browser.sign_on()
    assert browser.send("/voice", plate="9XY?11", state="IL", category="", reason="robbery").status_code == 400
    assert "9XY?11" in browser.send("/voice", plate="9xy?11", state="IL", category="wanted_vehicle", reason="robbery just now").text
    (voiced,) = here.car.hotlist.voiced
    here.alert(voiced, "9XYZ11")
    card = browser.get("/").text
    assert "nobody at the office has approved it" in card
    assert "robbery just now" in card
    here.station.over()
    assert here.car.hotlist.voiced == ()
    assert here.station.board.all() == []


def test_a_card_says_how_often_and_where_it_was_seen_and_everything_that_may_be_wrong(here, browser):
    browser.sign_on()
    place = Place(42.1817, -87.8003, 4.0, None, 0.0, "Central Ave & Green Bay Rd")
    doubts = (Doubt.STATE_UNREAD, Doubt.CONFUSABLE, Doubt.LOW_CONFIDENCE)
    changes = {
        "answer": Answer(Tier.POSSIBLE, doubts, (Confusion(1, "A", "4"),)),
        "stale": True,
        "edition_age": timedelta(hours=31),
        "where": Where(place, None),
    }
    here.alert(PLATE, "7ABC123", **changes)
    card = browser.get("/").text
    assert "Central Ave &amp; Green Bay Rd" in card
    for told in ("The hot list is 31 h old.", "The state was not read; read it by eye.", "Character 2 may be 4, was read as A.", "The camera was not sure of this reading."):  # fmt: skip
        assert told in card, told
    assert "has moved" not in card  # nobody knows where the unit is now
    assert "seen 2 times" not in card
    here.alert(PLATE, "7ABC123", captured_at=NOON + timedelta(seconds=9), **changes)
    here.station.where = lambda: Where(dataclasses.replace(place, lat=42.1844), None)
    card = browser.get("/").text
    assert "seen 2 times since" in card
    assert "This unit has moved 300 m since" in card
    here.station.where = lambda: Where(dataclasses.replace(place, lat=42.1818), None)
    assert "has moved" not in browser.get("/").text


def test_a_confidential_source_is_dispatchs_matter_for_whoever_is_not_authorized(here, browser):
    hidden = entry("XR4444", confidential="State gang file", caution=True)
    browser.sign_on()
    here.alert(hidden, "XR4444", plate_picture=b"\xff\xd8 secret")
    number = here.station.board.open()[0].number
    shown = [browser.get(path).text for path in ("/", f"/alerts/{number}", "/shift", "/queue")]
    assert "CONTACT DISPATCH NOW" in shown[0]
    assert 'aria-label="X R 4 4 4 4"' in shown[0]
    assert "no position: the unit has no receiver" in shown[0]
    for told in ("data:image", "stolen", "Stolen", "CAUTION", 'class="listed"', "gang"):
        assert not any(told in each for each in shown), told
    asked = browser.send("/query", plate="XR4444").text
    assert "Contact dispatch." in asked
    assert "Stolen" not in asked
    assert browser.get(f"/alerts/{number}/plate").status_code == 404
    for path in ("copy", "compare", "verify", "dispose"):
        answer = browser.send(f"/alerts/{number}/{path}", characters="same", answer="pending", outcome="misread")
        assert answer.status_code == 403
    assert "Watching" in browser.send(f"/alerts/{number}/acknowledge").text
    here.station.over()
    browser.sign_on("1188")
    here.alert(hidden, "XR4444")
    assert "Stolen vehicle" in browser.get("/").text
    other = dataclasses.replace(hidden, entry_id=uuid.UUID(int=4), text="XR5555", confidential="Federal file")
    here.alert(other, "XR5555", captured_at=NOON + timedelta(seconds=9))
    shown = browser.get(f"/alerts/{here.station.board.open()[0].number}").text
    assert "CONTACT DISPATCH NOW" in shown  # authorized for one source is not authorized for another
    browser.send("/join", member="4417", secret=SECRET)
    assert {each.member for each in here.station.crew} == {"1188", "4417"}
    assert "Stolen vehicle" not in browser.get("/").text  # what one may not see is not shown to two


def test_no_address_ever_holds_a_plate(here, browser):
    browser.sign_on()
    here.alert(PLATE, "7ABC123")
    for path in ("/", "/shift", "/query", "/voice"):
        assert not re.findall(r'(?:href|action|src)="(?!data:)[^"]*7ABC123', browser.get(path).text)
    assert "7ABC123" not in str(browser.send("/query", plate="7ABC123").url)


def test_the_stream_tells_numbers_only_and_ends_with_the_screen(here, browser):
    browser.sign_on()
    with browser.client.stream("GET", "/events") as stream:
        lines = stream.iter_lines()
        assert next(lines) == "retry: 1000"
        here.alert(PLATE, "7ABC123", captured_at=NOON + timedelta(seconds=1))
        told = next(line for line in lines if '"rung": ' in line and '"board": ' in line)
        assert "7ABC123" not in told


def test_eyes_words_are_those_of_the_policy():
    assert {each.value for each in EyeSaw} == {"same", "different", "cannot tell"}


@pytest.fixture
def asked(here):
    """A canvass asked, on a sheet of its own number; withdrawn afterwards."""
    office = here.car.office
    office.publish_tasks(office.task_number + 1, [canvass_task(office.task_number + 100)])
    here.car.transfer.contact()
    yield office.task_number + 99
    office.publish_tasks(office.task_number + 1, [])
    here.car.transfer.contact()
    here.station.where = lambda: NOWHERE


def test_a_canvass_shows_with_where_until_when_and_for_which_case(here, browser, asked):
    assert "CANVASS ASKED" not in browser.get("/").text
    here.station.where = lambda: Where(Place(42.1727, -87.8003, 4.0, None, 0.5), None)
    page = browser.sign_on().text
    for words in (
        *("CANVASS ASKED", "Central Ave &amp; Second St", "until 13:00", "Robbery", "26-004117"),
        *("Red pickup", "1.0 km to the north", "Asked by 1077 Rosa Lind", "Accept", "Cannot"),
    ):
        assert words in page, words
    assert f'data-task="{asked}"' in browser.get(f"/task-map/{asked}").text
    assert Browser(here).get(f"/task-map/{asked}").text == "", "a screen that is not known is shown nothing"
    here.station.lock()
    assert browser.get(f"/task-map/{asked}").text == ""
    assert browser.get(f"/tasks/{asked}").status_code == 403
    assert browser.send(f"/tasks/{asked}", said="accepted").status_code == 403


def test_accepted_driven_and_done_goes_up_by_name(here, browser, asked):
    browser.sign_on()
    page = browser.send(f"/tasks/{asked}", said="accepted").text
    assert "CANVASS UNDER WAY" in page
    assert "is recorded for this canvass" in page
    for north in (0, 100, 200):
        here.station.tasks.follow(
            Where(Place(42.1817 + north / 111_195, -87.8003, 4.0, None, 0.0), None), here.station.shift, here.car.clock()
        )
        here.car.clock.wait(timedelta(seconds=2))
    assert 'class="way"' in browser.get(f"/task-map/{asked}").text
    here.alert(PLATE, "7ABC123")
    page = browser.get("/").text
    assert "7ABC123" in page, "an alert comes before a canvass"
    assert "Canvass asked" not in page
    assert "UNDER WAY" in browser.get(f"/tasks/{asked}").text
    browser.send(f"/tasks/{asked}", said="done")
    assert browser.get(f"/tasks/{asked}").status_code == 409
    while here.car.spool.counts().unsent:
        here.car.transfer.round()
    said = [each for each in here.car.office.field if isinstance(each, TaskAnswer) and each.task == asked]
    assert [(each.said.value, each.member) for each in said] == [("accepted", "4417"), ("done", "4417")]
    (page,) = [each for each in here.car.office.field if isinstance(each, TrackPage) and each.task == asked]
    assert len(page.spots) == 3


def test_who_cannot_says_why_and_may_look_again(here, browser, asked):
    browser.sign_on()
    assert "Why can it not be done?" in browser.get(f"/tasks/{asked}?step=cannot").text
    answer = browser.send(f"/tasks/{asked}", said="cannot", because=" ")
    assert (answer.status_code, "Say in a few words why" in answer.text) == (400, True)
    assert "Why can it not be done?" in answer.text
    assert browser.send(f"/tasks/{asked}", said="perhaps").status_code == 400
    page = browser.send(f"/tasks/{asked}", said="cannot", because="", why="On another call").text
    assert "Watching" in page
    assert "Canvass declined" in page
    assert "CANVASS DECLINED" in browser.get(f"/tasks/{asked}").text
    assert "UNDER WAY" in browser.send(f"/tasks/{asked}", said="accepted").text
    browser.send(f"/tasks/{asked}", said="cannot", because="tow truck in the way", why="On another call")
    assert here.station.tasks.find(asked, NOON).because == "tow truck in the way"


def test_while_an_alert_is_open_a_canvass_waits_beside_it(here, browser, asked):
    browser.sign_on()
    here.alert(PLATE, "7ABC123")
    page = browser.get("/").text
    assert "CANVASS ASKED" not in page
    assert f'href="/tasks/{asked}"' in page
    assert browser.get("/tasks/99999").status_code == 409
