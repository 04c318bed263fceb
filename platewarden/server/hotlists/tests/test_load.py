"""Loading a list: taken whole, or refused whole with its line; the one in force stays."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connections

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refused
from platewarden.server.clock import now
from platewarden.server.hotlists.entry import as_row
from platewarden.server.hotlists.load import ListRefused, compare, load_list
from platewarden.server.hotlists.lookup import proposals
from platewarden.server.hotlists.models import EditionAsk, Load, LoadReport, LoadState, Source
from platewarden.server.hotlists.source import Described, describe
from platewarden.server.hotlists.testing import HEADER, SOURCE, TOM, csv_of, described, list_in_force, looked_for, new_entry
from platewarden.server.hotlists.tests.test_layout import FIXED, zipped
from platewarden.server.hotlists.tests.test_parse import BAD, GOOD
from platewarden.server.people.testing import LIST_MANAGER, OPERATOR, SUPERVISOR


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
    described()

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
    assert Load.objects.count() == 1
    assert office.ask_owner("select count(*) from plates.hotlist_entry") == [(20,)]


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


def test_of_a_source_that_nobody_described_nothing_is_loaded_or_compared(office):
    with pytest.raises(Refused, match="Nobody has described the source “State stolen vehicles” yet") as refused:
        load_list(csv_of(*GOOD), source_name=f" {SOURCE} ", by=TOM)
    assert refused.value.clause is Clause.CONFIDENTIAL_DATA
    assert office.ledger()[-1] == ("hotlists.load_refused", LIST_MANAGER)
    with pytest.raises(Refused):
        compare(csv_of(*GOOD), source_name=SOURCE, by=TOM)
    assert (Source.objects.count(), Load.objects.count()) == (0, 0)
    assert office.ask_owner("select count(*) from plates.hotlist_entry") == [(0,)]
    described()
    assert load_list(csv_of(*GOOD), source_name=SOURCE, by=TOM).number == 1


def test_a_source_without_an_owner_is_not_described_though_its_name_is_known(office):
    Source.objects.create(name=SOURCE, created_at=now())
    with pytest.raises(Refused):
        load_list(csv_of(*GOOD), source_name=SOURCE, by=TOM)


def test_it_refuses_a_list_without_the_name_of_its_source(office):
    for name in ("", "  ", "x" * 61):
        with pytest.raises(Malformed, match="name of its source"):
            load_list(csv_of(*GOOD), source_name=name, by=TOM)


def test_the_page_shows_each_fault_by_its_line_and_loads_a_good_one(office):
    tom, rosa = office.browser(LIST_MANAGER), office.browser(OPERATOR)

    def send(browser, content):
        return browser.post("/lists/load/", {"source": SOURCE, "file": SimpleUploadedFile("list.csv", content)})

    answer = send(tom, csv_of(GOOD[0]))
    assert (answer.status_code, "427.4(e)" in answer.content.decode()) == (403, True)
    described()
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
        cursor.execute("select office.open_load(%s, %s, 'x', now(), null)", [load.source_id, b""])
        (empty,) = cursor.fetchone()
        with pytest.raises(DatabaseError, match="empty"):
            cursor.execute("select office.put_in_force(%s, '1001', 'Dana Whitfield')", [empty])
    assert Load.objects.get(pk=load.pk).state == LoadState.IN_FORCE


def test_few_malformed_rows_are_left_out_and_reported_and_more_refuse_the_list(office):
    rows = [f"AB{number:05},IL,stolen_vehicle,SV-{number}" for number in range(200)]
    load = list_in_force(*rows, "AB99999,QQ,stolen_vehicle,1", "AB99998,,stolen_vehicle,1")
    report = load.reports.get()
    assert (load.entries, report.lines, report.taken, report.malformed) == (200, 202, 200, 2)
    assert [fault.line for fault in report.fault_lines] == [202, 203]
    assert looked_for(office, "AB99999") == []
    with pytest.raises(ListRefused, match="line 202"):
        list_in_force(*rows, *(f"AC{number:05},QQ,stolen_vehicle,1" for number in range(3)))
    assert LoadReport.objects.get(load=None).malformed == 3


def extract(made, *plates):
    lines = "".join(f"{plate:10}IL{number:010}\n" for number, plate in enumerate(plates))
    return zipped(VEHICLE=f"HDR{made}\n{lines}END\n", MISSING=f"HDR{made}\n\nEND\n")


def test_a_list_made_no_later_than_the_one_in_force_is_refused(office):
    describe("National", Described("FBI", is_confidential=False, layout=FIXED), by=office.member(SUPERVISOR))
    load = load_list(extract("202611290600", "AB1", "AB2"), source_name="National", by=TOM)
    assert load.made_at == datetime(2026, 11, 29, 12, tzinfo=UTC)
    for made in ("202611290600", "202611281800"):
        with pytest.raises(ListRefused, match="no later"):
            load_list(extract(made, "AB1", "AB2", "AB3"), source_name="National", by=TOM)
    assert load_list(extract("202611291800", "AB1", "AB3"), source_name="National", by=TOM).number == 2


def test_an_entry_that_stays_keeps_its_id_from_load_to_load(office):
    def ids():
        rows = office.ask_owner(
            "select e.text, e.entry_id from plates.hotlist_entry e join office.hotlists_load l on l.id = e.load_id where l.state = 'in force'"
        )
        return dict(rows)

    list_in_force(*GOOD, "ZZ*9,IL,stolen_vehicle,SV-P")
    before = ids()
    list_in_force(*GOOD[1:], GOOD[0].replace("SV-0", "SV-77"), "ZZ*9,IL,stolen_vehicle,SV-P", "NEW1,IL,stolen_vehicle,1")
    after = ids()
    assert {text for text in before if before[text] == after[text]} == before.keys() - {"AB00000"}
    assert after.keys() - before.keys() == {"NEW1"}
    with office.as_role("ingest"):
        assert (
            len({(each.entry_id, each.loaded_at) for each in proposals(["AB00007", "ZZ19"])}) == 2
        )  # the plate and the pattern, once each
