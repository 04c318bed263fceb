"""The car's own screen in a real browser, at 1024 by 600: sign-on, an alert, three taps, an outcome that goes up.

Nothing refused by its policy, nothing from elsewhere, nothing to scroll on a card, targets large enough for a car; axe finds no
fault, by day and by night. With PLATEWARDEN_PICTURES=docs/pictures the pictures of the docs are written.
"""

from __future__ import annotations

import io
import os
from datetime import timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from platewarden.demo.scenes import draw_scene
from platewarden.exchange.alert_outcome import AlertOutcome
from platewarden.exchange.hotlist_edition import Approach, Category
from platewarden.exchange.read_report import Place
from platewarden.exchange.task_answer import TaskAnswer
from platewarden.policy.verification import Answered, Outcome
from platewarden.recognition.picture import Picture
from platewarden.unit import pictures
from platewarden.unit.place import Where
from platewarden.unit.screen.testing import parked
from platewarden.unit.streets import Streets
from platewarden.unit.testing import SECRET, Office, canvass_task, entry, member, serving
from tests.pages.test_pages import CHROMIUM, FLAGS, axe, playwright

SIZE = {"width": 1024, "height": 600}
ROBBERY = entry("87K4TR1", urgent=True, caution=True, category=Category.WANTED_VEHICLE)
MISSING = entry("KFZ7311", "WI", approach=Approach.DO_NOT_STOP, category=Category.MISSING_PERSON)
STOLEN = entry("DRL5188")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium"),
]


@cache
def pictured(text: str, state: str | None, seed: int, *, dusk: bool = False) -> dict[str, bytes | None]:
    """The two pictures of a drawn scene, cut as the car cuts them."""
    scene = draw_scene(text, state, seed, dusk=dusk)
    seen = Picture("scene", np.asarray(Image.open(io.BytesIO(scene.jpeg)).convert("RGB")))
    box = scene.plate
    corners = (
        (box.x, box.y),
        (box.x + box.width, box.y),
        (box.x + box.width, box.y + box.height),
        (box.x, box.y + box.height),
    )
    return {"plate_picture": pictures.plate(seen, corners), "overview_picture": pictures.overview(seen)}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    office = Office()
    office.publish_hotlist(41, [STOLEN])
    office.publish_roster(6, [member(), member("2280", "Officer Udo Untrained", trained_until=None)])
    with serving(office), parked(tmp_path_factory.mktemp("car"), office) as parked_car:
        yield parked_car


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as tool:
        chromium = tool.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield chromium
        chromium.close()


@pytest.fixture
def page(here, browser):
    context = browser.new_context(viewport=SIZE, permissions=["clipboard-read", "clipboard-write"])
    made, wrong = context.new_page(), []
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.on("console", lambda message: wrong.append(message.text) if "Security Policy" in message.text else None)
    made.on("request", lambda request: None if request.url.startswith((here.address, "data:")) else wrong.append(request.url))
    yield made
    context.close()
    if here.station.shift:
        here.station.over()
    assert wrong == []


def sign_on(here, page, number="4417"):
    page.goto(here.address)
    page.get_by_label("Member number").fill(number)
    page.get_by_label("Shift secret").fill(SECRET)
    page.locator("main button[type=submit]").click()


def keep(page, name, theme):
    if "PLATEWARDEN_PICTURES" in os.environ:
        page.screenshot(path=Path(os.environ["PLATEWARDEN_PICTURES"]) / f"{name}-{theme}.png")


def press(page, key):
    """A key, once the page that takes it has its script: a form's answer is a new page, and its words are there before its files."""
    page.wait_for_load_state("load")
    page.keyboard.press(key)


