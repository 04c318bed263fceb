"""What the agency finds: the reads, their pictures with a band that says whose copy it is, and digests that a stranger can check."""

from __future__ import annotations

import csv
import hashlib
import io
import json

from PIL import Image

from platewarden.server.people.testing import DESIGNEE, SUPERVISOR
from platewarden.server.release.contents import HEAD, OBLIGATIONS, marked, release_signer
from platewarden.server.release.testing import granted, opened, sealed
from platewarden.server.retention.testing import corrected
from platewarden.transparency.note import open_note


def test_the_table_the_pictures_and_the_obligations_are_there_and_marked(office, reads, agency_key):
    asked = granted(office)
    made = sealed(office, asked, to=agency_key)
    found = opened(made, agency_key)
    rows = list(csv.DictReader(io.StringIO(found["reads.csv"].decode("utf-8-sig"))))
    assert [row["plate"] for row in rows] == ["AB12345", "AB12345"]
    assert all(f"{asked.number} to Lakeside Police Department" in row["released"] and DESIGNEE in row["released"] for row in rows)
    assert sum(name.endswith(".jpg") for name in found) == made.photos == 4
    assert all(each in found["READ-ME.txt"].decode() for each in OBLIGATIONS)
    assert found["cover.pdf"].startswith(b"%PDF-")
    about = json.loads(found["release.json"])
    assert (about["reads_approved"], about["reads"], about["reads_gone"]) == (2, 2, 0)
    assert SUPERVISOR in about["approved_by"]


def test_nothing_of_our_members_in_cars_or_our_lists_is_in_it(office, reads, agency_key):
    (first, _) = json.loads(opened(sealed(office, granted(office), to=agency_key), agency_key)["reads.json"])
    assert not {"member_number", "shift_id", "hotlist_edition", "signed"} & set(first)


def test_a_correction_goes_out_and_names_nobody_and_one_that_was_taken_back_gives_no_read_away(office, reads, agency_key):
    corrected(office, reads[0], "XY98765")
    corrected(office, reads[2], "AB12345")
    corrected(office, reads[2], None, saw=1)
    told = json.loads(opened(sealed(office, granted(office), to=agency_key), agency_key)["reads.json"])
    assert {each["read_id"] for each in told} == {str(each.read_id) for each in reads[:2]}
    (first,) = (each for each in told if each["read_id"] == str(reads[0].read_id))
    assert (first["plate"], first["corrected_plate"]) == ("AB12345", "XY98765")
    assert set(first["corrections"][0]) == {"number", "at", "because", "plate", "state"}


def test_a_read_is_released_by_the_text_it_was_corrected_to(office, reads, agency_key):
    corrected(office, reads[2], "AB12345")
    told = json.loads(opened(sealed(office, granted(office), to=agency_key), agency_key)["reads.json"])
    assert len(told) == 3


def test_every_file_answers_to_its_digest_and_the_department_signed_them(office, reads, agency_key):
    found = opened(sealed(office, granted(office), to=agency_key), agency_key)
    lines = dict(reversed(line.split("  ", 1)) for line in found["SHA256SUMS"].decode().splitlines())
    assert set(lines) == set(found) - {"SHA256SUMS", "manifest.txt"}
    assert all(hashlib.sha256(found[name]).hexdigest() == digest for name, digest in lines.items())
    text, _ = open_note(found["manifest.txt"].decode(), release_signer().verifier)
    assert text.startswith(HEAD)
    assert all(f"{digest}  {name}" in text for name, digest in lines.items())


def test_a_picture_gets_a_band_below_it_and_keeps_its_own_pixels():
    out = io.BytesIO()
    Image.new("RGB", (120, 60), (10, 90, 200)).save(out, "PNG")
    with Image.open(io.BytesIO(marked(out.getvalue(), "HPPD, R-00031 to Lakeside Police Department, 11/29/2026, by 1001"))) as made:
        assert made.width == 120
        assert made.height > 60
        assert abs(made.getpixel((60, 30))[2] - 200) < 8
        assert made.info["comment"].startswith(b"HPPD, R-00031")
