"""The purge: what is due ends everywhere, what is younger or held stays, at whatever moment it is stopped, and it says exactly that."""

from __future__ import annotations

import random
import re
import threading
from datetime import UTC, datetime, time, timedelta

import psycopg
import pytest
from django.conf import settings

from platewarden.exchange.read_report import Place
from platewarden.exchange.receipt import Outcome
from platewarden.policy.refusal import Refused, Stale, Unavailable, Unknown
from platewarden.policy.verification import Outcome as CameOf
from platewarden.server.alerts.dispose import dispose
from platewarden.server.alerts.models import Alert
from platewarden.server.clock import now
from platewarden.server.hotlists.testing import bolo_in_force
from platewarden.server.ledger.chain import Sealer, check
from platewarden.server.people.models import PolicyEdition
from platewarden.server.people.testing import OPERATOR, SUPERVISOR
from platewarden.server.reads.gather import gather
from platewarden.server.reads.images import NotThere, find_picture
from platewarden.server.retention import purge
from platewarden.server.retention.certificate import said_in
from platewarden.server.retention.models import Chunk, Hold, Purge
from platewarden.server.retention.purge import Night, Round, days_due, days_overdue
from platewarden.server.retention.testing import corrected, day_ago, held, keep_past, open_past, purge_now, release

AGES = (40, 31, 30, 20, 5)


@pytest.fixture
def past(office):
    """A car's reads of 40, 31, 30, 20 and 5 days ago, three a day."""
    car = office.car()
    open_past(office.database, *AGES)
    with office.as_role("ingest"):
        return {ago: [keep_past(car, f"D{ago}N{n}", ago, at=time(n)) for n in range(3)] for ago in AGES}


def plates(office):
    return {text for (text,) in office.ask_owner("select plate from plates.reads")}


def held_plates(office):
    return {text for (text,) in office.ask_owner("select plate from plates.reads_held")}


def texts(past, *ages):
    return {kept.report.text for ago in ages for kept in past[ago]}


def picture(office, kept, view):
    """What is left of a picture of a read, by its pointer as it was."""
    from platewarden.server.reads.images import Pointer

    day = f"{kept.report.captured_at:%Y-%m-%d}"
    unit = office.cars[0].unit.id
    (content,) = (each.content for each in kept.report.pictures if each.view == view)
    hour = f"{kept.report.captured_at:%H}"
    pointer = Pointer(view, f"{day}/{unit}/{hour}.{view}.pack", 0, 12 + len(content) + 16, f"{day}/{unit}.{view}")
    return find_picture(pointer.as_row(), kept.read_id)


def test_what_is_due_is_gone_and_nothing_younger(office, past):
    said = said_in(purge_now(office).note)
    assert plates(office) == texts(past, 30, 20, 5)
    assert not office.ask_owner("select plate from plates.plate_seen where plate = any (%s)", list(texts(past, 40, 31)))
    ended = {(each["kind"], each["day"]): each["purged"] for each in said["ended"]}
    assert {key for key in ended if key[0] == "reads"} == {("reads", day_ago(ago).isoformat()) for ago in (40, 31)}
    assert {day for kind, day in ended if kind == "overview_pictures"} == {day_ago(ago).isoformat() for ago in (40, 31, 30, 20)}
    assert all(count == 3 for (kind, _), count in ended.items() if kind in ("reads", "pictures", "overview_pictures"))
    with office.as_role("purge"):
        assert days_due() == []


def test_every_day_is_due_when_the_schedule_of_its_kind_says_across_the_change_of_the_hour_too(office, past):
    asked = "select d.due_at = office.due_at(d.kind, d.day), d.kind from plates.days_due() d"
    found = office.ask_owner(asked)
    assert {kind for _, kind in found} >= {"reads", "pictures", "overview_pictures"}
    assert all(same for same, _ in found)
    missed = (
        "select k.kind, k.day from plates.days_kept() k where k.kind <> 'list_entries' and office.due_at(k.kind, k.day) <= now()"
    )
    assert sorted(office.ask_owner(missed)) == sorted(
        office.ask_owner("select kind, day from plates.days_due() where kind <> 'list_entries'")
    )


