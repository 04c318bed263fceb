"""An inbox: the newest whole list is taken in by the worker and removed; a refused one stays and is asked once."""

from __future__ import annotations

import os
import shutil
import time

import pytest

from platewarden.server.hotlists.inbox import folder_of, take_in
from platewarden.server.hotlists.models import Load, LoadReport
from platewarden.server.hotlists.source import Described, describe
from platewarden.server.hotlists.testing import SOURCE, csv_of, looked_for
from platewarden.server.people.testing import SUPERVISOR

GOOD = csv_of("AB12345,IL,stolen_vehicle,SV-1")
NEXT = csv_of("AB12345,IL,stolen_vehicle,SV-1", "CD777,WI,stolen_plate,SV-2")


@pytest.fixture
def inbox(office):
    source = describe(SOURCE, Described("State Police", is_confidential=False, inbox="state"), by=office.member(SUPERVISOR))
    folder = folder_of(source)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def put(folder, name, content, *, age_s=60):
    (folder / name).write_bytes(content)
    os.utime(folder / name, (time.time() - age_s,) * 2)
    return folder / name


def taken(office):
    with office.as_role("purge"):
        return take_in()


def test_the_newest_list_is_taken_in_once_and_the_inbox_is_empty_then(office, inbox):
    put(inbox, "old.csv", GOOD, age_s=600)
    put(inbox, "new.csv", NEXT)
    assert taken(office) == 1
    assert list(inbox.iterdir()) == []
    assert looked_for(office, "CD777") == ["CD777"]
    assert taken(office) == 0
    assert Load.objects.get().loaded_by
    assert office.ledger()[-1][0] == "hotlists.load"
    assert LoadReport.objects.get().taken == 2


def test_a_refused_list_stays_is_reported_and_asked_once(office, inbox):
    bad = put(inbox, "list.csv", csv_of("AB12345,QQ,stolen_vehicle,SV-1"))
    for _ in range(3):
        assert taken(office) == 0
    assert bad.exists()
    report = LoadReport.objects.get()
    assert (report.load, report.malformed, report.fault_lines[0].line) == (None, 1, 2)
    assert [each[0] for each in office.ledger()].count("hotlists.load_refused") == 1
    put(inbox, "list.csv", GOOD)
    assert taken(office) == 1


def test_what_is_still_written_hidden_or_a_link_is_left_alone(office, inbox, tmp_path):
    put(inbox, "fresh.csv", GOOD, age_s=0)
    put(inbox, "list.csv.part", GOOD)
    put(inbox, ".list.csv", GOOD)
    elsewhere = tmp_path / "secret.csv"
    elsewhere.write_bytes(GOOD)
    (inbox / "link.csv").symlink_to(elsewhere)
    assert taken(office) == 0
    assert len(list(inbox.iterdir())) == 4


def test_an_inbox_without_a_folder_is_no_fault(office, inbox):
    inbox.rmdir()
    assert taken(office) == 0
