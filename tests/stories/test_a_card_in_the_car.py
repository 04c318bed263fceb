"""A member at the car's own screen, in a real browser: refused on the alert alone, verified, "stop made"; and the real office has it."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import ExitStack

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect, sync_playwright

from platewarden.demo import cast
from platewarden.demo.story import SHIFT, edition_is_out, prepare_office
from platewarden.demo.visitor import Visitor
from platewarden.exchange.shift_key import key_file_name
from platewarden.unit.screen.testing import free_port
from tests.pages.test_pages import CHROMIUM, FLAGS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
PATIENCE_MS = 60_000


def ended(process):
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def test_what_is_pressed_in_the_car_is_refused_there_as_at_the_office_and_closes_the_alert_at_the_office(at):
    with ExitStack() as last:
        people = {number: last.enter_context(Visitor(at.config.public_origin, player)) for number, player in at.players.items()}
        for number in (cast.SUPERVISOR, cast.DESIGNEE, cast.INVESTIGATOR, cast.OPERATOR):
            people[number].sign_in()
        unit = prepare_office(at, people[cast.SUPERVISOR], people[cast.DESIGNEE], people[cast.INVESTIGATOR], lambda *_: None)
        until = time.monotonic() + 60
        while not edition_is_out(people[cast.SUPERVISOR]) and time.monotonic() < until:
            time.sleep(0.3)
        seen = at.folder / "seen"
        seen.mkdir()
        (seen / at.wanted_photo.name).write_bytes(at.wanted_photo.read_bytes())
        stick = at.folder / "stick"
        stick.mkdir()
        (stick / key_file_name(cast.OPERATOR)).write_text(at.players[cast.OPERATOR].key_file)
        port = free_port()
        words = ["unit", "run", "--data", str(unit), "--source", str(seen), "--screen", str(port), "--sticks", str(stick), "--json"]
        driving = subprocess.Popen(
            [sys.executable, "-m", "platewarden", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        last.callback(ended, driving)

        player = last.enter_context(sync_playwright())
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        last.callback(browser.close)
        page = browser.new_page(viewport={"width": 1024, "height": 600})
        page.set_default_timeout(PATIENCE_MS)
        address = f"http://127.0.0.1:{port}/"
        while True:
            try:
                page.goto(address)
                break
            except PlaywrightError:
                assert driving.poll() is None, "the car did not start"
                assert time.monotonic() < until + 60, "the car's screen did not answer"
                time.sleep(0.3)
        page.get_by_label("Member number").fill(cast.OPERATOR)
        page.get_by_label("Shift secret").fill(at.players[cast.OPERATOR].shift_secret)
        page.locator("input[name=purpose][value=routine-patrol]").check(force=True)
        page.locator("input[name=reference]").fill(SHIFT)
        page.locator("main button[type=submit]").click()

        page.get_by_text("1 of 3").wait_for()
        for step in ("2 of 3", "3 of 3"):
            page.wait_for_load_state("load")
            page.locator("[data-key='1']").first.click()
            page.get_by_text(step).wait_for()
        page.wait_for_load_state("load")
        page.get_by_text("Not confirmed", exact=True).click()
        page.get_by_text("Not verified").wait_for()
        page.wait_for_load_state("load")
        page.get_by_text("Stop made").click()
        expect(page.locator(".said")).to_contain_text("cannot be recorded on this alert alone")
        expect(page.locator(".said")).to_contain_text("427.4(f)")
        page.wait_for_load_state("load")
        page.get_by_text("Back", exact=True).click()
        page.get_by_text("Ask again").click()
        page.get_by_label("What came back").fill("active, wanted, ref 77-1204")
        page.locator("[data-key='1']").first.click()
        page.locator(".told--good").wait_for()
        page.wait_for_load_state("load")
        page.get_by_text("Stop made").click()
        expect(page.locator("main")).to_contain_text("Closed", timeout=PATIENCE_MS)

        rosa = people[cast.OPERATOR]
        rosa.state_purpose("routine-patrol", SHIFT)
        until, card = time.monotonic() + 90, ""
        while "Stop made</h2>" not in card and time.monotonic() < until:
            time.sleep(0.5)
            card = rosa.page("/alerts/1/")
        assert "Stop made</h2>" in card
        assert "In Car 12" in card
        assert "active, wanted, ref 77-1204" in card
        assert card.count('aria-label="Verification ') == 2
        assert "Waits for the supervisor" not in card