def test_pictures_end_on_their_own_schedules_by_their_keys(office, past):
    assert isinstance(picture(office, past[20][0], "overview"), bytes)
    purge_now(office)
    assert isinstance(picture(office, past[20][0], "overview"), NotThere)
    assert isinstance(picture(office, past[20][0], "plate"), bytes)
    assert isinstance(picture(office, past[5][0], "overview"), bytes)
    assert isinstance(picture(office, past[31][0], "plate"), NotThere)
    unit = str(office.cars[0].unit.id)
    left = {str(path.relative_to(settings.CONFIG.data)) for path in settings.CONFIG.data.rglob(f"*{unit}*") if path.is_file()}
    assert left == {f"keys/{day_ago(ago)}/{unit}.plate.key" for ago in (30, 20, 5)} | {f"keys/{day_ago(5)}/{unit}.overview.key"}


def test_the_certificate_names_the_keys_and_the_ledger_has_a_line_for_each_day(office, past):
    certificate = purge_now(office)
    said = said_in(certificate.note)
    unit = office.cars[0].unit.id
    keys = {key for each in said["ended"] for key in each["keys_destroyed"]}
    assert f"{day_ago(31)}/{unit}.plate" in keys
    assert f"{day_ago(20)}/{unit}.overview" in keys
    lines = office.ask_owner("select count(*) from office.ledger_leaf where act = 'retention.purge'")[0][0]
    assert lines == len(said["ended"]) == Chunk.objects.filter(purge=certificate.purge).count()
    with office.as_role("purge"):
        Sealer().seal()
        assert check().holds
    assert said["purged"] == sum(each["purged"] for each in said["ended"])


# Holds


def test_a_held_read_outlives_its_day_with_its_pictures_and_is_found_as_before(office, past):
    hold = held(office, OPERATOR, plate="D31N1")
    said = said_in(purge_now(office).note)
    assert held_plates(office) == {"D31N1"}
    assert picture(office, past[31][1], "plate") == past[31][1].report.pictures[1].content
    assert picture(office, past[31][1], "overview") == past[31][1].report.pictures[0].content
    assert isinstance(picture(office, past[31][0], "plate"), NotThere)
    (reads,) = (each for each in said["ended"] if (each["kind"], each["day"]) == ("reads", day_ago(31).isoformat()))
    assert (reads["purged"], reads["spared"], reads["spared_by"]) == (2, 1, [[hold.number, 1]])
    assert said["holds"][0]["authority"] == hold.authority
    found = office.browser(OPERATOR).post(
        "/reads/search/", {"plate": "D31N1", "span": "dates", "since": day_ago(33), "until": day_ago(1)}
    )
    assert b"1 read of" in found.content
    part = office.browser(OPERATOR).post(
        "/reads/search/", {"plate": "D31*", "span": "dates", "since": day_ago(33), "until": day_ago(1)}
    )
    assert b"1 plate answers" in part.content
    page = office.browser(OPERATOR).get(f"/reads/{past[31][1].read_id}/{past[31][1].report.captured_at.isoformat()}/")
    assert b"only a hold spares it" in page.content


@pytest.mark.parametrize(
    ("named", "spared"),
    [
        ({"plate": "D31N2"}, {"D31N2"}),
        ({"like": "D31N_"}, {"D31N0", "D31N1", "D31N2"}),
        ({"place": (42.0, -87.8, 500)}, {"D31AT"}),
    ],
)
def test_each_way_to_name_spares_what_it_names(office, past, named, spared):
    with office.as_role("ingest"):
        keep_past(office.cars[0], "D31AT", 31, at=time(9), place=Place(42.001, -87.8, 4.0, None, 0.5))
        keep_past(office.cars[0], "D31FAR", 31, at=time(9), place=Place(42.1, -87.8, 4.0, None, 0.5))
    held(office, OPERATOR, **named)
    purge_now(office)
    assert held_plates(office) == spared


