"""What stands in a list: entries, and every line that is none with its number and a sentence that does not repeat it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from platewarden.exchange.hotlist_edition import Approach, Category
from platewarden.server.clock import now
from platewarden.server.hotlists.layout import parse_layout
from platewarden.server.hotlists.parse import FAULTS_KEPT, parse
from platewarden.server.hotlists.testing import HEADER, csv_of
from platewarden.server.hotlists.tests.test_layout import FIXED, MISSING, VEHICLES, zipped

GOOD = [f"AB{number:05},IL,stolen_vehicle,SV-{number}" for number in range(20)]

BAD = {
    "an empty file": (b"", 1, "empty"),
    "nothing but blank lines": (b"\n\n  \n", 1, "empty"),
    "a header alone": (csv_of(), 1, "no entry"),
    "no header": (b"AB12345,IL,stolen_vehicle,SV-1\n", 1, "the first line names the columns"),
    "a column too few": (csv_of("AB12345,IL,SV-1", header="plate,state,reference"), 1, "the column category is missing"),
    "a column nobody knows": (
        csv_of("AB12345,IL,stolen_vehicle,1,x", header=HEADER + ",owner"),
        1,
        "column 5 has a name that is not known",
    ),
    "a column twice": (csv_of("AB12345,IL,stolen_vehicle,1,IL", header=HEADER + ",state"), 1, "named twice"),
    "another encoding": (csv_of(GOOD[0]) + "AB99999,IL,stolen_vehicle,señal\n".encode("latin-1"), 3, "not UTF-8"),
    "UTF-16": ("plate,state\n".encode("utf-16"), 1, "not UTF-8"),
    "a zero byte": (csv_of(GOOD[0], "AB9\x009999,IL,stolen_vehicle,1"), 3, "zero byte"),
    "an empty plate": (csv_of(GOOD[0], ",IL,stolen_vehicle,1"), 3, ""),
    "an impossible plate": (csv_of(GOOD[0], "ABCDEFGHIJKLM,IL,stolen_vehicle,1"), 3, ""),
    "an accent in a plate": (csv_of(GOOD[0], "ÄB123,IL,stolen_vehicle,1"), 3, ""),
    "a pattern of one character": (csv_of(GOOD[0], "A*,IL,stolen_vehicle,1"), 3, "known characters"),
    "no state": (csv_of(GOOD[0], "AB99999,,stolen_vehicle,1"), 3, "state is missing"),
    "a state that is not there": (csv_of(GOOD[0], "AB99999,QQ,stolen_vehicle,1"), 3, ""),
    "a category that is not there": (csv_of(GOOD[0], "AB99999,IL,boat,1"), 3, "not a category"),
    "no reference": (csv_of(GOOD[0], "AB99999,IL,stolen_vehicle,"), 3, "reference"),
    "too many fields": (csv_of(GOOD[0], "AB99999,IL,stolen_vehicle,1,2"), 3, "number of fields"),
    "too few fields": (csv_of(GOOD[0], "AB99999,IL,stolen_vehicle"), 3, "number of fields"),
    "the same plate and state twice": (csv_of(GOOD[0], GOOD[1], "ab-00000,il,stolen_plate,7"), 4, "stand on line 2"),
    "a quote that never ends": (csv_of(GOOD[0], '"AB99999,IL,stolen_vehicle,1'), 3, "not a CSV line"),
    "a header's quote that never ends": (b'"plate,state\nAB1,IL\n', 1, "not a CSV line"),
    "a field as long as a book": (csv_of(GOOD[0], "A" * 200_000 + ",IL,stolen_vehicle,1"), 3, "not a CSV line"),
    "a yes that is neither": (csv_of("AB99999,IL,stolen_vehicle,1,perhaps", header=HEADER + ",caution"), 2, "yes or no"),
    "a way to act that is not there": (csv_of("AB99999,IL,stolen_vehicle,1,shoot", header=HEADER + ",approach"), 2, "way to act"),
    "a date that is none": (csv_of("AB99999,IL,stolen_vehicle,1,12/31/26", header=HEADER + ",expires"), 2, "2026-12-31"),
    "a reason without end": (csv_of("AB99999,IL,stolen_vehicle,1," + "x" * 501, header=HEADER + ",reason"), 2, "500"),
}


def test_every_fault_has_its_line_and_a_sentence(office):
    for name, (content, line, words) in BAD.items():
        parsed = parse(content, author="x")
        faults = parsed.faults
        assert faults, name
        assert faults[0].line == line, name
        assert words in faults[0].sentence, name
        assert len(faults[0].sentence) > 10, name


def test_it_keeps_the_first_thousand_faults_and_counts_all(office):
    parsed = parse(csv_of(*(f"AB{number},QQ,stolen_vehicle,1" for number in range(1500))), author="x")
    assert (len(parsed.faults), parsed.malformed, parsed.lines) == (FAULTS_KEPT, 1500, 1500)


def test_it_takes_what_spreadsheets_write(office):
    text = (
        "\ufeff"
        + HEADER
        + ',reason,approach,caution,urgent,expires\r\n"ab 12 345",Unknown,Stolen Vehicle,SV-1,"a, b",notify,YES,n,2030-12-31\r\n\r\n'
    )
    parsed = parse(text.encode(), author="x")
    (entry,) = parsed.entries
    assert parsed.faults == []
    assert (entry.text, entry.state, entry.category, entry.approach) == ("AB12345", None, Category.STOLEN_VEHICLE, Approach.NOTIFY)
    assert (entry.caution, entry.urgent, entry.reason) == (True, False, "a, b")


def test_a_date_is_looked_for_to_the_end_of_that_day_at_the_department(office):
    def expires(raw):
        return parse(csv_of(f"AB1,IL,stolen_vehicle,1,{raw}", header=HEADER + ",expires"), author="x").entries[0].expires_at

    assert expires("2030-12-31").astimezone(UTC) == datetime(2031, 1, 1, 5, 59, 59, tzinfo=UTC)
    assert expires("2030-12-31T12:00").astimezone(UTC) == datetime(2030, 12, 31, 18, tzinfo=UTC)
    assert expires("2030-12-31T12:00+00:00") == datetime(2030, 12, 31, 12, tzinfo=UTC)
    assert expires("") is None


def test_an_extract_is_read_by_its_layout(office):
    parsed = parse(zipped(VEHICLE=VEHICLES, MISSING=MISSING), author="National", layout=parse_layout(FIXED))
    assert parsed.faults == []
    ford, unknown, missing = parsed.entries
    assert (ford.text, ford.vehicle, ford.category, ford.author) == (
        "AB12345",
        "GRAY FORD F-150",
        Category.STOLEN_VEHICLE,
        "National",
    )
    assert ford.expires_at.astimezone(UTC) == datetime(2031, 1, 1, 5, 59, 59, tzinfo=UTC)
    assert unknown.state is None
    assert (missing.category, missing.approach) == (Category.MISSING_PERSON, Approach.NOTIFY)
    assert parsed.made_at.astimezone(UTC) == datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def test_the_same_plate_in_two_files_is_two_entries_and_twice_in_one_is_a_fault(office):
    twice = VEHICLES.replace("XY 99     XX", "AB12345   IL")
    parsed = parse(
        zipped(VEHICLE=twice, MISSING=MISSING.replace("CD777     WI", "AB12345   IL")), author="x", layout=parse_layout(FIXED)
    )
    assert [(fault.file, fault.line) for fault in parsed.faults] == [("VEHICLE.TXT", 3)]
    assert len(parsed.entries) == 2


def test_a_list_that_does_not_say_when_it_was_made_is_broken(office):
    parsed = parse(zipped(VEHICLE=VEHICLES.replace("HDR2", "HDRX"), MISSING=MISSING), author="x", layout=parse_layout(FIXED))
    assert parsed.is_broken
    assert "when the list was made" in parsed.faults[0].sentence


def test_what_takes_effect_later_is_left_out_and_counted(office):
    tomorrow, today = (now() + timedelta(days=1)).date(), now().date() - timedelta(days=1)
    rows = [f"AB1,IL,stolen_vehicle,1,{tomorrow}", f"AB2,IL,stolen_vehicle,1,{today}", "AB3,IL,stolen_vehicle,1,"]
    parsed = parse(csv_of(*rows, header=HEADER + ",effective"), author="x")
    assert ([entry.text for entry in parsed.entries], parsed.later, parsed.faults) == (["AB2", "AB3"], 1, [])
