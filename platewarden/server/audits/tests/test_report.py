"""A year in numbers: what is counted, what is left out, and that nothing left out can be worked out."""

from __future__ import annotations

import csv
from datetime import date, timedelta

from platewarden.server.audits.report import FEWER, FEWER_IN_PART, AuditRow, as_csv, rows_of, said, sums, trained_rows
from platewarden.server.audits.sign_off import sign_off
from platewarden.server.audits.testing import ODD, audit_of, judged, look_for
from platewarden.server.clock import now
from platewarden.server.people.testing import AUDITOR, LAPSED, OPERATOR, OUTSIDER, UNTRAINED
from platewarden.server.people.training import today
from platewarden.server.retention.testing import request_of

COUNTS = dict.fromkeys(("looks", "drawn", "findings", "no_case", "misfit", "wrong_person", "untrained", "unsettled"), 0)


def row(**counts: int) -> AuditRow:
    day = date(2026, 6, 1)
    return AuditRow("A-0001", day, day, day, None, is_late=False, counts=COUNTS | counts)


def test_an_audit_is_counted_in_the_year_it_was_due(office):
    look_for(office, OPERATOR, "AB12345", "AB12346")
    made = audit_of(office)
    first, second = made.sheets.all()
    judged(office, first, ODD)
    judged(office, second)
    sign_off(request_of(office, AUDITOR), made, "two looks, one finding")
    year = today(made.due_at).year
    (one,) = rows_of(year, now())
    assert one.counts == COUNTS | {"looks": 2, "drawn": 2, "findings": 1, "no_case": 1, "misfit": 1, "unsettled": 1}
    assert (one.signed_on, one.is_late) == (today(now()), False)
    assert rows_of(year - 1, now()) == []


def test_one_that_is_signed_after_its_day_or_not_at_all_is_late(office):
    made = audit_of(office)
    year = today(made.due_at).year
    assert rows_of(year, made.sign_by + timedelta(seconds=1))[0].is_late
    office.ask_owner("update office.audits_audit set sign_by = due_at returning 1")
    made.refresh_from_db()
    sign_off(request_of(office, AUDITOR), made, "nobody looked at anything")
    assert rows_of(year, now())[0].is_late


def test_small_counts_are_left_out_and_so_are_the_sums_that_would_tell_them():
    assert [said("findings", count) for count in (0, 1, 4, 5)] == ["0", FEWER, FEWER, "5"]
    assert said("looks", 3) == "3"
    findings = 2
    assert sums([row(findings=7), row(findings=2)])[findings] == FEWER_IN_PART
    assert sums([row(findings=7), row(findings=0)])[findings] == "7"
    assert sums([row(findings=0)])[findings] == "0"


def test_the_table_for_other_programs_says_the_same():
    lines = list(csv.reader(as_csv([row(looks=1204, drawn=30, findings=3)]).splitlines()))
    assert lines[0][0] == "Audit"
    assert lines[1][6:9] == ["1204", "30", FEWER]
    assert lines[2][6:9] == ["1204", "30", FEWER_IN_PART]
    assert len({len(line) for line in lines}) == 1


def test_whoever_holds_a_duty_stands_in_the_certificate_trained_or_not(office):
    rows = {each.number: each for each in trained_rows(now())}
    assert rows[OPERATOR].is_trained
    assert rows[OPERATOR].opens_plate_data
    assert not rows[UNTRAINED].is_trained
    assert not rows[LAPSED].is_trained
    assert not rows[AUDITOR].opens_plate_data
    assert OUTSIDER not in rows
