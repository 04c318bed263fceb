"""The supervisor or designee names what goes out; the database fixes those reads and no others."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from platewarden.plate.text import PlateText
from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.server.clock import now
from platewarden.server.people.testing import DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.release.grant import Circle, Covered, must_cover, name_reads
from platewarden.server.release.models import ReleaseGrant
from platewarden.server.release.testing import approved, covered, granted, received
from platewarden.server.retention.testing import request_of


def test_the_reads_of_the_named_vehicle_are_counted_and_fixed(office, reads):
    asked = granted(office)
    grant = ReleaseGrant.objects.get(request=asked)
    assert (grant.reads, grant.named_by_number) == (2, SUPERVISOR)
    lines = office.ledger()
    assert lines.index(("release.name", SUPERVISOR)) < lines.index(("release.grant", SUPERVISOR))
    with office.database.connect("owner") as owner:
        fixed = {row[0] for row in owner.execute("select read_id from plates.release_paper_read")}
    assert fixed == {each.read_id for each in reads[:2]}


def test_nothing_of_what_is_kept_is_said_so_and_grants_nothing(office, reads):
    asked = approved(office)
    with pytest.raises(Refused, match="Nothing is kept"):
        name_reads(request_of(office, SUPERVISOR), asked.pk, covered("NO0NE"))
    assert not ReleaseGrant.objects.exists()


def test_more_than_go_out_at_once_are_refused(office, reads):
    with office.database.connect("owner") as owner:
        owner.execute("insert into plates.reads_held select r.* from plates.reads r limit 1")
        owner.execute(
            "do $$ declare one plates.reads_held; begin select * into one from plates.reads_held;"
            " for i in 1..501 loop one.read_id := gen_random_uuid(); one.plate := 'MANY1'; insert into plates.reads_held values (one.*); end loop; end $$"
        )
    with pytest.raises(Refused, match="more than 500"):
        name_reads(request_of(office, SUPERVISOR), approved(office).pk, covered("MANY1"))


def test_whoever_took_it_in_or_lacks_the_duty_names_nothing_and_the_database_agrees(office, reads, monkeypatch):
    asked = approved(office)
    for number in (DESIGNEE, OPERATOR):
        with pytest.raises(Refused):
            name_reads(request_of(office, number), asked.pk, covered("AB12345"))
    monkeypatch.setattr("platewarden.server.release.grant.may_name", lambda *_: None)
    with pytest.raises(Exception, match="never who took it in"):
        name_reads(request_of(office, DESIGNEE), asked.pk, covered("AB12345"))


def test_what_is_not_approved_or_unknown_is_refused(office, reads, monkeypatch):
    waiting = received(office)
    with pytest.raises(Refused, match="not approved"):
        name_reads(request_of(office, SUPERVISOR), waiting.pk, covered("AB12345"))
    with pytest.raises(Unknown):
        name_reads(request_of(office, SUPERVISOR), 999, covered("AB12345"))
    monkeypatch.setattr("platewarden.server.release.grant.may_name", lambda *_: None)
    with pytest.raises(Stale):
        name_reads(request_of(office, SUPERVISOR), waiting.pk, covered("AB12345"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "one of the two"),
        ({"vehicles": (PlateText("AB12345"),), "place": Circle(42.2, -87.8, 100)}, "one of the two"),
        ({"vehicles": (PlateText("AB12345"),) * 21}, "At most 20"),
        ({"place": Circle(42.2, -87.8, 100), "until": now() - timedelta(days=9)}, "end lies after"),
    ],
)
def test_what_covers_nothing_is_malformed(changes, words):
    facts = {"since": now() - timedelta(days=2), "until": now()} | changes
    with pytest.raises(Malformed, match=words):
        must_cover(Covered(**facts))


def test_what_was_named_stays_on_file(office, reads):
    granted(office)
    with office.database.connect("owner") as owner:
        for table in ("office.release_releasegrant", "plates.release_paper_scope"):
            for words in ("delete from", "truncate"):
                with pytest.raises(psycopg.Error):
                    owner.execute(f"{words} {table} cascade" if words == "truncate" else f"{words} {table}")