def test_a_unit_and_one_read_are_held_too(office, past):
    other = office.car("Car 14")
    with office.as_role("ingest"):
        keep_past(other, "D31B", 31)
    held(office, OPERATOR, unit=other.unit.id)
    held(office, OPERATOR, read=past[40][2])
    purge_now(office)
    assert held_plates(office) == {"D31B", "D40N2"}


def test_two_holds_on_one_read_and_releasing_one_leaves_the_other(office, past):
    first, second = held(office, OPERATOR, plate="D31N1"), held(office, OPERATOR, like="D31N%")
    purge_now(office)
    assert held_plates(office) == texts(past, 31)
    release(office, second, by=SUPERVISOR)
    said = said_in(purge_now(office).note)
    assert held_plates(office) == {"D31N1"}
    assert [(each["kind"], each["purged"]) for each in said["ended"]] == [("released", 2)]
    assert isinstance(picture(office, past[31][0], "plate"), NotThere)
    assert isinstance(picture(office, past[31][1], "plate"), bytes)
    release(office, first, by=SUPERVISOR)
    purge_now(office)
    assert held_plates(office) == set()
    assert isinstance(picture(office, past[31][1], "plate"), NotThere)
    assert office.ask_owner("select count(*) from plates.hold_scope") == [(0,)]
    assert not list((settings.CONFIG.data / "keys" / "held").rglob(f"{past[31][1].read_id}*"))


def test_a_hold_on_a_day_that_ended_is_refused_with_the_day(office, past):
    purge_now(office)
    with pytest.raises(Refused, match=f"Reads of .*{day_ago(31):%m/%d/%Y} were purged"):
        held(office, OPERATOR, plate="D31N1", days=(33, 30.5))
    assert not Hold.objects.exists()


def test_a_hold_that_comes_while_the_days_pictures_are_being_kept_wins(office, past, monkeypatch):
    """Placed after the purge looked for held pictures and before it ends the day."""
    real, placed = purge.keys_of, []

    def keys_of(day, view):
        if not placed:
            placed.append(True)
            with office.as_role("app"):
                held(office, OPERATOR, plate="D40N0")
            purge.connection.close()
            office_as_purge()
        return real(day, view)

    def office_as_purge():
        from platewarden.server.web.testing import _point

        _point("default", office.database, "purge")

    monkeypatch.setattr(purge, "keys_of", keys_of)
    purge_now(office)
    assert placed
    assert held_plates(office) == {"D40N0"}
    assert isinstance(picture(office, past[40][0], "overview"), bytes)
    assert isinstance(picture(office, past[40][1], "overview"), NotThere)


def test_a_held_picture_that_does_not_answer_to_its_key_is_counted_and_stops_nothing(office, past):
    held(office, OPERATOR, plate="D31N1")
    pack = settings.CONFIG.data / "pictures" / f"{day_ago(31)}" / str(office.cars[0].unit.id) / "01.plate.pack"
    content = bytearray(pack.read_bytes())
    content[20] ^= 1
    pack.write_bytes(content)
    said = said_in(purge_now(office).note)
    bad = {(each["kind"], each["day"]): each["unreadable"] for each in said["ended"] if each["unreadable"]}
    assert bad == {("pictures", day_ago(31).isoformat()): 1}
    assert held_plates(office) == {"D31N1"}


def test_a_full_disk_keeps_what_is_held_and_purges_nothing_of_that_day(office, past, monkeypatch):
    from platewarden.server.reads import images

    held(office, OPERATOR, plate="D40N0")
    with monkeypatch.context() as full:
        full.setattr(images, "write_own_file", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "full")))
        with pytest.raises(Unavailable, match="cannot be kept on this disk"):
            purge_now(office)
    assert isinstance(picture(office, past[40][0], "overview"), bytes)
    assert plates(office) >= texts(past, 40)
    purge_now(office)
    assert held_plates(office) == {"D40N0"}
    assert isinstance(picture(office, past[40][0], "overview"), bytes)


