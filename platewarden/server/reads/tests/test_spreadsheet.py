"""What a spreadsheet would run is text; everything else stays what it is."""

from __future__ import annotations

import csv
import io

import pytest

from platewarden.server.reads.spreadsheet import as_csv


@pytest.mark.parametrize("words", ["=HYPERLINK(1)", "+1", "-1+cmd", "@x", "\tx", "\rx"])
def test_what_begins_like_a_formula_is_made_text(words):
    content = as_csv(("camera", "lon"), [{"camera": words, "lon": -87.8, "left": "out"}])
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert row == {"camera": f"'{words}", "lon": "-87.8"}


def test_words_and_nothing_stay_as_they_are():
    assert as_csv(("a", "b"), [{"a": "AB12345", "b": None}, {"a": "", "b": "é"}]) == "a,b\r\nAB12345,\r\n,é\r\n".encode("utf-8-sig")
