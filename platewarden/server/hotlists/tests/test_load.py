"""Loading a list: taken whole, or refused whole with its line; the one in force stays."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connections

from platewarden.exchange.hotlist_edition import Approach, Category
from platewarden.policy.refusal import Malformed
from platewarden.server.clock import now
from platewarden.server.hotlists.entry import as_row
from platewarden.server.hotlists.load import FAULTS_SHOWN, ListRefused, compare, load_list, parse
from platewarden.server.hotlists.models import EditionAsk, Load, LoadState, Source
from platewarden.server.hotlists.testing import HEADER, SOURCE, TOM, csv_of, list_in_force, looked_for, new_entry
from platewarden.server.people.testing import LIST_MANAGER, OPERATOR

GOOD = [f"AB{number:05},IL,stolen_vehicle,SV-{number}" for number in range(20)]

BAD = {
    "an empty file": (b"", 1, "empty"),
    "nothing but blank lines": (b"\n\n  \n", 1, "empty"),
    "a header alone": (csv_of(), 1, "no entry"),
    "no header": (b"AB12345,IL,stolen_vehicle,SV-1\n", 1, "the first line names the columns"),
    "a column too few": (csv_of("AB12345,IL,SV-1", header="plate,state,reference"), 1, "the column category is missing"),
    "a column nobody knows": (csv_of("AB12345,IL,stolen_vehicle,1,x", header=HEADER + ",owner"), 1, "“owner” is not known"),
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
        _, faults = parse(content, author="x")
        assert faults, name
        assert faults[0].line == line, name
        assert words in faults[0].sentence, name
        assert len(faults[0].sentence) > 10, name


def test_a_refused_list_leaves_the_one_in_force_and_stands_in_the_ledger(office):
    before = list_in_force(*GOOD)
    asks = EditionAsk.objects.count()
    for number, (content, _, _) in enumerate(BAD.values(), 1):
        with pytest.raises(ListRefused, match="The list in force stays"):
            load_list(content, source_name=SOURCE, by=TOM)
        assert office.ledger().count(("hotlists.load_refused", LIST_MANAGER)) == number
    assert Load.objects.get().pk == before.pk
    assert Load.objects.get().state == LoadState.IN_FORCE
    assert EditionAsk.objects.count() == asks
    assert looked_for(office, "AB00007") == ["AB00007"]
    assert office.ask_owner("select count(*) from plates.hotlist_entry") == [(20,)]
    leaves = str(office.ask_owner("select body from office.ledger_leaf"))
    assert "AB99999" not in leaves


def test_it_names_at_most_twenty_faults(office):
    _, faults = parse(csv_of(*(f"AB{number},QQ,stolen_vehicle,1" for number in range(500))), author="x")
    assert len(faults) == FAULTS_SHOWN
    assert "(and 17 more)" in ListRefused("x", faults).message


def test_the_next_list_of_a_source_takes_the_place_of_the_one_before(office):
    first = list_in_force(*GOOD)
    second = list_in_force(*GOOD[1:], "ZZ1,WI,stolen_plate,9")
    assert (first.number, second.number) == (1, 2)
    assert [load.state for load in Load.objects.order_by("number")] == [LoadState.SUPERSEDED, LoadState.IN_FORCE]
    assert looked_for(office, "AB00000") == []
    assert looked_for(office, "ZZ1") == ["ZZ1"]
    other = list_in_force(GOOD[0], source="A partner")
    assert other.number == 1
    assert looked_for(office, "AB00000") == ["AB00000"]


def test_the_same_file_again_is_refused_whenever_it_was_loaded(office):
    list_in_force(*GOOD)
    list_in_force(*GOOD, "ZZ1,WI,stolen_plate,9")
    for rows in (GOOD, [*GOOD, "ZZ1,WI,stolen_plate,9"]):
        with pytest.raises(ListRefused, match="loaded before"):
            list_in_force(*rows)
    list_in_force(*GOOD, source="A partner")


def test_a_list_that_shrinks_by_more_than_the_departments_share_is_refused(office):
    list_in_force(*GOOD)
    for left in (0, 1, 9):
        with pytest.raises(ListRefused):
            list_in_force(*GOOD[:left])
    assert looked_for(office, "AB00007") == ["AB00007"]


def test_a_list_that_shrinks_by_less_is_taken(office):
    list_in_force(*GOOD)
    assert list_in_force(*GOOD[:15]).entries == 15


def test_of_the_same_file_loaded_twice_at_once_one_is_refused(office):
    def load(_):
        try:
            return load_list(csv_of(*GOOD), source_name=SOURCE, by=TOM)
        except ListRefused as refused:
            return refused
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(load, range(2)))
    assert sum(isinstance(each, ListRefused) for each in done) == 1
    assert Load.objects.count() == Source.objects.count() == 1
    assert office.ask_owner("select count(*) from plates.hotlist_entry") == [(20,)]


def test_it_takes_what_spreadsheets_write(office):
    text = (
        "\ufeff"
        + HEADER
        + ',reason,approach,caution,urgent,expires\r\n"ab 12 345",Unknown,Stolen Vehicle,SV-1,"a, b",notify,YES,n,2030-12-31\r\n\r\n'
    )
    (entry,), faults = parse(text.encode(), author="x")
    assert faults == []
    assert (entry.text, entry.state, entry.category, entry.approach) == ("AB12345", None, Category.STOLEN_VEHICLE, Approach.NOTIFY)
    assert (entry.caution, entry.urgent, entry.reason) == (True, False, "a, b")


def test_a_date_is_looked_for_to_the_end_of_that_day_at_the_department(office):
    def expires(raw):
        return parse(csv_of(f"AB1,IL,stolen_vehicle,1,{raw}", header=HEADER + ",expires"), author="x")[0][0].expires_at

    assert expires("2030-12-31").astimezone(UTC) == datetime(2031, 1, 1, 5, 59, 59, tzinfo=UTC)
    assert expires("2030-12-31T12:00").astimezone(UTC) == datetime(2030, 12, 31, 18, tzinfo=UTC)
    assert expires("2030-12-31T12:00+00:00") == datetime(2030, 12, 31, 12, tzinfo=UTC)
    assert expires("") is None


def test_an_entry_that_has_run_out_is_not_looked_for(office):
    ago = (now() - timedelta(minutes=1)).isoformat()
    list_in_force(f"AB1,IL,stolen_vehicle,1,{ago}", "AB2,IL,stolen_vehicle,1,", header=HEADER + ",expires")
    assert looked_for(office, "AB1") == []
    assert looked_for(office, "AB2") == ["AB2"]


def test_twenty_thousand_rows_are_loaded_whole(office):
    load = list_in_force(*(f"{number:05}X,IL,stolen_vehicle,SV-{number}" for number in range(20_000)))
    assert load.entries == 20_000
    assert office.ask_owner("select count(*), count(distinct entry_id) from plates.hotlist_entry") == [(20_000, 20_000)]
    assert looked_for(office, "12345X") == ["12345X"]


def test_it_refuses_a_list_without_the_name_of_its_source(office):
    for name in ("", "  ", "x" * 61):
        with pytest.raises(Malformed, match="name of its source"):
            load_list(csv_of(*GOOD), source_name=name, by=TOM)


def test_the_page_shows_each_fault_by_its_line_and_loads_a_good_one(office):
    tom, rosa = office.browser(LIST_MANAGER), office.browser(OPERATOR)

    def send(browser, content):
        return browser.post("/lists/load/", {"source": SOURCE, "file": SimpleUploadedFile("list.csv", content)})

    answer = send(tom, csv_of(GOOD[0], ",IL,stolen_vehicle,1", "AB2,QQ,stolen_vehicle,1"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "3" in page
    assert "4" in page
    assert "stays" in page
    assert send(rosa, csv_of(GOOD[0])).status_code == 403
    assert not Load.objects.exists()
    assert send(tom, csv_of(GOOD[0])).status_code == 302
    assert Load.objects.get().entries == 1
    assert send(tom, b"").status_code == 422
    assert tom.post("/lists/load/", {"source": SOURCE}).status_code == 422


def test_a_comparison_says_what_would_change_and_changes_nothing(office):
    list_in_force(*GOOD)
    before = office.ledger()
    changes = compare(csv_of(*GOOD[2:], "ZZ1,WI,stolen_plate,9"), source_name=SOURCE, by=TOM)
    assert (changes.added, changes.gone, changes.same) == (1, 2, 18)
    assert Load.objects.count() == 1
    assert office.ledger() == before
    assert office.ask_owner("select count(*) from plates.hotlist_entry") == [(20,)]
    with pytest.raises(ListRefused, match="is in force"):
        compare(csv_of(*GOOD), source_name=SOURCE, by=TOM)


def test_a_list_ten_times_as_long_is_refused(office):
    list_in_force(*GOOD)
    with pytest.raises(ListRefused, match="10 times"):
        list_in_force(*(f"{number:05}X,IL,stolen_vehicle,SV-{number}" for number in range(201)))


def test_nothing_is_added_to_a_load_in_force_and_none_is_put_in_force_past_its_function(office):
    load = list_in_force(*GOOD)
    row = json.dumps([as_row(new_entry("ZZ1"))])
    for statement, given in (
        ("select plates.add_entries(%s, %s, %s)", [load.pk, load.loaded_at, row]),
        ("select plates.add_entries(null, %s, %s)", [load.loaded_at, row]),
        ("select office.put_in_force(%s, '1001', 'Dana Whitfield')", [load.pk]),
        (
            "insert into office.hotlists_load (source_id, number, state) values (%s, 9, 'in force')",
            [load.source_id],
        ),
        ("update office.hotlists_load set state = 'superseded' where id = %s", [load.pk]),
        ("select office.ledger_append('hotlists.load', '1001', 'Dana Whitfield', '', '{}', %s)", ["{}"]),
    ):
        with pytest.raises(DatabaseError), connections["default"].cursor() as cursor:
            cursor.execute(statement, given)
    assert office.ask_owner("select count(*) from plates.hotlist_entry") == [(20,)]


def test_an_empty_load_is_not_put_in_force(office):
    load = list_in_force(*GOOD)
    with connections["default"].cursor() as cursor:
        cursor.execute("select office.open_load(%s, %s, 'x', now())", [load.source_id, b""])
        (empty,) = cursor.fetchone()
        with pytest.raises(DatabaseError, match="empty"):
            cursor.execute("select office.put_in_force(%s, '1001', 'Dana Whitfield')", [empty])
    assert Load.objects.get(pk=load.pk).state == LoadState.IN_FORCE
