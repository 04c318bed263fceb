"""A member at a real browser, before a real server, a real car and a real database: from sign-in to "stop made", and a search."""

from __future__ import annotations

import re
import threading
import time
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from platewarden.demo import cast
from platewarden.demo.story import CASE, SHIFT, Told, drive_once, edition_is_out, prepare_office
from platewarden.demo.visitor import Visitor, code_now
from tests.pages.test_pages import CHROMIUM, FLAGS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def sign_in(page: Page, origin: str, player: cast.Player) -> None:
    page.goto(f"{origin}/alerts/")
    page.get_by_label("Member number").fill(player.number)
    page.get_by_label("Password").fill(player.password)
    page.locator("main button[type=submit], form button[type=submit]").first.click()
    page.locator("input[name=code]").fill(code_now(player.seed))
    page.locator("button[type=submit]").first.click()


def state_purpose(page: Page, value: str, reference: str) -> None:
    page.locator(f"input[name=purpose][value={value}]").check()
    page.locator("input[name=reference]").fill(reference)
    page.locator("form[data-purpose] button[type=submit]").click()


def test_an_alert_comes_up_live_is_doubted_verified_and_closed(at):
    with ExitStack() as last:
        people = {number: last.enter_context(Visitor(at.config.public_origin, player)) for number, player in at.players.items()}
        for number in (cast.SUPERVISOR, cast.DESIGNEE, cast.INVESTIGATOR):
            people[number].sign_in()
        unit = prepare_office(at, people[cast.SUPERVISOR], people[cast.DESIGNEE], people[cast.INVESTIGATOR], lambda *_: None)
        until = time.monotonic() + 30
        while not edition_is_out(people[cast.SUPERVISOR]) and time.monotonic() < until:
            time.sleep(0.3)
        player = last.enter_context(sync_playwright())
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        last.callback(browser.close)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None)
        page.on(
            "request",
            lambda request: wrong.append(request.url) if not request.url.startswith((at.config.public_origin, "data:")) else None,
        )

        sign_in(page, at.config.public_origin, at.players[cast.OPERATOR])
        state_purpose(page, "routine-patrol", SHIFT)
        expect(page.get_by_role("status")).to_contain_text("Live", timeout=20_000)
        expect(page.locator("li[data-alert]")).to_have_count(0)

        driving = threading.Thread(target=drive_once, args=(at, unit, Told(), lambda *_: None))
        driving.start()
        strip = page.locator("li[data-alert]").first
        expect(strip).to_be_visible(timeout=120_000)
        expect(strip).to_contain_text("Possible only")
        driving.join()

        strip.locator("a").first.click()
        expect(page.get_by_role("heading", name="Why this may be wrong")).to_be_visible()
        page.get_by_role("button", name="Acknowledge").click()
        page.locator("input[name=outcome][value='stop made']").check(force=True)
        page.locator("select[name=ground]").select_option("verified")
        page.get_by_role("button", name="Record and close").click()
        expect(page.get_by_text("427.4(f)").first).to_be_visible()
        expect(page.get_by_text(re.compile("cannot be recorded on this alert alone"))).to_be_visible()

        page.goto(f"{at.config.public_origin}/alerts/1/")
        for name in ("characters", "state", "vehicle"):
            page.locator(f"input[name={name}][value=same]").check(force=True)
        page.locator("input[name=answer][value=confirms]").check(force=True)
        page.locator("input[name=reference]").fill("LDS-20261123-7")
        page.locator("input[name=returned_at]").fill(_hour_of(page))
        page.get_by_role("button", name="Record verification").click()
        page.locator("input[name=outcome][value='stop made']").check(force=True)
        page.locator("select[name=ground]").select_option("verified")
        page.get_by_role("button", name="Record and close").click()
        expect(page.get_by_role("heading", name="Stop made")).to_be_visible()

        page.goto(f"{at.config.public_origin}/purpose/")
        state_purpose(page, "criminal-investigation", CASE)
        page.goto(f"{at.config.public_origin}/reads/search/")
        page.locator("input[name=plate]").fill(at.wanted[:3] + "*")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("button", name=re.compile("Look for its reads")).first.click()
        expect(page.locator("img.pw-thumb").first).to_be_visible()
        assert at.wanted not in page.url
        page.goto(f"{at.config.public_origin}/ledger/mine/")
        expect(page.get_by_text("reads.search").first).to_be_visible()
        assert wrong == []


def _hour_of(page: Page) -> str:
    """The office's hour as the page shows it, 24-hour."""
    found = re.search(r"\b(\d\d:\d\d):\d\d C[SD]T", page.inner_text("main"))
    assert found
    return found.group(1)
