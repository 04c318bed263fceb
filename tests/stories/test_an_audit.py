"""The story of an audit: looks are made, the day comes, the office's own worker opens and draws it; judged, answered, closed and signed in browsers."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack

import psycopg
import pytest
from playwright.sync_api import expect, sync_playwright

from platewarden.demo import cast
from platewarden.demo.story import CASE
from tests.pages.test_pages import CHROMIUM, FLAGS, axe
from tests.stories.test_a_look_in_a_browser import sign_in, state_purpose

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

PLATES = ("AB12345", "CD23456", "EF34567")
FOUND = "The case number belongs to another year."
ANSWER = "I mistyped the year; it is 25-004117."


def faults(page) -> list[str]:
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in axe.Axe().run(page).response["violations"]]


def the_day_comes(config) -> None:
    """As if the department had been set up thirty days ago: the owner's word, for nobody waits a month here."""
    with psycopg.connect(config.conninfo("owner"), autocommit=True) as owner:
        owner.execute("update office.people_policyedition set in_force_at = clock_timestamp() - interval '30 days'")


def test_an_audit_opens_itself_and_ends_with_a_signature(at):
    with ExitStack() as last:
        origin = at.config.public_origin
        player = last.enter_context(sync_playwright())
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        last.callback(browser.close)
        wrong: list[str] = []

        def browser_of(number: str):
            page = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="America/Chicago").new_page()
            page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
            page.on("request", lambda request: None if request.url.startswith((origin, "data:")) else wrong.append(request.url))
            sign_in(page, origin, at.players[number])
            return page

        rosa = browser_of(cast.OPERATOR)
        state_purpose(rosa, "criminal-investigation", CASE)
        for plate in PLATES:
            rosa.goto(f"{origin}/reads/search/")
            rosa.locator("input[name=plate]").fill(plate)
            rosa.get_by_role("button", name="Search").click()
            expect(rosa.locator("main")).to_contain_text(plate)

        ada = browser_of(cast.AUDITOR)
        ada.goto(f"{origin}/audits/")
        expect(ada.get_by_text("No audit has opened yet")).to_be_visible()
        the_day_comes(at.config)
        until = time.monotonic() + 60
        while not ada.get_by_role("link", name="A-0001").count() and time.monotonic() < until:
            time.sleep(1)
            ada.goto(f"{origin}/audits/")
        time.sleep(6)  # the worker's next step draws it
        ada.get_by_role("link", name="A-0001").click()
        expect(ada.get_by_text("0 of 3 judged")).to_be_visible()
        assert faults(ada) == []
        assert not any(plate in ada.content() for plate in PLATES)

        ada.get_by_role("link", name="Look 1").click()
        for position in (1, 2, 3):
            expect(ada.get_by_role("heading", name=f"Look {position} of A-0001")).to_be_visible()
            ada.get_by_role("button", name="Show what was asked").press("Enter")
            if position == 1:
                expect(ada.get_by_role("heading", name=re.compile("purpose", re.IGNORECASE)).first).to_be_visible()
                state_purpose(ada, "department-action", "AA-26-031")
                ada.goto(f"{origin}/audits/1/1/")
                ada.get_by_role("button", name="Show what was asked").press("Enter")
            expect(ada.get_by_text("written into the ledger in your name")).to_be_visible()
            assert sum(plate in ada.content() for plate in PLATES) == 1
            is_odd = position == 2
            for name, value in (("case_exists", "no" if is_odd else "yes"), ("purpose_fits", "yes"), ("right_person", "yes")):
                ada.locator(f"input[name={name}][value={value}]").check(force=True)
            ada.locator(f"input[name=judgement][value='{'finding' if is_odd else 'in order'}']").check(force=True)
            if is_odd:
                ada.locator("textarea[name=finding]").fill(FOUND)
                ada.locator("input[name=needs_answer]").check(force=True)
                assert faults(ada) == []
            ada.get_by_role("button", name="Judge", exact=True).press("Enter")
        expect(ada.get_by_text("3 of 3 judged")).to_be_visible()

        rosa.goto(f"{origin}/audits/mine/")
        expect(rosa.get_by_text(FOUND)).to_be_visible()
        assert faults(rosa) == []
        rosa.get_by_label("Your answer").fill(ANSWER)
        rosa.get_by_role("button", name="Answer").press("Enter")
        expect(rosa.get_by_text("Your answer is on the sheet")).to_be_visible()
        assert rosa.goto(f"{origin}/audits/1/").status == 403

        ada.goto(f"{origin}/audits/1/2/")
        expect(ada.get_by_text(ANSWER)).to_be_visible()
        ada.get_by_label("What came of it").fill("The case of the year before fits.")
        ada.get_by_role("button", name="Close the finding").press("Enter")
        expect(ada.get_by_text("The finding is closed.")).to_be_visible()
        ada.goto(f"{origin}/audits/1/")
        ada.get_by_label("What the audit showed").fill("Three looks, one mistyped case number.")
        ada.get_by_role("button", name="Sign off in my name").press("Enter")
        expect(ada.get_by_text("Signed off").first).to_be_visible()
        assert "403" in "".join(wrong)  # rosa's own try, and nothing else
        assert len(wrong) == 1
