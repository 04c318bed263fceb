"""The story of half a plate: an incident on the map, vehicles around it counted, then shown with reasons, a watch, and its end; in a browser."""

from __future__ import annotations

import re
from contextlib import ExitStack

import pytest
from playwright.sync_api import expect, sync_playwright

from platewarden.demo import cast
from platewarden.demo.story import CASE, STANDS_AT, Told, drive_once, prepare_office
from platewarden.demo.visitor import Visitor
from tests.pages.test_pages import CHROMIUM, FLAGS
from tests.stories.test_a_look_in_a_browser import sign_in, state_purpose

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_half_a_plate_and_a_place_become_a_short_reasoned_list(at):
    with ExitStack() as last:
        origin = at.config.public_origin
        people = {number: last.enter_context(Visitor(origin, player)) for number, player in at.players.items()}
        for number in (cast.SUPERVISOR, cast.DESIGNEE, cast.INVESTIGATOR):
            people[number].sign_in()
        unit = prepare_office(at, people[cast.SUPERVISOR], people[cast.DESIGNEE], people[cast.INVESTIGATOR], lambda *_: None)
        drive_once(at, unit, Told(), lambda *_: None)
        player = last.enter_context(sync_playwright())
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        last.callback(browser.close)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, timezone_id="America/Chicago")
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request", lambda request: wrong.append(request.url) if not request.url.startswith((origin, "data:", "blob:")) else None
        )

        sign_in(page, origin, at.players[cast.OPERATOR])
        state_purpose(page, "criminal-investigation", CASE)
        page.goto(f"{origin}/incidents/")
        expect(page.get_by_text("No incident is open")).to_be_visible()
        page.get_by_role("link", name="Open an incident").first.click()
        expect(page.get_by_label("Case number")).to_have_value(CASE)
        page.get_by_label("What happened").select_option("hit and run")
        page.get_by_label("Place", exact=False).first.fill("Central Ave & Second St")
        office_now = page.evaluate("new Date().getTime()")
        for name, minutes in (("since", -20), ("until", 0)):
            local = page.evaluate(
                "ms => new Date(ms).toLocaleString('sv-SE').slice(0, 16).replace(' ', 'T')", office_now + minutes * 60_000
            )
            page.locator(f"input[name={name}]").fill(local)
        expect(page.locator("[data-map][data-ready]")).to_be_visible(timeout=30_000)
        page.locator("[data-map] canvas").click(position={"x": 200, "y": 120})
        assert page.locator("input[name=lat]").input_value(), "a click sets the place"
        lat, lon = STANDS_AT
        page.locator("input[name=lat]").fill(str(lat))
        page.locator("input[name=lon]").fill(str(lon))
        page.locator("input[name=radius_m]").fill("2000")
        page.get_by_role("button", name="Open it").click()
        expect(page.get_by_role("heading", name=re.compile(f"Hit and run, {CASE}"))).to_be_visible()

        half = at.wanted[:3] + "*"
        page.locator("form[action$='/around/'] input[name=plate]").fill(half)
        page.locator("input[name=wider_min]").fill("60")
        page.get_by_role("button", name="Count first").click()
        expect(page.get_by_role("heading", name=re.compile("This would show"))).to_be_visible()
        assert at.wanted not in page.content()
        page.get_by_role("button", name="Show them").click()
        first = page.locator("tr[data-row='1']")
        expect(first).to_contain_text(at.wanted)
        expect(first).to_contain_text("from the scene")
        assert at.wanted not in page.url
        expect(page.locator("[data-map][data-ready]")).to_be_visible(timeout=30_000)
        first.hover()
        expect(page.locator("rect[data-row='1']").first).to_have_class(re.compile("is-chosen"))

        page.goto(f"{origin}/incidents/1/")
        page.locator("form[action$='/watch/'] input[name=plate]").fill(half)
        page.get_by_label("Why, in a sentence").fill("left a hit and run, right headlight broken")
        page.get_by_role("button", name="Look for it").click()
        expect(page.get_by_text("It waits for a second member")).to_be_visible()
        expect(page.get_by_role("cell", name=at.wanted, exact=True)).to_be_visible()  # kept already, found at once
        page.goto(f"{origin}/incidents/1/")
        expect(page.get_by_text("Waiting for the second member")).to_be_visible()
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_label("How it ended").fill("vehicle found, driver charged")
        page.get_by_role("button", name="Close").click()
        expect(page.get_by_text("its watches have ended")).to_be_visible()
        page.goto(f"{origin}/ledger/mine/")
        for act in ("investigations.count", "investigations.canvass", "investigations.close"):
            expect(page.get_by_text(act).first).to_be_visible()
        assert wrong == []
