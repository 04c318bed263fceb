"""A whole run of the unit, killed again and again: what was kept is at the office once, with no gap.

Run as a program (`python -m platewarden.unit.tests.test_run DATA SOURCE`) it is the car, with an engine that reads a
photograph's name.
"""

import functools
import io
import random
import re
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from PIL import Image

from platewarden.recognition import recognizer
from platewarden.recognition.result import Reading
from platewarden.unit.config import UnitConfig, write_config
from platewarden.unit.enrolment import SPOOL, enrol
from platewarden.unit.link import Link
from platewarden.unit.pairing import pair
from platewarden.unit.run import end, run_shift
from platewarden.unit.screen.serve import free_port
from platewarden.unit.screen.tests.test_paired import Laptop
from platewarden.unit.shift import Stated
from platewarden.unit.spool import Spool
from platewarden.unit.testing import KEY, SECRET, Office, car_12, entry, member, plug_in, serving

KILLS = 6
CORNERS = ((2.0, 2.0), (14.0, 2.0), (14.0, 6.0), (2.0, 6.0))


def now():
    return datetime.now(UTC)


class ByName:
    name = "by-name"

    def recognise(self, picture):
        return (Reading(picture.name.partition(".")[0], 0.9, None, None, CORNERS, (), (), self.name),)


def open_engine(threads):
    return ByName()


def drive(data, source):
    recognizer.ENGINES["by-name"] = __name__
    end(
        run_shift(
            data,
            source,
            Stated("4417", SECRET, "routine-patrol"),
            engine="by-name",
            once=True,
            wait_s=30,
            clock=now,
            timer=time.monotonic,
            chance=random.SystemRandom(),
            screen=sys.stderr,
            as_json=True,
        )
    )


def the_car(data, source):
    name = __spec__.name if __spec__ else __name__
    return subprocess.Popen([sys.executable, "-m", name, data, source], stderr=subprocess.PIPE, text=True)


def alerts_of(car, until):
    """Kill the car once it has shown so many alerts, or let it end; how many it has shown in all."""
    shown = 0
    for line in car.stderr:
        shown += '"alert":' in line
        if shown == until:
            car.kill()
    return shown


def test_a_car_killed_again_and_again_loses_nothing_and_doubles_nothing(tmp_path):
    data, source = tmp_path / "car", tmp_path / "photos"
    source.mkdir()
    for number in range(KILLS):
        Image.new("RGB", (16, 8), "white").save(source / f"7ABC12{number}.jpg")
    office = Office(clock=now)
    office.publish_hotlist(1, [entry("7ABC12?")])
    office.publish_roster(1, [member()])
    with serving(office):
        config = UnitConfig(name="car 12", server=office.server, office=office.fingerprint, sticks=plug_in(tmp_path / "media"))
        with Link(office.server) as link:
            enrol(data, config, link, clock=now, pause=lambda _: None, tries=1, say=lambda _: None)
        shown = 0
        for kill in range(1, KILLS + 1):
            with the_car(data, source) as car:
                shown += alerts_of(car, until=kill)
        with the_car(data, source) as car:
            shown += alerts_of(car, until=None)
            assert car.wait() == 0

    counts, _ = Spool.look(data / SPOOL)
    last = counts.last_sequence["read"]
    assert (counts.unsent, counts.quarantined) == (0, 0)
    assert sorted(office.reports) == list(range(1, last + 1))
    assert sorted(office.pages) == list(range(1, counts.last_sequence["journal"] + 1))
    for stream, sequence, same in office.received:
        assert office.digests[stream, sequence] == same
    # each kill may cost the one read that was being made when it came, which was never kept
    assert shown - KILLS <= last <= shown
    journal = [line for number in sorted(office.pages) for line in office.pages[number].lines]
    assert sum(line.act == "alert.shown" for line in journal) >= shown


