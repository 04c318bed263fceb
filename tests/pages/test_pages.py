"""Every page, looked at by a browser: nothing refused by its policy, nothing from elsewhere, nothing wider than the screen, no
fault that axe finds, in day and night colours; and what the scripts do. The preview beside this file serves the pages.

With PLATEWARDEN_PICTURES=docs/pictures the pictures of the docs are written.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

CHROMIUM = next(
    (path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome") if Path(path).exists()), None
)
FLAGS = "--no-sandbox --use-angle=swiftshader --enable-unsafe-swiftshader --no-first-run --disable-background-networking --disable-component-update --disable-sync --disable-quic"
ROOT = Path(__file__).resolve().parents[2]
WIDE, TABLET = (1440, 900), (800, 1100)
PARTS = 8  # so that two processes share the pages
IN_DOCS = {
    "sign-in": ("day",),
    "home": ("day",),
    "home-operator": ("day",),
    "release": ("day",),
    "audit": ("day",),
    "incident": ("day",),
    "lists": ("day",),
    "units": ("day",),
    "console": ("day", "night"),
    "card": ("day", "night"),
    "search-result": ("day",),
    "around": ("day",),
    "coverage": ("day",),
    "retention": ("day",),
    "package-booked": ("day",),
    "complaint": ("day",),
    "refused": ("day",),
    "public": ("day",),
    "public-site": ("day",),
    "car-sign-on": ("day",),
    "car-alert": ("day", "night"),
    "car-canvass": ("day", "night"),
    "car-refused": ("night",),
    "car-locked": ("night",),
    "stop-1": ("day",),
    "stop-3": ("day",),
    "stop-6": ("day",),
    "stop-8": ("day",),
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def preview() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, "-m", "tests.pages.preview"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), "the preview did not start"
        yield address
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as tool:
        chromium = tool.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser):
    made = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]})
    yield made
    made.close()


def names(address: str) -> tuple[list[str], list[str]]:
    import urllib.request

    with urllib.request.urlopen(f"{address}/p/") as answer:
        every, patrol = answer.read().decode().splitlines()
    return every.split(), patrol.split()


def from_doubts_to_plate(page) -> dict[str, float]:
    """Where a card says why it may be wrong, lays read beside listed, and shows the plate."""
    first, last = (page.locator(f".{each}").bounding_box() for each in ("pt-doubts", "pt-plate"))
    x, y = min(first["x"], last["x"]) - 8, first["y"] - 8
    right = max(each["x"] + each["width"] for each in (first, last))
    return {"x": x, "y": y, "width": right - x + 8, "height": last["y"] + last["height"] - y + 8}


def faults_of(page, said: list[str], address: str, name: str, picture: Path | None = None) -> list[str]:
    """What is wrong with a page as it stands in the browser, and as it stands when the window becomes a tablet's."""
    said.clear()
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    found: list[str] = []
    answer = page.goto(f"{address}/p/{name}/")
    if answer.status != 200:
        found.append(f"status {answer.status}")
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the screen")
    if picture:
        if page.locator("[data-map]").count():
            page.wait_for_selector("[data-map][data-ready]")
            page.wait_for_timeout(1500)  # its tiles are drawn by a worker of its own
        if name.startswith("stop-"):
            page.screenshot(path=picture, clip=from_doubts_to_plate(page), full_page=True)
        else:
            page.screenshot(path=picture, full_page=name != "card")
    found += [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in axe.Axe().run(page).response["violations"]]
    page.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than a tablet's screen")
    return found + [each for each in said if not each.startswith(("asks " + address, "asks data:"))]


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("theme", ["day", "night"])
def test_no_page_has_a_fault(preview: str, browser, theme: str, part: int) -> None:
    every, patrol = names(preview)
    pictures = Path(os.environ["PLATEWARDEN_PICTURES"]) if "PLATEWARDEN_PICTURES" in os.environ else None
    faults: dict[str, list[str]] = {}
    said: list[str] = []
    context = browser.new_context()
    try:
        context.add_init_script(f"localStorage.setItem('platewarden.night', '{'yes' if theme == 'night' else 'no'}')")
        page = context.new_page()  # one for all: a new one, with axe read anew, takes as long as the looking
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: said.append(f"asks {request.url}"))
        for name in (patrol if theme == "night" else every)[part::PARTS]:
            picture = pictures / f"{name}-{theme}.png" if pictures and theme in IN_DOCS.get(name, ()) else None
            faults[name] = faults_of(page, said, preview, name, picture)
    finally:
        context.close()
    assert {name: found for name, found in faults.items() if found} == {}


