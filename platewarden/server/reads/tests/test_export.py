"""A result taken along: what one look showed and no more, marked on every row and sheet, in the ledger before it is handed over."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re

import pdfua
import pytest
from django.db import DatabaseError

from platewarden.exchange.read_report import Place
from platewarden.policy.refusal import Refused
from platewarden.server.people.models import Assignment, Duty
from platewarden.server.people.testing import LAPSED, OPERATOR
from platewarden.server.reads import export as exports

FILE = "/reads/search/file/"
DIGEST = re.compile(r'filename="26-004117-([0-9a-f]{12})\.(csv|pdf)"')


def take(browser, form, plate="AB12345", **fields):
    return browser.post(FILE, {"plate": plate, "span": "week", "form": form, **fields})


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def lines(office):
    found = office.ask_owner(
        "select l.body, c.body from office.ledger_leaf l join plates.ledger_content c using (leaf_id) where l.act = 'reads.export' order by 1"
    )
    return [(json.loads(body)["about"], json.loads(content)) for body, content in found]


def test_reads_of_a_plate_are_taken_as_a_spreadsheet_that_says_on_every_row_who_took_them(office):
    car = office.car()
    office.receive(car, "AB12345")
    office.receive(car, "AB12345")
    office.receive(car, "XY98765")
    answer = take(office.browser(OPERATOR), "csv")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    rows = rows_of(answer)
    assert [row["plate"] for row in rows] == ["AB12345", "AB12345"]
    assert {row["shown_to"] for row in rows} == {"Rosa Vega, 1042"}
    assert {row["number"] for row in rows} == {"26-004117"}
    ((body, content),) = lines(office)
    assert {row["look"] for row in rows} == {body["access"]}
    assert (body["of"], body["form"], body["rows"]) == ("reads.search", "csv", 2)
    assert content["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert "sha256" not in body
    assert DIGEST.search(answer["Content-Disposition"])[1] == content["sha256"][:12]
    assert "AB12345" not in answer["Content-Disposition"]
    assert [act for act, _ in office.ledger()][-2:] == ["reads.search", "reads.export"]


def test_on_paper_it_is_tagged_carries_its_rows_and_their_digest(office, tmp_path):
    office.receive(office.car(), "AB12345")
    answer = take(office.browser(OPERATOR), "pdf", "AB1?345")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert b"rows.csv" in answer.content
    path = tmp_path / "list.pdf"
    path.write_bytes(answer.content)
    assert pdfua.validate(path).findings == ()
    ((body, content),) = lines(office)
    assert (body["of"], body["form"], body["rows"]) == ("reads.pattern", "pdf", 1)
    assert content["sha256"] == hashlib.sha256(answer.content).hexdigest()


def test_what_a_spreadsheet_would_run_is_text(office):
    place = Place(42.1817, -87.8003, 4.0, 90.0, 0.5, "=HYPERLINK(1)")
    office.receive(office.car(), "AB12345", place=place)
    (row,) = rows_of(take(office.browser(OPERATOR), "csv"))
    assert row["crossing"] == "'=HYPERLINK(1)"


def test_whoever_only_patrols_is_refused_and_nothing_was_looked_at(office):
    office.receive(office.car(), "AB12345")
    Assignment.objects.filter(member=office.member(OPERATOR), duty=Duty.INVESTIGATOR).update(duty=Duty.DISPATCHER)
    rosa = office.browser(OPERATOR)
    page = rosa.post("/reads/search/", {"plate": "AB12345", "span": "week"}).content.decode()
    assert FILE not in page
    answer = take(rosa, "csv")
    assert answer.status_code == 403
    assert b"AB12345" not in answer.content
    assert [act for act, _ in office.ledger()][-1] == "access.refused"
    with pytest.raises(Refused):
        exports.must_be_allowed(office.member(LAPSED))


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({"form": "exe"}, 400, b"as CSV or as PDF"),
        ({"plate": "*"}, 400, b"Search again"),
        ({"span": "dates"}, 400, b"Search again"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_looked_at(office, given, status, words):
    rosa = office.browser(OPERATOR)
    before = len(office.ledger())
    answer = take(rosa, **({"form": "csv", "plate": "AB12345"} | given))
    assert answer.status_code == status
    assert words in answer.content
    assert len(office.ledger()) == before


def test_without_a_purpose_or_by_get_nothing_is_taken(office):
    assert take(office.browser(OPERATOR, purpose=None), "csv").headers["Location"].startswith("/purpose/")
    assert office.browser(OPERATOR).get(FILE).status_code == 405


def test_when_its_line_cannot_be_written_nothing_is_handed_over(office, monkeypatch):
    office.receive(office.car(), "AB12345")
    rosa = office.browser(OPERATOR)

    def away(*_args, **_more):
        raise DatabaseError("no line")

    monkeypatch.setattr(exports, "record", away)
    answer = take(rosa, "csv")
    assert answer.status_code >= 500
    assert b"AB12345" not in answer.content