# Corrections of a reading


def everywhere(office, text):
    """The tables of plates in whose rows a text stands."""
    tables = office.ask_owner(
        "select c.oid::regclass::text from pg_class c where c.relnamespace = 'plates'::regnamespace and c.relkind = 'r'"
    )
    return {
        re.sub(r"_\d{8}$", "", name)
        for (name,) in tables
        if office.ask_owner(f"select 1 from {name} t where t::text like %s limit 1", f"%{text}%")  # noqa: S608
    }


def test_corrections_end_with_their_reads_and_leave_no_row(office, past):
    for ago in (40, 31, 5):
        corrected(office, past[ago][1], f"C{ago}RIGHT")
    with office.as_role("purge"):
        assert gather()
    assert everywhere(office, "C31RIGHT") == {"plates.correction", "plates.plate_seen", "plates.gathered"}
    purge_now(office)
    assert everywhere(office, "C31RIGHT") == everywhere(office, "C40RIGHT") == set()
    assert everywhere(office, "C5RIGHT") == {"plates.correction", "plates.plate_seen"}
    with pytest.raises(Unknown):
        corrected(office, past[31][1], "C31WRONG", saw=1)
    assert everywhere(office, "C31WRONG") == set()


def test_a_held_read_keeps_its_corrections_is_found_by_them_and_can_be_corrected_still(office, past):
    corrected(office, past[31][1], "C31RIGHT")
    hold = held(office, OPERATOR, plate="D31N1")
    purge_now(office)
    assert everywhere(office, "C31RIGHT") == {"plates.correction_held"}
    corrected(office, past[31][1], "C31BEST", saw=1)
    span = {"span": "dates", "since": day_ago(33), "until": day_ago(1)}
    for text, answer in (
        ("D31N1", b"1 read of"),
        ("C31RIGHT", b"1 read of"),
        ("C31BEST", b"1 read of"),
        ("C31B*", b"1 plate answers"),
    ):
        assert answer in office.browser(OPERATOR).post("/reads/search/", {"plate": text, **span}).content
    release(office, hold, by=SUPERVISOR)
    purge_now(office)
    asked = {"plates.access_terms", "plates.ledger_content"}  # what was searched for, which has a schedule of its own
    assert everywhere(office, "C31RIGHT") | everywhere(office, "C31BEST") == asked


@pytest.mark.parametrize("named", [{"plate": "C31RIGHT"}, {"like": "C31R%"}])
def test_a_hold_names_a_read_by_the_text_it_was_corrected_to(office, past, named):
    corrected(office, past[31][1], "C31RIGHT")
    hold = held(office, OPERATOR, **named)
    assert hold.reads == 1
    corrected(office, past[31][1], None, saw=1)  # taken back: what a hold named once, it names
    purge_now(office)
    assert held_plates(office) == {"D31N1"}
    purge_now(office)
    assert held_plates(office) == {"D31N1"}
    release(office, hold, by=SUPERVISOR)
    purge_now(office)
    assert held_plates(office) == set()


def test_a_day_that_was_opened_before_there_were_corrections_ends_too(office, past):
    with office.database.connect("owner") as owner:
        owner.execute(f"drop table plates.correction_{day_ago(31):%Y%m%d}")
    purge_now(office)
    assert plates(office) == texts(past, 30, 20, 5)


def test_a_correction_under_way_is_waited_for(office, past):
    """It has the hold lock for itself; the day ends afterwards, with it."""
    began = threading.Event()

    def slowly():
        with office.database.connect("owner", autocommit=False) as other:
            other.execute("select pg_advisory_xact_lock_shared(4270010)")
            other.execute(
                "insert into plates.correction (read_id, captured_at, number, member, because, words, plate)"
                " values (%s, %s, 1, 'x', 'characters', '', 'C31RIGHT')",
                [past[31][1].read_id, past[31][1].report.captured_at],
            )
            began.set()
            other.execute("select pg_sleep(1)")

    writing = threading.Thread(target=slowly)
    writing.start()
    began.wait(5)
    purge_now(office)
    writing.join()
    assert everywhere(office, "C31RIGHT") == set()
    assert plates(office) == texts(past, 30, 20, 5)


