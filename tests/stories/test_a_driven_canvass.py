"""A canvass driven by a real car: asked on a page, accepted on the car's screen, its way over the department's roads, withdrawn in the car.

Office and car speak over real HTTP; a satellite receiver of this test says where the car is.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import replace

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect, sync_playwright

from platewarden.demo import cast
from platewarden.demo.story import CASE, SHIFT, STANDS_AT, prepare_office
from platewarden.demo.visitor import Visitor
from platewarden.exchange.shift_key import key_file_name
from platewarden.unit.config import load_config, write_config
from platewarden.unit.screen.testing import free_port
from tests.pages.test_pages import CHROMIUM, FLAGS
from tests.stories.test_a_card_in_the_car import ended
from tests.stories.test_a_look_in_a_browser import sign_in, state_purpose

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
PATIENCE_MS = 60_000
LAT, LON = STANDS_AT
EAST = 0.0000121  # a metre, in degrees


class Receiver:
    """Speaks like gpsd, twice a second. The car drives along Central Ave, 25 metres a second, once it is told to."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.east_m = -300.0
        self.drives = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                peer, _ = self.server.accept()
                threading.Thread(target=self._tell, args=(peer,), daemon=True).start()

    def _tell(self, peer: socket.socket) -> None:
        with suppress(OSError), peer:
            while True:
                said = {
                    "class": "TPV",
                    "mode": 3,
                    "lat": LAT,
                    "lon": LON + self.east_m * EAST,
                    "speed": 12.5,
                    "track": 90.0,
                    "eph": 4.0,
                }
                peer.sendall(json.dumps(said).encode() + b"\n")
                time.sleep(0.5)
                if self.drives.is_set() and self.east_m < 300:
                    self.east_m += 12.5

    def close(self) -> None:
        self.server.close()


def road(name, *points):
    return {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "LineString", "coordinates": points}}


ROADS = {
    "type": "FeatureCollection",
    "features": [
        road("Central Ave", [LON - 600 * EAST, LAT], [LON + 600 * EAST, LAT]),
        road("Second St", [LON, LAT - 0.005], [LON, LAT + 0.005]),
    ],
}


def test_a_canvass_is_asked_driven_drawn_and_withdrawn(at):
    with ExitStack() as last:
        origin = at.config.public_origin
        people = {number: last.enter_context(Visitor(origin, player)) for number, player in at.players.items()}
        for number in (cast.SUPERVISOR, cast.DESIGNEE, cast.INVESTIGATOR):
            people[number].sign_in()
        unit = prepare_office(at, people[cast.SUPERVISOR], people[cast.DESIGNEE], people[cast.INVESTIGATOR], lambda *_: None)
        (at.config.data / "roads.geojson").write_text(json.dumps(ROADS))
        (unit / "roads.geojson").write_text(json.dumps(ROADS))
        receiver = Receiver()
        last.callback(receiver.close)
        config = replace(load_config(unit), latitude=None, longitude=None, gps=f"gpsd:{receiver.port}", streets="roads.geojson")
        write_config(unit, replace(config, contact_every_s=1))
        seen, stick = at.folder / "seen", at.folder / "stick"
        seen.mkdir()
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

        # in the car: signed on, nothing asked
        car = browser.new_page(viewport={"width": 1024, "height": 600})
        car.set_default_timeout(PATIENCE_MS)
        until = time.monotonic() + 60
        while True:
            try:
                car.goto(f"http://127.0.0.1:{port}/")
                break
            except PlaywrightError:
                assert driving.poll() is None, "the car did not start"
                assert time.monotonic() < until, "the car's screen did not answer"
                time.sleep(0.3)
        car.get_by_label("Member number").fill(cast.OPERATOR)
        car.get_by_label("Shift secret").fill(at.players[cast.OPERATOR].shift_secret)
        car.locator("input[name=purpose][value=routine-patrol]").check(force=True)
        car.locator("input[name=reference]").fill(SHIFT)
        car.locator("main button[type=submit]").click()
        car.wait_for_selector(".watching")

        # at the office: an incident, and the nearest car is asked
        page = browser.new_page(viewport={"width": 1440, "height": 900}, timezone_id="America/Chicago")
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request", lambda request: wrong.append(request.url) if not request.url.startswith((origin, "data:", "blob:")) else None
        )
        sign_in(page, origin, at.players[cast.INVESTIGATOR])
        state_purpose(page, "criminal-investigation", CASE)
        page.goto(f"{origin}/incidents/new/")
        page.get_by_label("What happened").select_option("hit and run")
        page.get_by_label("Place", exact=False).first.fill("Central Ave & Second St")
        office_now = page.evaluate("new Date().getTime()")
        for name, minutes in (("since", -20), ("until", 0)):
            local = page.evaluate(
                "ms => new Date(ms).toLocaleString('sv-SE').slice(0, 16).replace(' ', 'T')", office_now + minutes * 60_000
            )
            page.locator(f"input[name={name}]").fill(local)
        for name, value in (("lat", LAT), ("lon", LON), ("radius_m", 250)):
            page.locator(f"input[name={name}]").fill(str(value))
        page.get_by_role("button", name="Open it").click()
        until = time.monotonic() + 60
        while "m away" not in page.content():
            assert time.monotonic() < until, "the office does not know where the car is"
            time.sleep(1)
            page.reload()
        expect(page.get_by_text(re.compile(r"Car 12, 300 m away"))).to_be_visible()
        page.locator("input[name=units]").check(force=True)
        page.locator("input[name=instruction]").fill("Red pickup, right headlight broken")
        page.get_by_role("button", name="Ask them").click()
        expect(page.locator("#cars")).to_contain_text("Car 12")

        # in the car: it comes up by itself, and is accepted with a key
        car.get_by_text("CANVASS ASKED").wait_for()
        expect(car.locator("main")).to_contain_text("Red pickup")
        expect(car.locator("main")).to_contain_text(CASE)
        expect(car.locator(".lies")).to_contain_text("300 m to the east")
        car.wait_for_load_state("load")
        car.keyboard.press("1")
        car.get_by_text("CANVASS UNDER WAY").wait_for()
        receiver.drives.set()
        car.get_by_text("You are in the area.").wait_for()

        # at the office: driving, and its way is drawn over the roads
        expect(page.locator("#cars")).to_contain_text("Driving", timeout=PATIENCE_MS)
        until = time.monotonic() + 90
        while receiver.east_m < 300 and time.monotonic() < until:
            time.sleep(0.5)
        page.get_by_role("button", name="Where they drove").click()
        until = time.monotonic() + 60
        while not re.search(r"(4\d|50|51) %", page.locator("#covered").inner_text()):
            assert time.monotonic() < until, page.locator("#covered").inner_text()
            time.sleep(2)
            page.get_by_role("button", name="Draw it anew").click()
        expect(page.locator("[data-map][data-ready]")).to_be_visible(timeout=30_000)
        left = page.get_by_role("region", name="Streets not covered")
        expect(left).to_contain_text("Second St")

        # withdrawn: the car's screen says so by not asking any more
        page.goto(f"{origin}/incidents/1/")
        page.locator("summary").filter(has_text="Withdraw").click()
        page.locator("#cars input[name=because]").fill("vehicle found")
        page.get_by_role("button", name="Withdraw it").click()
        expect(page.locator("#cars")).to_contain_text("Withdrawn")
        car.wait_for_selector(".watching")
        page.goto(f"{origin}/ledger/mine/")
        for act in ("investigations.task", "investigations.coverage", "investigations.task_withdrawn"):
            expect(page.get_by_text(act, exact=True).first).to_be_visible()
        assert wrong == []