def test_with_a_screen_members_sign_on_there_and_nothing_is_read_between_their_shifts(tmp_path, monkeypatch):
    monkeypatch.setitem(recognizer.ENGINES, "by-name", __name__)
    data, source, port = tmp_path / "car", tmp_path / "photos", free_port()
    source.mkdir()
    Image.new("RGB", (16, 8), "white").save(source / "7ABC123.jpg")
    office = Office(clock=now)
    office.publish_hotlist(1, [entry("7ABC123")])
    office.publish_roster(1, [member()])
    stops, accounts = [], []

    def run():
        accounts.append(
            run_shift(
                data,
                source,
                None,
                engine="by-name",
                once=False,
                wait_s=10,
                clock=now,
                timer=time.monotonic,
                chance=random.SystemRandom(),
                screen=io.StringIO(),
                screen_port=port,
                told_to_stop=stops.append,
            )
        )

    with serving(office), Link(office.server) as link:
        config = UnitConfig(name="car 12", server=office.server, office=office.fingerprint, sticks=plug_in(tmp_path / "media"))
        enrol(data, config, link, clock=now, pause=lambda _: None, tries=1, say=lambda _: None)
        running = threading.Thread(target=run)
        running.start()
        try:
            address = f"http://127.0.0.1:{port}"
            with httpx.Client(base_url=address, headers={"Origin": address}, trust_env=False) as browser:
                page = until(lambda: answer(browser, "/"), lambda text: "Sign on" in text)
                assert office.reports == {}, "nobody is signed on, so nothing is read"
                for shifts in (1, 2):
                    send(browser, "/sign-on", page, member="4417", secret=SECRET, purpose="routine-patrol")
                    page = until(lambda: answer(browser, "/"), lambda text: "VERIFY BEFORE ACTING" in text)
                    number = re.search(r"/alerts/(\d+)/compare", page)[1]
                    for act, form in (
                        ("compare", {"characters": "different"}),
                        ("compare", {"state": "same"}),
                        ("verify", {"answer": "pending"}),
                    ):
                        send(browser, f"/alerts/{number}/{act}", page, **form)
                    send(browser, f"/alerts/{number}/dispose", page, outcome="misread")
                    assert until(lambda: len(office.field), lambda count, shifts=shifts: count == 2 * shifts)
                    send(browser, "/sign-off", page)
                    page = until(lambda: answer(browser, "/"), lambda text: "Purpose of this shift" in text)
                    assert "7ABC123" not in page
        finally:
            stops[0]()
            running.join(timeout=30)
    assert not running.is_alive()
    assert accounts[0].tally.photos == accounts[0].tally.alerts_shown == 2
    assert [each.disposed.outcome.value for each in office.field if each.disposed] == ["misread", "misread"]
    acts = [line.act for number in sorted(office.pages) for line in office.pages[number].lines]
    assert [each for each in acts if each.startswith("shift.")] == ["shift.sign_on", "shift.sign_off"] * 2


def answer(browser, path):
    try:
        return browser.get(path).text
    except httpx.TransportError:
        return ""


def send(browser, path, page, **form):
    token = re.search(r'data-token="(\w+)"', browser.get("/").text)[1]
    found = browser.post(path, data={"token": token, **form})
    assert found.status_code == 303, found.text
    return found


def until(look, is_right):
    for _ in range(600):
        found = look()
        if is_right(found):
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def test_the_paired_laptop_sees_the_screen_of_a_run(tmp_path, monkeypatch):
    monkeypatch.setitem(recognizer.ENGINES, "by-name", __name__)
    data, source, port, network = tmp_path / "car", tmp_path / "photos", free_port(), f"127.0.0.1:{free_port()}"
    source.mkdir()
    office = Office(clock=now)
    office.publish_roster(1, [member(trained_until=now().date() + timedelta(days=9))])
    stops = []
    with serving(office):
        with car_12(data, office) as car:
            config = replace(car.config, car_network=network)
            write_config(data, config)
            assert car.transfer.contact()
            stated = Stated("4417", SECRET, "", key=KEY)
            paired = pair(
                data, config, car.roster, stated, laptop="patrol 7", to=source, at=now(), journal=car.journal, spool=car.spool
            )
        laptop = Laptop(paired[2], tmp_path)
        options = {"engine": "by-name", "once": False, "wait_s": 1, "clock": now, "timer": time.monotonic, "screen_port": port}
        run = functools.partial(
            run_shift, data, source, None, **options, chance=random.SystemRandom(), screen=io.StringIO(), told_to_stop=stops.append
        )
        running = threading.Thread(target=run)
        running.start()
        try:
            with httpx.Client(base_url=f"https://{network}", verify=laptop.context(), trust_env=False) as browser:
                until(lambda: answer(browser, "/"), lambda text: "Sign on" in text)
        finally:
            until(lambda: stops, bool)
            stops[0]()
            running.join()
    assert Spool.look(data / SPOOL)[1]["laptop_seen_at"]
    acts = [line.act for number in sorted(office.pages) for line in office.pages[number].lines]
    assert "laptop.paired" in acts


if __name__ == "__main__":
    drive(Path(sys.argv[1]), Path(sys.argv[2]))