# What was gathered of days


def test_what_was_gathered_of_a_day_goes_with_it_and_a_search_finds_the_rest(office, past):
    held(office, OPERATOR, plate="D31N1")
    with office.as_role("purge"):
        assert gather()
    assert {text for (text,) in office.ask_owner("select plate from plates.gathered")} == texts(past, *AGES)
    purge_now(office)
    assert office.ask_owner("select count(*) from plates.gathered") == [(0,)]
    assert found_by(office, "D*N1") == {"D31N1", "D30N1", "D20N1", "D5N1"}
    with office.as_role("purge"):
        assert gather() == 9
    assert {text for (text,) in office.ask_owner("select plate from plates.gathered")} == texts(past, 30, 20, 5)
    assert found_by(office, "D*N[12]") == {f"D{ago}N{n}" for ago in (30, 20, 5) for n in (1, 2)} | {"D31N1"}


def test_a_purge_does_not_wait_for_a_gathering(office, past):
    """It sends it home, drops what it was writing, and the next one begins anew."""
    with office.database.connect("purge", autocommit=False) as other:
        other.execute("select plates.begin_gathering()")
        other.commit()
        other.execute("select plates.gather()")

        def go_on():
            with pytest.raises(psycopg.errors.QueryCanceled):
                other.execute("select pg_sleep(30)")

        gone = threading.Thread(target=go_on)
        gone.start()
        purge_now(office)
        gone.join(1)
        assert not gone.is_alive()
        other.rollback()
    assert plates(office) == texts(past, 30, 20, 5)
    assert office.ask_owner("select to_regclass('plates.gathered_new')") == [(None,)]


def found_by(office, pattern):
    page = office.browser(OPERATOR).post("/reads/search/", {"plate": pattern, "span": "all"}).content.decode()
    return set(re.findall(r"\bD\d+N\d\b", page))


# Alerts, lists, contents


def test_hits_and_notes_end_with_their_schedule_and_stay_with_a_held_read(office):
    bolo_in_force("D31N1")
    bolo_in_force("D31N2")
    car = office.car()
    open_past(office.database, 31)
    with office.as_role("ingest"):
        one, two = keep_past(car, "D31N1", 31), keep_past(car, "D31N2", 31, at=time(13))
    assert one.alerts
    assert two.alerts
    held(office, OPERATOR, plate="D31N1")
    purge_now(office)
    assert office.ask_owner("select plate from plates.hit_held") == [("D31N1",)]
    assert office.ask_owner("select count(*) from plates.hit where plate in ('D31N1', 'D31N2')") == [(0,)]
    rosa = office.browser(OPERATOR)
    assert rosa.get(f"/alerts/{one.alerts[0].pk}/").status_code == 200
    assert rosa.get(f"/alerts/{two.alerts[0].pk}/").status_code == 404
    assert rosa.get("/alerts/").status_code == 200


def test_contents_of_the_ledger_end_and_their_lines_stay_and_verify(office):
    open_past(office.database, 400, parents=("ledger_content", "access_terms"))
    with office.database.connect("owner") as owner:
        (leaf,) = owner.execute("select min(leaf_id) from office.ledger_leaf").fetchone()
        owner.execute("alter table plates.ledger_content disable trigger append_only")
        owner.execute(
            "update plates.ledger_content set at = %s where leaf_id = %s", [datetime.combine(day_ago(400), time(12), UTC), leaf]
        )
        owner.execute("alter table plates.ledger_content enable trigger append_only")
    said = said_in(purge_now(office).note)
    assert [(each["kind"], each["day"], each["purged"]) for each in said["ended"]] == [
        ("search_terms", day_ago(400).isoformat(), 1)
    ]
    assert office.ask_owner("select count(*) from plates.ledger_content where leaf_id = %s", leaf) == [(0,)]
    with office.as_role("purge"):
        Sealer().seal()
        assert check().holds


