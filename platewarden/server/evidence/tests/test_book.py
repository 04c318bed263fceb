"""Booking: an item with its number, whose hands it went through, and how it left."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import DatabaseError, connection

from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.server.access.login import person_key
from platewarden.server.evidence import book as booking
from platewarden.server.evidence.models import Booking, Package, PackageState, Transfer
from platewarden.server.evidence.passphrase import passphrase_of
from platewarden.server.evidence.testing import packed
from platewarden.server.people.models import PolicyEdition
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.retention.testing import held, keep_past, purge_now, release, request_of

NEW = booking.NewBooking("HP-26-0934", "4C530001", "HPPD 26-004117 #1", "property room, shelf 4")


@pytest.fixture
def made(office, hold, medium):
    return packed(office, hold, medium)


def book(office, made, new=NEW, *, by=SUPERVISOR):
    return booking.book(request_of(office, by), made.pk, new)


def booking_ends_holds(office):
    """The department's own choice, as its policy file says it."""
    newest = PolicyEdition.objects.order_by("-number")[0]
    with office.database.connect("postgres") as root:
        root.execute(
            "update office.people_policyedition set text = %s where number = %s",
            [newest.text.replace("booking_ends_hold = false", "booking_ends_hold = true"), newest.number],
        )
    assert "booking_ends_hold = true" in PolicyEdition.objects.get(pk=newest.pk).text


def test_a_booked_package_is_an_item_and_its_hold_has_kept_its_deadline(office, hold, made):
    assert not hold.booked_at
    booked = book(office, made)
    hold.refresh_from_db()
    made.refresh_from_db()
    assert (made.state, booked.ended_hold, hold.is_standing) == (PackageState.BOOKED, False, True)
    assert booked.booking.item_number == "HP-26-0934"
    assert not hold.is_unbooked(hold.book_by.replace(year=hold.book_by.year + 1))
    assert office.ledger()[-2:] == [("evidence.book", SUPERVISOR), ("retention.booked", SUPERVISOR)]
    (said,) = office.ask_owner("select body::jsonb -> 'about' from office.ledger_leaf where act = 'evidence.book'")
    assert said[0] == {"package": made.pk, "hold": hold.pk, "item": "HP-26-0934", "medium": "4C530001"}


def test_a_part_of_a_hold_does_not_keep_its_deadline(office, hold, reads, medium):
    part = packed(office, hold, medium, since=reads[0].report.captured_at)
    book(office, part)
    hold.refresh_from_db()
    assert hold.booked_at is None


def test_booking_ends_a_hold_only_where_the_policy_says_so(office, hold, made):
    booking_ends_holds(office)
    assert book(office, made).ended_hold
    hold.refresh_from_db()
    assert not hold.is_standing
    assert "item HP-26-0934" in hold.released_because
    assert [act for act, _ in office.ledger()][-2:] == ["evidence.book", "retention.booked"]


def test_what_came_since_keeps_the_hold(office, hold, made):
    booking_ends_holds(office)
    with office.as_role("ingest"):
        keep_past(office.cars[0], "AB12345", 21)
    assert not book(office, made).ended_hold
    hold.refresh_from_db()
    assert hold.is_standing


def test_a_hold_of_a_time_to_come_does_not_end(office, reads, medium):
    booking_ends_holds(office)
    longer = held(office, OPERATOR, plate="AB12345", days=(60, -5))
    assert not book(office, packed(office, longer, medium)).ended_hold
    longer.refresh_from_db()
    assert longer.is_standing
    assert longer.booked_at


def test_it_is_booked_once_and_an_item_number_is_taken_once(office, hold, made, medium):
    book(office, made)
    with pytest.raises(Stale, match="booked already"):
        book(office, made, replace(NEW, item_number="HP-26-0935"))
    with pytest.raises(Stale, match="HP-26-0934 is taken"):
        book(office, packed(office, hold, medium))
    assert Booking.objects.count() == 1


def test_what_was_never_finished_is_not_booked(office, hold, made):
    with office.database.connect("postgres") as root:
        root.execute("update office.evidence_package set state = 'making', sha512 = '', written_at = null")
    with pytest.raises(Stale, match="never finished"):
        book(office, made)


@pytest.mark.parametrize("missing", ["item_number", "medium_serial", "place"])
def test_an_item_without_number_medium_or_place_is_refused(office, made, missing):
    with pytest.raises(Refused, match="booked with its"):
        book(office, made, replace(NEW, **{missing: "  "}))


@pytest.mark.parametrize("number", [OPERATOR, AUDITOR])
def test_it_refuses_whoever_lacks_the_duty_here_and_in_the_database(office, made, number):
    with pytest.raises(Refused):
        book(office, made, by=number)
    key = person_key(request_of(office, number))
    with pytest.raises(DatabaseError, match="needs a duty"), connection.cursor() as cursor:
        cursor.execute("select office.book_evidence(%s, %s, 'a', 'b', '', 'c')", [key, made.pk])
    assert not Booking.objects.exists()


