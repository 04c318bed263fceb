"""hotlist and bolo: a list is loaded whole or refused with its lines; a BOLO waits for a second member."""

from __future__ import annotations

from datetime import timedelta

import pytest

from platewarden.cli.testing import desk_of
from platewarden.server.clock import now
from platewarden.server.hotlists.models import Bolo, EditionAsk, Load
from platewarden.server.hotlists.testing import SOURCE, csv_of, described
from platewarden.server.people.testing import LIST_MANAGER, OPERATOR


@pytest.fixture
def desk(office):
    return desk_of(office)


def test_a_list_is_loaded_whole_or_refused_with_its_lines(desk, tmp_path):
    described()
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(csv_of("AB12345,IL,stolen_vehicle,SV-1"))
    bad.write_bytes(csv_of("AB12345,IL,stolen_vehicle,SV-1", ",IL,stolen_vehicle,SV-2"))
    done = desk.run_as(LIST_MANAGER, "hotlist", "load", str(good), "--source", SOURCE)
    assert done.returncode == 0, done.stderr
    assert "load 1 with 1 entries is in force" in done.stderr
    done = desk.run_as(LIST_MANAGER, "hotlist", "load", str(bad), "--source", SOURCE)
    assert done.returncode == 1
    assert "line 3: " in done.stderr
    assert "The list in force stays" in done.stderr
    assert Load.objects.get().entries == 1
    assert desk.run("hotlist", "load", str(tmp_path / "none.csv"), "--source", SOURCE, "--by", LIST_MANAGER).returncode == 2


def test_who_may_not_load_or_publish_is_refused_with_the_clause(desk, tmp_path):
    good = tmp_path / "good.csv"
    good.write_bytes(csv_of("AB12345,IL,stolen_vehicle,SV-1"))
    for words in (("load", str(good), "--source", SOURCE), ("publish",)):
        done = desk.run_as(OPERATOR, "hotlist", *words)
        assert done.returncode == 1
        assert "Refused under 427.3 (assigned-members)" in done.stderr
    assert not Load.objects.exists()
    assert not EditionAsk.objects.exists()
    assert desk.run_as(LIST_MANAGER, "hotlist", "publish").returncode == 0
    assert EditionAsk.objects.count() == 1


def bolo(**changes):
    given = {
        "--state": "unknown",
        "--category": "wanted_vehicle",
        "--reference": "26-004117",
        "--reason": "hit and run, dark sedan",
        "--expires-on": (now() + timedelta(days=5)).date().isoformat(),
        **changes,
    }
    return [word for pair in given.items() for word in pair]


def test_a_bolo_waits_for_a_second_member(desk):
    done = desk.run_as(OPERATOR, "bolo", "add", "7B?4*", *bolo())
    assert done.returncode == 0, done.stderr
    assert "waits for a second member" in done.stderr
    assert Bolo.objects.get().author_number == OPERATOR


def test_a_bolo_that_cannot_be_is_wrong_use_in_one_sentence(desk):
    for plate, changes in (
        ("A*", {}),
        ("7B?4*", {"--state": "QQ"}),
        ("7B?4*", {"--category": "boat"}),
        ("7B?4*", {"--expires-on": "soon"}),
    ):
        done = desk.run("bolo", "add", plate, *bolo(**changes), "--by", OPERATOR)
        assert done.returncode == 2, changes
        assert len(done.stderr.strip().splitlines()) == 1
    assert desk.run("bolo", "add", "7B?4*").returncode == 2
    assert not Bolo.objects.exists()