def faults(page):
    """What does not fit a car: something cut off, a small target, what axe finds. Measured once the page has its style."""
    page.wait_for_load_state("load")
    found = page.evaluate(
        """() => [...document.querySelectorAll('main button, main a, main input:not([type=hidden]):not([type=radio]), nav a, nav button, .choice, .queued')]
            .filter((each) => each.offsetParent && !each.closest('.told'))
            .filter((each) => { const box = each.getBoundingClientRect(), cut = each.closest('main');
                return box.height < 55.5 || box.bottom > 600.5 || (cut && box.bottom > cut.getBoundingClientRect().bottom + 0.5); })
            .map((each) => each.outerHTML.slice(0, 90))"""
    )
    return found + [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in axe.Axe().run(page).response["violations"]]


def alerts(here):
    here.alert(MISSING, "KFZ7311", "WI", **pictured("KFZ7311", "WI", 8))
    for _ in range(2):
        here.alert(STOLEN, "DRL5188", "IL", **pictured("DRL5188", "IL", 3))
    crossing = Where(Place(42.1817, -87.8003, 4.0, None, 0.5, "Central Ave & Green Bay Rd"), None)
    here.alert(ROBBERY, "B7K4TR1", None, where=crossing, **pictured("B7K4TR1", "IL", 5, dusk=True))


def test_a_member_without_training_is_refused_with_the_clause(here, page):
    sign_on(here, page, "2280")
    page.wait_for_selector(".said")
    assert "427.4(d)" in page.locator(".said").inner_text()
    assert page.locator("[name=secret]").input_value() == ""


def test_from_sign_on_to_an_outcome_at_the_office_with_keys_alone(here, page):
    page.goto(here.address)
    page.wait_for_selector("h1")
    assert faults(page) == []
    keep(page, "car-sign-on", "day")
    sign_on(here, page)
    page.wait_for_selector(".watching")
    assert faults(page) == []
    here.alert(ROBBERY, "B7K4TR1", None, **pictured("B7K4TR1", "IL", 5, dusk=True))
    page.wait_for_selector(".plate")
    assert page.evaluate("document.documentElement.dataset.rang") == "1"
    press(page, "c")
    page.wait_for_selector("[data-copied=yes]")
    assert page.evaluate("navigator.clipboard.readText()") == "B7K4TR1"
    press(page, "1")
    page.get_by_text("2 of 3").wait_for()
    press(page, "1")
    page.get_by_text("3 of 3").wait_for()
    assert faults(page) == []
    page.get_by_label("What came back").fill("active, wanted, Lake County, ref 77-1204")
    page.locator("[data-key='1']").click()
    page.get_by_text("Stop made").click()
    page.get_by_text("Closed").wait_for()
    while here.car.spool.counts().unsent:
        here.car.transfer.round()
    returned, disposed = [each for each in here.car.office.field if isinstance(each, AlertOutcome)]
    assert (returned.returned.seen.answer, returned.member) == (Answered.CONFIRMS, "4417")
    assert (disposed.disposed.outcome, disposed.entry_id) == (Outcome.STOP, ROBBERY.entry_id)


@pytest.mark.parametrize("theme", ["day", "night"])
def test_a_card_with_everything_on_it_needs_no_scrolling(here, page, theme):
    sign_on(here, page)
    page.wait_for_selector(".watching")
    alerts(here)
    page.goto(here.address)
    if theme == "night":
        press(page, "n")
    assert page.get_attribute("html", "data-theme") == theme
    assert page.locator(".plate").get_attribute("aria-label") == "B 7 K 4 T R 1", "the pressing one first"
    assert faults(page) == []
    keep(page, "car-alert", theme)
    bars = page.locator(".bar").all_inner_texts()
    assert bars == ["CAUTION: may be armed and dangerous", "VERIFY BEFORE ACTING"]
    page.locator(".queued").filter(has_text="KFZ7311").click()
    page.wait_for_selector(".bar--stop")
    assert page.locator(".bar").first.inner_text() == "DO NOT STOP THIS VEHICLE. TELL DISPATCH."
    for tap in ("2 of 3", "3 of 3"):
        press(page, "1")
        page.get_by_text(tap).wait_for()
        assert faults(page) == []
    press(page, "3")
    page.wait_for_selector(".ends")
    assert faults(page) == []
    page.get_by_text("Stop made").click()
    page.wait_for_selector(".said")
    assert "427.4(f)" in page.locator(".said").inner_text()
    assert faults(page) == []
    if theme == "night":
        keep(page, "car-refused", theme)
    press(page, "Escape")
    for name in ("shift", "query", "voice", "crew"):
        page.goto(f"{here.address}/{name}")
        assert faults(page) == [], name
    page.goto(here.address)
    press(page, "l")
    page.wait_for_selector(".unlock")
    assert page.locator(".plate").count() == 1
    assert faults(page) == []
    if theme == "night":
        keep(page, "car-locked", theme)