def test_the_application_cannot_write_a_booking_or_a_package_by_itself(office, made):
    for statement in (
        "insert into office.evidence_package select * from office.evidence_package",
        "insert into office.evidence_booking (package_id) values (1)",
        "update office.evidence_package set sha512 = 'x'",
        "update office.evidence_booking set item_number = 'x'",
        "delete from office.evidence_transfer",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
            cursor.execute(statement)


def test_every_hand_is_written_down_and_stays(office, made):
    book(office, made)
    supervisor = office.member(SUPERVISOR)
    booking.hand_on(made.pk, by=supervisor, from_whom="shelf 4", to_whom="Det. Novak", because="shown to the prosecutor")
    booking.hand_on(made.pk, by=supervisor, from_whom="Det. Novak", to_whom="shelf 4", because="came back")
    assert [str(each) for each in Transfer.objects.order_by("pk")] == ["shelf 4 to Det. Novak", "Det. Novak to shelf 4"]
    assert office.ledger()[-1] == ("evidence.transfer", SUPERVISOR)
    with office.database.connect("postgres") as root, pytest.raises(Exception, match="append-only"):
        root.execute("update office.evidence_transfer set to_whom = 'nobody'")


def test_a_hand_without_a_name_or_a_reason_is_refused(office, made):
    book(office, made)
    with pytest.raises(Malformed, match="whose hand"):
        booking.hand_on(made.pk, by=office.member(SUPERVISOR), from_whom="a", to_whom="Det. Novak", because="shown")


def test_returned_it_is_in_nobodys_hand_here(office, made):
    book(office, made)
    supervisor = office.member(SUPERVISOR)
    ended = booking.hand_back(made.pk, by=supervisor, to_whom="Circuit court", because="order of 12/01/2026")
    made.refresh_from_db()
    assert (made.state, ended.ended_because) == (PackageState.RETURNED, "to Circuit court: order of 12/01/2026")
    assert office.ledger()[-1] == ("evidence.return", SUPERVISOR)
    for act in (
        lambda: booking.hand_on(made.pk, by=supervisor, from_whom="court", to_whom="Det. Novak", because="again"),
        lambda: booking.hand_back(made.pk, by=supervisor, to_whom="Circuit court", because="order of 12/01/2026"),
    ):
        with pytest.raises(Stale, match="left the department"):
            act()
    assert passphrase_of(made)


def test_destroyed_its_key_goes_too_and_whoever_booked_it_does_not_do_that(office, made):
    book(office, made, by=SUPERVISOR)
    assert passphrase_of(made)
    with pytest.raises(Refused, match="somebody else than who booked it"):
        booking.destroy(made.pk, by=office.member(SUPERVISOR), because="shredded, order of 12/01/2026")
    with pytest.raises(Malformed, match="how it was destroyed"):
        booking.destroy(made.pk, by=office.member(DESIGNEE), because="done")
    booking.destroy(made.pk, by=office.member(DESIGNEE), because="shredded, order of 12/01/2026")
    made.refresh_from_db()
    assert made.state == PackageState.DESTROYED
    with pytest.raises(Unknown, match="was destroyed"):
        passphrase_of(made)
    assert office.ledger()[-1] == ("evidence.destroy", DESIGNEE)
    with pytest.raises(Stale):
        booking.destroy(made.pk, by=office.member(DESIGNEE), because="shredded, order of 12/01/2026")


def test_what_is_not_booked_has_no_custody(office, made):
    with pytest.raises(Unknown, match="not booked"):
        booking.hand_on(made.pk, by=office.member(SUPERVISOR), from_whom="shelf", to_whom="Det. Novak", because="shown")
    with pytest.raises(Unknown, match="no such package"):
        booking.destroy(4711, by=office.member(SUPERVISOR), because="shredded, order of 12/01/2026")


def test_a_package_is_found_by_its_number_as_people_say_it(made):
    assert booking.find(f" e-{made.pk:05d} ") == booking.find(str(made.pk)) == made
    for wrong, error in (("E-99999", Unknown), ("E-x", Malformed), ("", Malformed), ("9" * 40, Malformed)):
        with pytest.raises(error):
            booking.find(wrong)


def test_a_booked_hold_that_is_released_goes_with_the_next_purge_and_its_package_stays(office, reads, hold, made):
    book(office, made)
    release(office, hold, by=SUPERVISOR)
    purge_now(office)
    made.refresh_from_db()
    assert made.state == PackageState.BOOKED
    assert Package.objects.get().hold == hold
