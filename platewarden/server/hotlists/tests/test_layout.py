"""How an extract comes apart: by width, by delimiter, as a ZIP of files; what is no layout is refused with what to correct."""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from platewarden.policy.refusal import Malformed
from platewarden.server.hotlists import layout as room
from platewarden.server.hotlists.layout import Broken, parse_layout

PAGE = Path(__file__).parents[4] / "docs/reference/list-layouts.md"
FIXED, DELIMITED = re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
VEHICLES = (
    "HDR202611290600\r\n" + "AB12345   IL0000000017        20301231GRAY FORD F-150\r\n" + "XY 99     XX0000000018\r\n" + "END 2\r\n"
)
MISSING = "HDR202611290600\nCD777     WI0000000019\nEND 1\n"


def zipped(**files: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(f"{name}.TXT", content)
    return out.getvalue()


def test_the_documented_extract_of_several_files_comes_apart():
    layout = parse_layout(FIXED)
    rows = list(layout.rows(zipped(VEHICLE=VEHICLES, MISSING=MISSING)))
    assert [(row.file, row.line) for row in rows] == [("VEHICLE.TXT", 2), ("VEHICLE.TXT", 3), ("MISSING.TXT", 2)]
    assert rows[0].given == {
        "plate": "AB12345",
        "state": "IL",
        "reference": "0000000017",
        "effective": "",
        "expires": "20301231",
        "vehicle": "GRAY FORD F-150",
        "category": "stolen_vehicle",
    }
    assert rows[1].given["state"] == "unknown"
    assert rows[2].given["approach"] == "notify"
    assert layout.made_at(zipped(VEHICLE=VEHICLES, MISSING=MISSING)) == "202611290600"
    assert [row.file for row in layout.rows(zipped(MISSING=MISSING), without=["VEHICLE.TXT"])] == ["MISSING.TXT"]


def test_the_documented_delimited_list_comes_apart():
    text = 'LIC|LIS|MSG|CASE|EXP\n"AB 12345"|IL|V|17|12/31/2030\n\nCD777|WI|Q|19|\nEF1|WI\n'
    first, second, short = parse_layout(DELIMITED).rows(text.encode())
    assert first.given == {
        "plate": "AB 12345",
        "state": "IL",
        "category": "stolen_vehicle",
        "reference": "17",
        "expires": "12/31/2030",
    }
    assert second.given["category"] == "Q"
    assert (short.line, short.given) == (5, None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no zip at all", "not a ZIP"),
        (zipped(VEHICLE=VEHICLES)[:-30], "not a ZIP"),
        (zipped(VEHICLE=VEHICLES), "MISSING.TXT, line 1: this file of the extract is missing"),
        (zipped(VEHICLE=VEHICLES, MISSING=MISSING, GANG=MISSING), "does not name"),
        (zipped(VEHICLE=VEHICLES.encode("utf-16"), MISSING=MISSING), "zero byte"),
        (zipped(VEHICLE="", MISSING=MISSING), "the file is empty"),
        (zipped(VEHICLE=b"HDR\n\x81\n", MISSING=MISSING), "line 2: the file is not CP1252"),
    ],
)
def test_an_extract_that_cannot_be_read_on_is_broken_there(content, words):
    with pytest.raises(Broken, match=re.escape(words)):
        list(parse_layout(FIXED).rows(content))


def test_a_zip_bomb_is_broken_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(room, "MOST_BYTES", 1 << 20)
    bomb = zipped(VEHICLE=b" " * (16 << 20), MISSING=MISSING)
    assert len(bomb) < 1 << 16
    with pytest.raises(Broken, match="larger than 1 MB together"):
        list(parse_layout(FIXED).rows(bomb))


WRONG = {
    "not TOML": (FIXED + "\n[[", "not TOML"),
    "no kind": (FIXED.replace('kind = "fixed"', ""), "“kind”"),
    "another kind": (FIXED.replace('"fixed"', '"xml"'), "“delimited” or “fixed”"),
    "an encoding nobody knows": (FIXED.replace("cp1252", "klingon"), "encoding"),
    "an encoding of bytes": (FIXED.replace("cp1252", "base64"), "encoding"),
    "a long delimiter": (DELIMITED.replace('"|"', '"||"'), "delimiter"),
    "too many header lines": (FIXED.replace("header = 1", "header = 101"), "header"),
    "a header that is no number": (FIXED.replace("header = 1", "header = true"), "“header”"),
    "a date that is none": (FIXED.replace('date = "%Y%m%d"\n', 'date = "YYYYMMDD"\n'), "the day"),
    "a zone in a date": (FIXED.replace('date = "%Y%m%d%H%M"', 'date = "%Y%m%d%H%M%z"'), "own zone"),
    "a date without its day": (FIXED.replace('date = "%Y%m%d"\n', 'date = "%Y%m"\n'), "the day"),
    "made, half said": (FIXED.replace("made = {line = 1, ", "made = {"), "made"),
    "no file": (FIXED.partition("[[file]]")[0], "at least one"),
    "two files and no name": (FIXED.replace('name = "MISSING.TXT"', ""), "own name"),
    "a field missing": (FIXED.replace("reference = ", "reason = "), "where reference stands"),
    "a field nobody knows": (FIXED.replace("vehicle = ", "colour = "), "“colour”"),
    "characters backwards": (FIXED.replace("from = 1, to = 10", "from = 10, to = 1"), "plate stands at"),
    "characters and a column": (FIXED.replace("from = 1, to = 10", "column = 1"), "plate stands at"),
    "a column by name without a header": (DELIMITED.replace("header = 1\n", ""), "plate stands at"),
    "words that are none": (DELIMITED.replace('V = "stolen_vehicle"', "V = 1"), "words of category"),
    "something else": ('colour = "red"\n' + FIXED, "“colour”"),
    "a field that is no table": (DELIMITED.replace('{column = "LIC"}', '"LIC"'), "table"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_layout_is_refused_with_what_to_correct(name):
    text, words = WRONG[name]
    with pytest.raises(Malformed) as refused:
        parse_layout(text)
    assert words in refused.value.message


def test_a_named_column_that_is_not_there_is_broken():
    with pytest.raises(Broken, match="the column “LIC” is missing"):
        list(parse_layout(DELIMITED).rows(b"PLATE|LIS|MSG|CASE|EXP\nA|IL|V|1|\n"))


@given(some.binary(max_size=400))
def test_bytes_of_any_kind_come_apart_or_break_and_nothing_else(content):
    for text in (FIXED, DELIMITED):
        try:
            for row in parse_layout(text).rows(content):
                assert row.line >= 1
        except Broken:
            pass


@given(some.text(max_size=300))
def test_text_of_any_kind_is_a_layout_or_is_refused(text):
    for given_text in (text, FIXED.replace("VEHICLE.TXT", text), DELIMITED.replace("|", text[:1])):
        with contextlib.suppress(Malformed):
            parse_layout(given_text)
