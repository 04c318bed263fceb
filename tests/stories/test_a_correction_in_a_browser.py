"""Two members at real browsers: one has an alert open, the other corrects its reading by keyboard; it is withdrawn before their eyes, and back."""

from __future__ import annotations

import time
from contextlib import ExitStack

import pytest
from playwright.sync_api import expect, sync_playwright

from platewarden.demo import cast
from platewarden.demo.story import CASE, SHIFT, Told, drive_once, edition_is_out, prepare_office
from platewarden.demo.visitor import Visitor
from tests.pages.test_pages import CHROMIUM, FLAGS
from tests.stories.test_a_look_in_a_browser import sign_in, state_purpose

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
RIGHT = "ZZ99887"


def test_a_corrected_reading_withdraws_its_alert_on_every_screen_and_is_taken_back(at):
    with ExitStack() as last:
        people = {number: last.enter_context(Visitor(at.config.public_origin, player)) for number, player in at.players.items()}
        for number in (cast.SUPERVISOR, cast.DESIGNEE, cast.INVESTIGATOR):
            people[number].sign_in()
        unit = prepare_office(at, people[cast.SUPERVISOR], people[cast.DESIGNEE], people[cast.INVESTIGATOR], lambda *_: None)
        until = time.monotonic() + 30
        while not edition_is_out(people[cast.SUPERVISOR]) and time.monotonic() < until:
            time.sleep(0.3)
        drive_once(at, unit, Told(), lambda *_: None)
        origin = at.config.public_origin

        player = last.enter_context(sync_playwright())
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        last.callback(browser.close)
        patrol, desk = (browser.new_context(viewport={"width": 1440, "height": 900}) for _ in range(2))
        console = patrol.new_page()
        sign_in(console, origin, at.players[cast.OPERATOR])
        state_purpose(console, "routine-patrol", SHIFT)
        expect(console.get_by_role("status")).to_contain_text("Live", timeout=20_000)
        strip = console.locator("li[data-alert]").first
        expect(strip).to_have_attribute("data-state", "raised")
        card = patrol.new_page()
        card.goto(f"{origin}/alerts/1/")
        changed = card.locator("[data-changed]")
        expect(changed).to_be_hidden()

        page = desk.new_page()
        sign_in(page, origin, at.players[cast.INVESTIGATOR])
        state_purpose(page, "criminal-investigation", CASE)
        page.goto(f"{origin}/alerts/1/")
        page.keyboard.press("c")
        expect(page.get_by_role("heading", name="Correct a reading")).to_be_visible()
        expect(page.locator("input[name=plate]")).to_be_focused()
        page.keyboard.press("Control+a")
        page.keyboard.type(RIGHT)
        expect(page.locator("[data-alike]")).to_contain_text("8 with B")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Do not act on this alert")).to_be_visible()
        assert RIGHT not in page.url

        expect(strip).to_have_attribute("data-state", "withdrawn", timeout=15_000)
        expect(strip).to_contain_text("Withdrawn")
        expect(changed).to_be_visible(timeout=15_000)
        expect(card.get_by_role("button", name="Acknowledge")).to_be_disabled()

        page.goto(f"{origin}/reads/search/")
        page.locator("input[name=plate]").fill(RIGHT)
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_text("Corrected from")).to_be_visible()
        page.get_by_role("link", name="Open").first.click()
        page.get_by_text("Take the correction back").click()
        page.get_by_role("button", name="Take it back").click()
        expect(page.get_by_text("a correction was taken back").first).to_be_visible()
        expect(strip).to_have_attribute("data-state", "raised", timeout=15_000)
