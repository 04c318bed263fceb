"""What lies in a package: the views for people, looks in cars, and cells that a spreadsheet must not run."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from platewarden.exchange.journal_page import JournalLine, JournalPage
from platewarden.server.evidence import contents
from platewarden.server.evidence.contents import VIEWS, looks_in_cars, rows_of, verifier_file
from platewarden.server.evidence.testing import opened, packed
from platewarden.server.evidence.tests.conftest import TOOL
from platewarden.server.evidence.tests.test_package import told
from platewarden.server.hotlists.testing import bolo_in_force
from platewarden.server.people.testing import OPERATOR
from platewarden.server.retention.testing import corrected, held, keep_past, open_past
from platewarden.server.unit_api.journal import write_page


def test_the_view_shows_every_read_with_its_pictures_and_asks_nothing_of_any_network(office, hold, medium, tmp_path):
    folder = opened(packed(office, hold, medium), medium, tmp_path)
    page = (folder / "data" / "open-me.html").read_text("utf-8")
    assert page.count('<p class="plate">AB12345</p>') == 2
    for each in told(folder):
        for picture in each["pictures"]:
            assert f'src="{picture["file"]}"' in page
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page


def test_the_table_opens_in_a_spreadsheet(office, hold, medium, tmp_path):
    folder = opened(packed(office, hold, medium), medium, tmp_path)
    rows = list(csv.DictReader(io.StringIO((folder / "data" / "reads.csv").read_text("utf-8-sig"))))
    assert [each["plate"] for each in rows] == ["AB12345", "AB12345"]
    assert rows[0]["local_time"].endswith("CST") or rows[0]["local_time"].endswith("CDT")


def test_corrections_go_out_beside_what_the_camera_read(office, reads, hold, medium, tmp_path, outsider):
    corrected(office, reads[0], "XY98765", state="WI")
    corrected(office, reads[2], "AB12345")  # the hold names it by that
    looked = office.browser(OPERATOR).post("/reads/search/", {"plate": "XY98765", "span": "all"})
    assert looked.status_code == 200
    office.seal()
    folder = opened(packed(office, hold, medium), medium, tmp_path)
    first = next(each for each in told(folder) if each["read_id"] == str(reads[0].read_id))
    assert (first["plate"], first["corrected_plate"], first["corrected_state"]) == ("AB12345", "XY98765", "WI")
    (said,) = first["corrections"]
    assert (said["by"], said["because"], said["words"]) == ("1042 Rosa Vega", "characters", "it says XY98765")
    assert {each["act"] for each in first["looks"]} >= {"alerts.correct", "reads.search"}
    assert len(told(folder)) == 3
    page = (folder / "data" / "open-me.html").read_text("utf-8")
    assert "Corrected to" in page
    assert "XY98765" in page
    rows = list(csv.DictReader(io.StringIO((folder / "data" / "reads.csv").read_text("utf-8-sig"))))
    assert {each["corrected_plate"] for each in rows} == {"", "XY98765", "AB12345"}
    assert outsider.main(["--key", str(contents.verifier()), "--package", str(folder)]) == 0


def test_it_carries_the_outsiders_tool_itself():
    assert verifier_file() == TOOL.read_bytes()
    assert set(VIEWS) == {"overview", "plate"}


def test_looks_in_the_car_at_an_alert_are_told_with_the_reads_it_can_stand_for(office, medium, tmp_path, outsider):
    bolo = bolo_in_force("CAR1234")
    open_past(office.database, 20)
    car, other = office.car(), office.car("Car 14")
    with office.as_role("ingest"):
        kept, elsewhere = keep_past(car, "CAR1234", 20), keep_past(other, "CAR1234", 20)
        at = kept.report.captured_at
        line = JournalLine(at + timedelta(seconds=2), OPERATOR, "alert.shown", bolo.entry_id, None, None)
        earlier = replace(line, at=at - timedelta(seconds=2))
        write_page(JournalPage(unit_key_id=car.key.key_id, sequence=1, lines=(line, earlier)), car.unit)
    hold = held(office, OPERATOR, plate="CAR1234", days=(60, 1))
    folder = opened(packed(office, hold, medium), medium, tmp_path)
    looks = {each["read_id"]: [look["act"] for look in each["looks"]] for each in told(folder)}
    assert looks[str(kept.read_id)] == ["unit.alert_shown", "evidence.package"]
    assert looks[str(elsewhere.read_id)] == ["evidence.package"]
    assert outsider.main(["--key", str(contents.verifier()), "--package", str(folder)]) == 0


def test_rows_without_signed_words_and_without_entries_have_no_looks_in_cars(office, reads):
    seen = {"read_id": str(reads[0].read_id), "unit_id": str(office.cars[0].unit.pk), "captured_at": "2026-11-07T12:00:00+00:00"}
    (row,) = rows_of([{"seen": seen, "signed": None, "looks": [], "entries": []}])
    assert row.signed is None
    assert looks_in_cars([row]) == {reads[0].read_id: []}


@pytest.mark.parametrize("signed", [True, False])
def test_a_read_from_before_cars_signed_them_apart_goes_out_and_says_so(office, hold, medium, tmp_path, outsider, signed, capsys):
    if not signed:
        with office.database.connect("postgres") as root:
            root.execute("update plates.reads set signed = null")
    folder = opened(packed(office, hold, medium), medium, tmp_path)
    assert ({each["capture"] is not None for each in told(folder)}) == {signed}
    assert outsider.main(["--key", str(contents.verifier()), "--package", str(folder)]) == 0
    assert ("2 came before cars signed them" in capsys.readouterr().out) is not signed
