"""What a careful officer would say of 305 reads beside a list: full, possible with its doubts, or nothing.

The table was written before the matcher was asked. Its first rows are the wrong stops of the record, by name; no read answers another
row's entry. Each goes the whole way: a list with its file, a signed report, the intake, a hit. What is blocked or warned on the card of a
documented stop is asked of the page.
"""

from __future__ import annotations

import csv
import html
from collections import Counter
from datetime import timedelta
from pathlib import Path

from platewarden.plate.match import Candidate, Doubt
from platewarden.server.alerts.look import DOUBT_SENTENCES
from platewarden.server.alerts.models import Alert
from platewarden.server.alerts.tests.test_views import typed
from platewarden.server.clock import now
from platewarden.server.hotlists.testing import HEADER, list_in_force
from platewarden.server.people.testing import OPERATOR

with (Path(__file__).parent / "near_misses.csv").open(encoding="utf-8", newline="") as _file:
    CASES = list(csv.DictReader(_file))
DOCUMENTED = [case for case in CASES if case["failure"]]
ENDS = {"past": -timedelta(hours=1), "future": timedelta(days=3), "": None}


def list_row(case):
    ends = ENDS[case["expires"]]
    expires = (now() + ends).isoformat() if ends else ""
    return ",".join([case["listed"], case["listed_state"], "stolen_vehicle", f"SV-{case['case']}", expires, case["vehicle"]])


def number(text):
    return float(text) if text else None


def read_all(office):
    """The list of yesterday, which still held what was taken off since; today's; then every read, through the car's door."""
    header = HEADER + ",expires,vehicle"
    list_in_force(*map(list_row, CASES), header=header)
    list_in_force(*(list_row(case) for case in CASES if not case["superseded"]), header=header)
    car = office.car()
    for case in CASES:
        office.receive(
            car,
            case["read"],
            state=case["read_state"] or None,
            state_confidence=number(case["state_confidence"]),
            confidence=number(case["confidence"]),
            candidates=tuple(Candidate(text, 0.3) for text in case["candidates"].split()),
        )
    rows = office.ask_owner(
        "select h.plate, h.tier, h.doubts, h.confusions, h.listed_text, a.id from plates.hit h join office.alerts_alert a on a.hit_id = h.hit_id"
    )
    return {plate: (tier, sorted(doubts), confusions, listed, alert) for plate, tier, doubts, confusions, listed, alert in rows}


def expected(case):
    """Verdict, doubts, and the one character that cameras confuse: its place from 0, as read, as listed."""
    confused = []
    if case["confused"]:
        place, _, signs = case["confused"].partition(":")
        confused = [[int(place) - 1, *signs.split(">")]]
    return (case["verdict"], sorted(case["doubts"].split()), confused, case["listed"].replace("-", ""))


def is_as_said(case, hit):
    return hit is None if case["verdict"] == "none" else hit is not None and hit[:4] == expected(case)


def test_every_near_miss_is_what_a_careful_officer_would_say(office):
    found = read_all(office)
    assert [
        (case["case"], case["family"], found.get(case["read"])) for case in CASES if not is_as_said(case, found.get(case["read"]))
    ] == []
    assert len(CASES) == 305
    assert Counter(case["verdict"] for case in CASES) == {"possible": 159, "none": 112, "full": 34}

    rosa = office.browser(OPERATOR)
    for case in DOCUMENTED:
        if case["verdict"] != "none":
            _the_card_stops_it(rosa, case, found[case["read"]][4])


def _the_card_stops_it(rosa, case, alert):
    """The card says what may be wrong; no stop on the alert alone, nor on a verification that found another vehicle or state."""
    page = html.unescape(rosa.get(f"/alerts/{alert}/").content.decode())
    for doubt in case["doubts"].split():
        assert DOUBT_SENTENCES[Doubt(doubt)] in page, case["failure"]
    assert case["vehicle"] in page
    stop = {"outcome": "stop made", "ground": "verified", "because": ""}
    assert rosa.post(f"/alerts/{alert}/dispose/", stop).status_code == 403, case["failure"]
    assert rosa.post(f"/alerts/{alert}/verify/", typed(characters="different", vehicle="different")).status_code == 302
    assert rosa.post(f"/alerts/{alert}/dispose/", stop).status_code == 403, case["failure"]
    assert Alert.objects.get(pk=alert).state != "disposed"
