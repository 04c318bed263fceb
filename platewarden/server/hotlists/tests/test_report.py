"""The report of a list: every wrong line, nothing of what stands there, nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
import io

from platewarden.server.hotlists.layout import Fault
from platewarden.server.hotlists.load import ListRefused, load_list
from platewarden.server.hotlists.models import LoadReport
from platewarden.server.hotlists.report import as_csv
from platewarden.server.hotlists.testing import SOURCE, TOM, csv_of, described
from platewarden.server.people.testing import LIST_MANAGER, OPERATOR


def refused(*rows):
    described()
    try:
        load_list(csv_of(*rows), source_name=SOURCE, by=TOM)
    except ListRefused as error:
        return error.report
    raise AssertionError


def test_every_wrong_line_stands_in_it_and_no_plate(office):
    rows = [f"AB{number:05},QQ,stolen_vehicle,1" for number in range(300)] + [
        "IL,AB99999,XY77777,ZZ55555,1",
        "QZ12345,IL,QZ54321,7",
    ]
    report = refused(*rows)
    (header, *lines) = csv.reader(io.StringIO(as_csv(report)))
    assert header == ["file", "line", "what is wrong"]
    assert [int(line) for _, line, _ in lines] == list(range(2, 304))
    assert not any(word in as_csv(report) for word in ("AB0", "AB9", "XY7", "ZZ5", "QZ1", "QZ5"))


def test_a_formula_is_not_run():
    report = LoadReport(faults=[["=cmd()", 3, "+1"], ["a.txt", 4, "@x"]])
    assert report.fault_lines == [Fault(3, "+1", "=cmd()"), Fault(4, "@x", "a.txt")]
    assert "\r\n'=cmd(),3,'+1\r\na.txt,4,'@x\r\n" in as_csv(report)


def test_whoever_loads_lists_takes_it_away_and_nobody_else(office):
    report = refused("AB12345,QQ,stolen_vehicle,1")
    answer = office.browser(LIST_MANAGER).get(f"/lists/reports/{report.pk}.csv")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    assert answer.content.decode() == as_csv(report)
    assert office.browser(OPERATOR).get(f"/lists/reports/{report.pk}.csv").status_code == 403
    assert office.browser(LIST_MANAGER).get("/lists/reports/999999.csv").status_code == 404