def test_mute_keeps_back_a_routine_alert_and_never_a_pressing_one(here, page):
    page.add_init_script(
        "window.heard = 0; const real = OscillatorNode.prototype.start; OscillatorNode.prototype.start = function (at) { window.heard++; return real.call(this, at); };"
    )
    sign_on(here, page)
    page.wait_for_selector(".watching")
    press(page, "m")
    here.alert(STOLEN, "DRL5188")
    page.wait_for_selector(".plate")
    page.locator("html[data-rang='1']").wait_for(state="attached")
    assert page.evaluate("heard") == 0
    here.alert(ROBBERY, "87K4TR1")
    page.locator("html[data-rang='2']").wait_for(state="attached")
    assert page.evaluate("heard") == 4


def town():
    """Streets a block apart around the scene of a canvass."""
    lines = []
    for each in range(-6, 7):
        lines.append((f"{each + 20}th Ave", [(42.1817 + each * 0.0009, -87.8090 + step * 0.0015) for step in range(13)]))
        lines.append((f"{each + 20}th St", [(42.1763 + step * 0.0009, -87.8003 + each * 0.0015) for step in range(13)]))
    return Streets(lines)


@pytest.mark.parametrize("theme", ["day", "night"])
def test_a_canvass_is_asked_accepted_driven_and_done_with_keys_alone(here, page, theme):
    office, tasks = here.car.office, here.station.tasks
    number = office.task_number + 10
    here.screen.pages = type(here.screen.pages)(here.station, town())
    sign_on(here, page)
    page.wait_for_selector(".watching")
    if theme == "night":
        press(page, "n")
    office.publish_tasks(office.task_number + 1, [canvass_task(number)])
    here.car.transfer.contact()
    page.get_by_text("CANVASS ASKED").wait_for()
    assert page.evaluate("document.documentElement.dataset.rang") == "1"
    assert page.get_attribute("html", "data-theme") == theme
    assert faults(page) == []
    press(page, "2")
    page.get_by_text("Why can it not be done?").wait_for()
    assert faults(page) == []
    press(page, "4")
    page.get_by_text("CANVASS ASKED").wait_for()
    press(page, "1")
    page.get_by_text("CANVASS UNDER WAY").wait_for()
    for step in range(40):
        here.car.clock.wait(timedelta(seconds=2))
        east, north = (min(step, 20) - 15) * 0.0004, max(0, step - 20) * 0.0001
        at = Where(Place(42.1799 + north, -87.8003 + east, 4.0, 90.0, 0.0), None)
        here.station.where = lambda at=at: at
        tasks.follow(at, here.station.shift, here.car.clock())
    page.locator(".map .way").wait_for(state="attached")
    page.get_by_text("You are in the area.").wait_for()
    assert faults(page) == []
    keep(page, "car-canvass", theme)
    here.alert(STOLEN, "DRL5188", "IL", **pictured("DRL5188", "IL", 3))
    page.wait_for_selector(".plate")
    page.goto(f"{here.address}/tasks/{number}")
    press(page, "1")
    page.wait_for_selector(".plate")
    while here.car.spool.counts().unsent:
        here.car.transfer.round()
    said = [each.said.value for each in office.field if isinstance(each, TaskAnswer) and each.task == number]
    assert said == ["accepted", "done"]
    office.publish_tasks(office.task_number + 1, [])
    here.car.transfer.contact()
