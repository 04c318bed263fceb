"""The public page as files: nothing in them that was seeded, nothing from elsewhere, and the same each time it is made."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest

from platewarden.policy.refusal import Unavailable
from platewarden.server.clock import now
from platewarden.server.people.testing import SUPERVISOR
from platewarden.server.people.training import today
from platewarden.server.proof.sharing import state_today
from platewarden.server.proof.site import (
    INDEX,
    KEY,
    STATEMENT,
    STYLE,
    as_csv,
    csv_name,
    index_html,
    page_of,
    site_of,
    write_site,
    zip_of,
)
from platewarden.server.proof.testing import busy_last_year, year_ago
from platewarden.server.proof.year import Table, keep_year

# Everything that the busy office was given: plates, parts of them, cases, shifts, words of letters, people.
SEEDED = (
    *("AB12345", "CD54321", "EF65432", "GH76543", "JK87654", "LM98765", "SV-00001"),
    *("26-004117", "26-004118", "26-004119", "2A-1123", "LS-26-0417"),
    *(
        "Quist",
        "armed robbery",
        "a robbery of our own county",
        "the vehicle was found",
        "no radio",
        "dispatch's log",
        "works these cases",
    ),
    *("Daily Lamp", "Lakeside", "a stick, by hand", "one look in doubt", "%PDF"),
)


def last_year() -> int:
    return today(now()).year - 1


@pytest.fixture
def fixed(busy_office):
    busy_last_year(busy_office)
    with busy_office.as_role("purge"):
        state_today()
    keep_year(last_year(), by=busy_office.member(SUPERVISOR))
    return busy_office


def test_no_plate_case_search_or_person_that_was_seeded_is_in_any_file(fixed):
    made = site_of(last_year())
    assert set(made) == {INDEX, STYLE, STATEMENT, KEY, csv_name(last_year())}
    names = [name for (name,) in fixed.ask_owner("select name from office.people_member")]
    pictures = [b"\xff\xd8\xff", b"\x89PNG", b"data:image"]
    for name, content in made.items():
        found = [each for each in (*SEEDED, *names) if each.encode().lower() in content.lower()]
        assert not found, (name, found)
        assert not [each for each in pictures if each in content], name
    assert "fewer than 5" in made[INDEX].decode(), "the year was not empty"


def test_it_loads_nothing_from_elsewhere_and_says_so_to_the_browser(fixed):
    page = site_of(last_year())[INDEX].decode()
    assert "default-src 'none'; style-src 'self'" in page
    assert "<script" not in page
    assert not re.search(r"(?:src|href|url)\s*[=(]\s*[\"']?(?:https?:)?//", page)
    assert set(re.findall(r'href="([^"]+)"', page)) == {"style.css", STATEMENT, KEY, csv_name(last_year())}
    assert "url(" not in site_of(last_year())[STYLE].decode()


def test_made_again_it_tells_the_same_whatever_happened_since(fixed):
    before = site_of(last_year())
    with fixed.database.connect("postgres") as root:
        root.execute("set session_replication_role = replica")
        root.execute("update office.equipment_unit set enrolled_at = enrolled_at - interval '9 years'")
        root.execute("delete from office.alerts_disposition")
    assert site_of(last_year()) == before


def test_files_are_written_and_written_again_beside_what_lies_there(fixed, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "robots.txt").write_text("mine")
    for _ in range(2):
        names = write_site(last_year(), tmp_path / "site")
    assert {path.name for path in (tmp_path / "site").iterdir()} == {*names, "robots.txt"}
    with zipfile.ZipFile(io.BytesIO(zip_of(last_year()))) as bag:
        assert {name.rpartition("/")[2] for name in bag.namelist()} == set(names)
        assert bag.read(f"platewarden-{last_year()}/{INDEX}") == (tmp_path / "site" / INDEX).read_bytes()
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="Name another folder"):
        write_site(last_year(), tmp_path / "file" / "in")


def test_a_year_that_is_not_fixed_has_a_preview_and_no_files(office, tmp_path):
    year_ago(office)
    for year in (last_year(), last_year() + 1):
        assert "A preview." in index_html(page_of(year))
        with pytest.raises(Unavailable, match="are not fixed yet"):
            write_site(year, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_the_table_for_a_spreadsheet_has_no_formula(office):
    page = page_of(last_year())
    page.tables[:] = [Table("agencies", "Releases to agencies", "1,200", "Agency", (("=HYPERLINK(1)", "1,200"),), ())]
    rows = list(csv.reader(io.StringIO(as_csv(page))))
    assert rows[1:] == [
        [str(last_year()), "Releases to agencies", "All", "1200"],
        [str(last_year()), "Releases to agencies", "'=HYPERLINK(1)", "1200"],
    ]