def test_entries_of_lists_end_when_they_are_in_force_no_more_and_the_others_stay(office):
    bolo_in_force("KEEP1")
    bolo_in_force("GONE1")
    open_past(office.database, 40, parents=("hotlist_entry",))
    with office.database.connect("owner") as owner:
        owner.execute("update plates.hotlist_entry set loaded_at = %s", [datetime.combine(day_ago(40), time(12), UTC)])
        owner.execute(
            "update office.hotlists_bolo set state = 'withdrawn' where entry_id = (select entry_id from plates.hotlist_entry where text = 'GONE1')"
        )
    said = said_in(purge_now(office).note)
    (entries,) = (each for each in said["ended"] if each["kind"] == "list_entries")
    assert (entries["purged"], entries["spared"]) == (1, 1)
    assert office.ask_owner("select text from plates.hotlist_entry") == [("KEEP1",)]
    with office.as_role("purge"):
        assert not days_due()


# Interrupted, twice, at the same time


@pytest.mark.parametrize("seed", range(8))
def test_stopped_after_any_statement_it_goes_on_and_ends_the_same(office, past, monkeypatch, seed):
    held(office, OPERATOR, plate="D31N1")
    held(office, OPERATOR, like="D40N%")
    chance = random.Random(seed)

    class Stop(Exception):
        pass

    def sometimes(real):
        def act(*given, **named):
            if chance.random() < 0.25:
                raise Stop
            done = real(*given, **named)
            if chance.random() < 0.25:
                raise Stop
            return done

        return act

    for name in ("_patiently", "forget_pictures", "keep_beyond_its_day", "_clear_held", "_clear_pictures", "certify"):
        monkeypatch.setattr(purge, name, sometimes(getattr(purge, name)))
    stops = 0
    while True:
        try:
            purge_now(office)
            break
        except Stop:
            stops += 1
    assert stops
    assert held_plates(office) == {"D31N1", *texts(past, 40)}
    assert plates(office) == texts(past, 30, 20, 5)
    for kept in (past[31][1], *past[40]):
        assert isinstance(picture(office, kept, "plate"), bytes)
        assert isinstance(picture(office, kept, "overview"), bytes)
    totals = Chunk.objects.filter(kind="reads").values_list("purged", "spared")
    assert (sum(each[0] for each in totals), sum(each[1] for each in totals)) == (2, 4)
    assert Purge.objects.filter(ended_at=None).count() == 0
    with office.as_role("purge"):
        assert days_due() == []


def test_two_purges_are_one(office, past):
    with office.as_role("purge"):
        one, two = Round(Sealer()), Round(Sealer())
        assert one.begin(asked_by="one").pk == two.begin(asked_by="two").pk
        certificate = None
        while certificate is None:
            certificate = one.step() or two.step()
        assert one.step() is None
    assert Purge.objects.count() == 1
    assert plates(office) == texts(past, 30, 20, 5)


def test_a_day_that_is_not_due_does_not_end_whoever_asks(office, past):
    with office.as_role("purge"):
        under_way = Round(Sealer())
        begun = under_way.begin(asked_by="a test")
        with purge.connection.cursor() as cursor, pytest.raises(Exception, match="are not due"):
            cursor.execute("select plates.end_day(%s, 'reads', %s, '{}', 0, '[]')", [begun.pk, day_ago(30)])


def test_a_running_search_is_waited_for_and_other_days_go_on(office, past):
    began, done = threading.Event(), threading.Event()

    def look():
        with office.database.connect("postgres", autocommit=False) as reader:
            reader.execute("select count(*) from plates.reads")
            began.set()
            done.wait(1.5)

    looking = threading.Thread(target=look)
    looking.start()
    began.wait(5)
    purge_now(office)
    looking.join()
    assert plates(office) == texts(past, 30, 20, 5)


