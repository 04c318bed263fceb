"""The papers: tagged PDF that the maker itself checks as PDF/UA-1, with what they are told and no code in it."""

from __future__ import annotations

import re
import zlib

import pdfua
import pytest

from platewarden.server.evidence.papers import custody_pdf, label_pdf, summary_pdf

FACTS = {
    "package": "E-00007",
    "department": "Highland Park Police Department",
    "reference": "26-004117",
    "hold": "H-00012",
    "reads": 31,
    "pictures": 62,
    "item": "HP-26-0934",
    "serial": "4C530001",
    "marking": '#panic("code") $x$ *not bold* ',
    "made_by": "1001 Dana Whitfield",
    "written_at": "11/27/2026 09:00 CST",
    "sha512": "f" * 128,
    "bytes": "1,234,567",
    "booked_at": "11/27/2026 09:10 CST",
    "booked_by": "1001 Dana Whitfield",
    "place": "property room, shelf 4",
    "ended": None,
    "ended_at": "",
    "ended_by": "",
    "ended_because": "",
    "transfers": [{"at": "11/27/2026", "from_whom": "shelf 4", "to_whom": "Det. Novak", "because": "shown"}],
}
ABOUT = FACTS | {
    "ground": "Evidence in a criminal action",
    "authority": "State's Attorney, letter of 11/20/2026",
    "since_local": "11/01/2026 00:00:00 CDT",
    "until_local": "11/27/2026 09:00:00 CST",
    "made_local": "11/27/2026 09:00:00 CST",
    "looks": 5,
    "ledger_size": 4117,
    "ledger_root": "ab" * 32,
    "ledger_key": "platewarden/highland_park+1a2b3c4d+AAAA",
    "limits": ["A limit."],
}


def test_an_outside_validator_finds_nothing_that_it_can_check(tmp_path):
    """16 of PDF/UA-1's 106 machine-checkable rules; the maker itself checks what it makes, and refuses what is not."""
    for name, made in (("label", label_pdf(FACTS)), ("custody", custody_pdf(FACTS)), ("summary", summary_pdf(ABOUT, [read_of()]))):
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(made)
        report = pdfua.validate(path)
        assert report.findings == (), name
        assert len(report.outcomes) - len(report.skipped) >= 11


def read_of(**other):
    place = {"crossing": None, "lat": 42.18169, "lon": -87.80034}
    return (
        {
            "plate": "DRL5188",
            "corrected_plate": None,
            "state": "IL",
            "local_time": "11/03/2026 14:03:11 CST",
            "unit": "Car 12",
            "looks": [],
        }
        | place
        | other
    )


def said_in(pdf):
    """Titles, tags and numbers of pages, from a PDF's plain and packed parts."""
    parts = [pdf]
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(packed))
        except zlib.error:
            continue
    return b"\n".join(parts)


@pytest.mark.parametrize("make", [label_pdf, custody_pdf, lambda facts: summary_pdf(ABOUT | facts, [read_of()])])
def test_each_is_tagged_titled_and_of_pdf_ua(make):
    made = make(FACTS)
    said = said_in(made)
    assert made.startswith(b"%PDF-1.7")
    assert b"pdfuaid" in said
    assert b"/StructTreeRoot" in said
    assert b"/Lang" in said
    assert b"E-00007" in said


@pytest.mark.parametrize(
    "read",
    [read_of(), read_of(state=None), read_of(lat=None, lon=None), read_of(crossing="Central Ave & 2nd St"), read_of(looks=[1, 2])],
)
def test_the_summary_takes_every_kind_of_read(read):
    assert summary_pdf(ABOUT, [read])


def test_the_summary_is_one_page_however_many_reads(tmp_path):
    for many in (0, 24, 5000):
        made = summary_pdf(ABOUT | {"reads": many}, [read_of(crossing="Green Bay Rd & Central Ave")] * many)
        assert len(re.findall(rb"/Type\s*/Page\b", said_in(made))) == 1


def test_an_item_that_left_says_so():
    ended = {"ended": "Destroyed", "ended_at": "12/01/2026 10:00 CST", "ended_by": "1002 Luis Ferrer", "ended_because": "order"}
    assert custody_pdf(FACTS | ended) != custody_pdf(FACTS)
    assert custody_pdf(FACTS | {"transfers": []})