def test_an_alert_comes_up_once_on_top_of_every_open_console(preview: str, context) -> None:
    pages = [context.new_page(), context.new_page()]
    for page in pages:
        page.goto(f"{preview}/p/console/")
    for page in pages:
        page.wait_for_selector('li[data-alert="1043"]')
        page.wait_for_selector('[data-live="live"]')
        assert page.locator("[data-alerts] > li").first.get_attribute("data-alert") == "1043"
        assert page.locator('li[data-alert="1043"]').count() == 1
        assert page.title().startswith("(3) ")
        assert "RBX2047" in page.locator("div[data-said]").inner_text()


def test_a_lost_connection_is_said_and_nothing_is_said_to_be_live(preview: str, context) -> None:
    context.route("**/alerts/stream/**", lambda route: route.abort())
    page = context.new_page()
    page.add_init_script("delete window.SharedWorker")
    page.goto(f"{preview}/p/console/")
    page.wait_for_selector('[data-live="lost"]')
    assert page.locator("[data-lost]").is_visible()


def test_night_is_switched_by_one_tap_and_remembered_on_patrol_pages_only(preview: str, context) -> None:
    page = context.new_page()
    page.goto(f"{preview}/p/card/")
    page.click("[data-night-switch]")
    assert page.get_attribute("html", "data-theme") == "night"
    page.goto(f"{preview}/p/console/")
    assert page.get_attribute("html", "data-theme") == "night"
    page.goto(f"{preview}/p/search/")
    assert page.get_attribute("html", "data-theme") is None


def test_the_card_asks_for_grounds_only_for_enforcement_and_answers_keys(preview: str, context) -> None:
    page = context.new_page()
    page.goto(f"{preview}/p/card/")
    grounds = page.locator("[data-grounds]")
    page.get_by_text("Misread", exact=True).click()
    assert not grounds.is_visible()
    page.get_by_text("Stop made", exact=True).click()
    assert grounds.is_visible()
    page.locator("h1").click()
    page.keyboard.press("2")
    assert page.evaluate("document.activeElement.name") == "characters"
    page.keyboard.press("3")
    assert page.evaluate("document.activeElement.id") == "ask_state", "the state system is asked first, where one is connected"


def test_sound_is_off_until_it_is_enabled_by_hand(preview: str, context) -> None:
    page = context.new_page()
    page.goto(f"{preview}/p/console-empty/")
    button = page.locator("[data-sound]")
    assert button.inner_text() == "Enable sound"
    button.click()
    page.wait_for_selector('[data-sound][aria-pressed="true"]')


def test_the_purpose_page_says_which_number_it_asks_for(preview: str, context) -> None:
    page = context.new_page()
    page.goto(f"{preview}/p/purpose/")
    page.get_by_text("Routine patrol").click()
    assert page.locator("[data-reference-label]").inner_text() == "Shift number"
    assert "2A-1123" in page.locator("[data-reference-hint]").inner_text()


def test_entries_that_look_alike_are_counted_while_a_bolo_is_typed_and_not_for_a_part_of_a_plate(preview: str, context) -> None:
    asked = []

    def answer(route):
        asked.append(route.request.post_data)
        route.fulfill(json={"alike": 2})

    page = context.new_page()
    page.route("**/new/alike/", answer)
    page.goto(f"{preview}/p/bolo-new/")
    page.fill("[name=plate]", "7?K4")
    page.wait_for_timeout(900)
    assert asked == []
    page.fill("[name=plate]", "XKW4771")
    page.get_by_text("Entries in force that look like this: 2.").wait_for()
    assert len(asked) == 1
    assert "plate=XKW4771" in asked[0]
    page.fill("[name=plate]", "XKW")
    page.get_by_text("Entries in force that look like this").wait_for(state="hidden")


def test_targets_on_patrol_pages_are_large_enough_for_a_car(preview: str, context) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})
    page.goto(f"{preview}/p/card/")
    small = page.evaluate(
        """() => [...document.querySelectorAll('main button, main label.pw-choice, main label.pt-tap, main input:not([type=radio]):not([type=hidden]), main select')]
            .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 43.5).map((each) => each.outerHTML.slice(0, 100))"""
    )
    assert small == []