def test_a_read_that_comes_after_its_day_ended_is_receipted_expired_even_if_the_schedule_grew(office, past):
    purge_now(office)
    with office.as_role("owner"):
        first = PolicyEdition.objects.get(number=1)
        PolicyEdition.objects.create(
            number=2, text=first.text, schedule={**first.schedule, "reads": 90, "alerts": 90}, in_force_at=now(), signed_by="two"
        )
    receipt = office.receive(office.cars[0], "LATE1", at=datetime.combine(day_ago(31), time(5), UTC))
    assert receipt.items[0].outcome == Outcome.EXPIRED
    assert office.receive(office.cars[0], "LATE2", at=datetime.combine(day_ago(35), time(5), UTC)).items[0].outcome == Outcome.KEPT


def test_a_late_read_is_kept_without_the_pictures_whose_own_time_is_up(office, past):
    office.receive(office.cars[0], "LATE1", at=datetime.combine(day_ago(20), time(5), UTC))
    (pictures,) = office.ask_owner("select pictures from plates.reads where plate = 'LATE1'")[0]
    assert [each["view"] for each in pictures] == ["plate"]


def test_files_of_a_step_that_was_killed_are_cleared_away(office, past):
    purge_now(office)
    with office.as_role("ingest"):
        from platewarden.server.reads.images import keep_picture

        keep_picture(
            b"late", view="plate", read_id=past[31][0].read_id, unit_id=office.cars[0].unit.id,
            captured_at=past[31][0].report.captured_at,
        )  # fmt: skip
    purge_now(office)
    assert not list((settings.CONFIG.data / "keys" / f"{day_ago(31)}").glob("*"))


# The clock and the night


def test_nothing_is_purged_while_the_clock_is_not_believed(office, past):
    with office.as_role("purge"):
        purge.tick()
    with office.database.connect("owner") as owner:  # as if the clock had jumped a year ahead: the tick before it is long ago
        owner.execute("update office.retention_clockwatch set last_at = last_at - interval '365 days'")
    with pytest.raises(Refused, match="clock jumped"):
        purge_now(office)
    assert plates(office) == texts(past, *AGES)
    with office.as_role("purge"), purge.connection.cursor() as cursor:
        begun = Purge.objects.create(began_at=now(), asked_by="somebody", checkpoint_before="")
        with pytest.raises(Exception, match="clock is not to be believed"):
            cursor.execute("select plates.end_day(%s, 'overview_pictures', %s, '{}', 0, '[]')", [begun.pk, day_ago(40)])
    office.browser(SUPERVISOR).post("/retention/clock/")
    purge_now(office)
    assert plates(office) == texts(past, 30, 20, 5)


def test_the_night_round_runs_once_a_day_and_goes_on_with_what_was_cut(office, past, monkeypatch):
    with office.as_role("purge"):
        purge.tick()
        night = Night(Sealer())
        monkeypatch.setattr(Night, "_is_time", lambda _: False)
        night.step()
        assert not Purge.objects.exists()
        monkeypatch.undo()
        monkeypatch.setattr(purge, "NIGHT_BEGINS_AT", 0)
        for _ in range(40):
            night.step()
        assert Purge.objects.count() == 1
        assert Purge.objects.get().ended_at is not None
        Night(Sealer()).step()
        assert Purge.objects.count() == 1
    assert plates(office) == texts(past, 30, 20, 5)


def test_what_a_night_round_should_have_ended_is_overdue(office, past):
    assert {each.day for each in days_overdue()} >= {day_ago(40), day_ago(20)}
    assert day_ago(30) not in {each.day for each in days_overdue() if each.kind == "reads"}
    purge_now(office)
    assert days_overdue() == []


def test_a_shorter_schedule_ends_more_and_only_from_its_day_on(office, past):
    with office.as_role("owner"):
        first = PolicyEdition.objects.get(number=1)
        short = {**first.schedule, "reads": 10, "pictures": 10, "overview_pictures": 10, "alerts": 30}
        PolicyEdition.objects.create(
            number=2, text=first.text, schedule=short, in_force_at=now() + timedelta(days=1), signed_by="two"
        )
    purge_now(office)
    assert plates(office) == texts(past, 30, 20, 5)
    with office.as_role("owner"):
        PolicyEdition.objects.filter(number=2).update(in_force_at=now())
    purge_now(office)
    assert plates(office) == texts(past, 5)


