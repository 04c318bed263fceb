"""A read's whole life, as anybody can watch it: `platewarden demo --once --json` on drawn scenes, without a person."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from platewarden.demo.story import SCENES

KEYS = {
    "photos",
    "readings",
    "reads_stored",
    "reads_receipted",
    "hits",
    "alerts_shown",
    "verifications",
    "dispositions",
    "refusals",
    "ledger_verified",
    "seconds",
}


@pytest.mark.slow
@pytest.mark.xdist_group("browser")  # one demo at a time
def test_a_read_goes_from_the_picture_to_the_ledger_and_everything_that_is_counted_is_true():
    done = subprocess.run(
        [sys.executable, "-m", "platewarden", "demo", "--once", "--json"], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (line,) = done.stdout.splitlines()
    told = json.loads(line)
    assert set(told) >= KEYS
    assert told["what_went_wrong"] == []
    # Every picture is accounted for, and every reading is a read that is stored and receipted: none lost, none twice.
    assert told["photos"] == SCENES
    assert told["photos_unreadable"] + told["photos_without_plate"] + told["photos_not_pictures"] < SCENES
    assert told["reads_stored"] == told["reads_receipted"] == told["readings"] > 0
    # The plate that was put on the list was seen, told of, verified and closed.
    assert told["hits"] >= 1
    assert told["alerts_shown"] >= 1
    assert told["verifications"] >= 1
    assert told["dispositions"] >= 1
    assert told["searches"] == 1
    # A stop recorded at once, and a member without training: both refused, with their clauses, for everybody to read.
    assert told["refusals"] >= 2
    assert "427.4(f)" in done.stderr
    assert "427.4(d)" in done.stderr
    assert told["ledger_verified"] is True
    assert told["ledger_leaves"] > 20
    assert told["clauses_broken"] == 0
    assert told["clauses_kept"] >= 12