# Found by reading it again


def test_an_alert_that_nobody_closed_ends_with_its_hit_and_waits_for_nobody(office):
    bolo_in_force("D31N1")
    car = office.car()
    open_past(office.database, 31)
    with office.as_role("ingest"):
        kept = keep_past(car, "D31N1", 31)
    assert Alert.objects.open().count() == 1
    purge_now(office)
    assert Alert.objects.get().state == "ended"
    assert Alert.objects.open().count() == 0
    with pytest.raises(Stale):
        dispose(kept.alerts[0].pk, outcome=CameOf.MISREAD, ground="", because="misread", by=office.member(OPERATOR))


def test_an_alert_that_a_hold_spared_stays_open_and_ends_when_the_hold_does(office):
    bolo_in_force("D31N1")
    car = office.car()
    open_past(office.database, 31)
    with office.as_role("ingest"):
        keep_past(car, "D31N1", 31)
    hold = held(office, OPERATOR, plate="D31N1")
    purge_now(office)
    assert Alert.objects.open().count() == 1
    release(office, hold, by=SUPERVISOR)
    purge_now(office)
    assert Alert.objects.get().state == "ended"


def test_words_on_a_hit_that_was_purged_have_no_place_and_jam_nothing(office, past):
    purge_now(office)
    with office.as_role("ingest"), purge.connection.cursor() as cursor:
        taken = datetime.combine(day_ago(31), time(1), UTC)
        cursor.execute(
            "select plates.write_alert_note(gen_random_uuid(), %s, gen_random_uuid(), '1042', 'disposition', 'late')", [taken]
        )
    assert office.ask_owner("select count(*) from plates.alert_note") == [(0,)]


def test_a_busy_day_holds_a_step_for_a_second_at_most_so_that_the_ledger_is_sealed(office, past):
    with office.database.connect("postgres", autocommit=False) as reader:
        reader.execute("select count(*) from plates.reads")
        with office.as_role("purge"):
            under_way = Round(Sealer())
            under_way.begin(asked_by="a test")
            steps = 0
            while not under_way.is_busy:
                assert under_way.step() is None
                steps += 1
            assert under_way.step() is None, "asked again, and still busy"
            assert steps < 10
            reader.rollback()
            while under_way.step() is None:
                pass
    assert plates(office) == texts(past, 30, 20, 5)


def test_the_console_gives_up_after_its_patience_and_says_so(office, past, monkeypatch):
    monkeypatch.setattr(purge, "PATIENCE_S", 0.5)
    with office.database.connect("postgres", autocommit=False) as reader:
        reader.execute("select count(*) from plates.reads")
        with pytest.raises(Unavailable, match="busy"):
            purge_now(office)


def test_a_list_that_was_replaced_today_is_not_overdue_before_a_night_has_passed(office):
    bolo_in_force("GONE1")
    open_past(office.database, 40, parents=("hotlist_entry",))
    purge_now(office)
    with office.database.connect("owner") as owner:
        owner.execute("select plates.make_span(%s, '{hotlist_entry}')", [day_ago(40)])
        owner.execute("update plates.hotlist_entry set loaded_at = %s", [datetime.combine(day_ago(40), time(12), UTC)])
        owner.execute("update office.hotlists_bolo set state = 'withdrawn'")
    assert [each.kind for each in purge.days_due()] == ["list_entries"]
    assert days_overdue() == []
    with office.database.connect("owner") as owner:
        owner.execute("update office.retention_purge set ended_at = ended_at - interval '25 hours'")
        owner.execute("update office.people_policyedition set in_force_at = in_force_at - interval '25 hours'")
    assert [each.kind for each in days_overdue()] == ["list_entries"]
