"""Booking: a package that was written and read back becomes an item of the department's evidence, and every hand it goes to is written down.

Booking tells a hold that its deadline was kept. It ends the hold only where the department's policy says so; the database sees to that.
Refused: what was not read back, an item number that is taken, destruction by whoever booked it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Unknown
from platewarden.server.access.person import ask_as_the_person
from platewarden.server.clock import now
from platewarden.server.evidence.models import Booking, Package, PackageState, Transfer
from platewarden.server.evidence.passphrase import destroy_key
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do

NO_PACKAGE = "There is no such package. Look at the list again."


@dataclass(frozen=True)
class NewBooking:
    """What is written down of an item."""

    item_number: str
    medium_serial: str
    marking: str
    place: str


@dataclass(frozen=True)
class Booked:
    """A booking, and whether it ended the hold."""

    booking: Booking
    ended_hold: bool


def find(number: str) -> Package:
    """The package of a number as people say it. Unknown when there is none."""
    digits = number.strip().upper().removeprefix("E-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 18):
        raise Malformed(f"“{number[:20]}” is no package. `platewarden evidence list` lists them.")
    found = Package.objects.select_related("hold").filter(pk=int(digits)).first()
    if found is None:
        raise Unknown(NO_PACKAGE)
    return found


def book(request: HttpRequest, package_id: int, new: NewBooking) -> Booked:
    """Books a written package into evidence. Recorded as `evidence.book`; Stale when it was booked, or its item number taken."""
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_do(member, Act.EVIDENCE_BOOK, now()) or must_be_whole(new):
        raise Refused(refusal)
    ended_hold = ask_as_the_person(
        request,
        "book_evidence(%s, %s, %s, %s, %s, %s)",
        package_id,
        new.item_number.strip(),
        new.medium_serial.strip(),
        new.marking.strip(),
        new.place.strip(),
        meanwhile="This package was booked already, or never finished. Look at the list again.",
        taken=f"The item number {new.item_number[:40]} is taken by another package. Check it, and book again.",
    )
    return Booked(Booking.objects.get(package_id=package_id), bool(ended_hold))


def must_be_whole(new: NewBooking) -> Refusal | None:
    """Refuses an item without its number, its medium's serial number, or the place where it is kept."""
    for words, name in ((new.item_number, "item number"), (new.medium_serial, "serial number of the medium"), (new.place, "place")):
        if not words.strip():
            return Refusal(Clause.BOOKED_EVIDENCE, f"Evidence is booked with its {name}. Write it down, and book again.")
    return None


def hand_on(package_id: int, *, by: Member, from_whom: str, to_whom: str, because: str) -> Transfer:
    """Custody went to another hand. Recorded as `evidence.transfer`."""
    if refusal := may_do(by, Act.EVIDENCE_TRANSFER, now()):
        raise Refused(refusal)
    if len(from_whom.strip()) < 2 or len(to_whom.strip()) < 2 or len(because.strip()) < 4:
        raise Malformed("Say whose hand gave it, whose took it, and why.")
    with transaction.atomic():
        booking = _in_evidence(package_id)
        made = Transfer.objects.create(
            booking=booking,
            from_whom=from_whom.strip(),
            to_whom=to_whom.strip(),
            because=because.strip(),
            at=now(),
            written_by=str(by),
        )
        record(
            Act.EVIDENCE_TRANSFER,
            by=Signer(by.number, by.name),
            about={"package": package_id, "transfer": made.pk},
            content={"from": made.from_whom, "to": made.to_whom, "because": made.because},
        )
    return made


def hand_back(package_id: int, *, by: Member, to_whom: str, because: str) -> Booking:
    """The medium left the department's evidence, to a court or whoever it belongs to. Recorded as `evidence.return`."""
    if refusal := may_do(by, Act.EVIDENCE_RETURN, now()):
        raise Refused(refusal)
    if len(to_whom.strip()) < 2 or len(because.strip()) < 4:
        raise Malformed("Say to whom it was returned, and on what that rests.")
    because = f"to {to_whom.strip()}: {because.strip()}"
    with transaction.atomic():
        ended = _end(package_id, PackageState.RETURNED, by, because)
        record(Act.EVIDENCE_RETURN, by=Signer(by.number, by.name), about={"package": package_id}, content={"because": because})
    return ended


def may_destroy(package: Package, member: Member) -> Refusal | None:
    """Refuses whoever booked it: the supervisor or designee has it destroyed, never the one who put it there."""
    if refusal := may_do(member, Act.EVIDENCE_DESTROY, now()):
        return refusal
    booking = Booking.objects.filter(package=package).first()
    if booking is not None and booking.booked_by_number == member.number:
        return Refusal(Clause.BOOKED_EVIDENCE, "Evidence is destroyed by somebody else than who booked it. Ask a colleague.")
    return None


def destroy(package_id: int, *, by: Member, because: str) -> Booking:
    """The medium was destroyed, and the key of its package is. Recorded as `evidence.destroy`, before the key goes."""
    package = Package.objects.filter(pk=package_id).first()
    if package is None:
        raise Unknown(NO_PACKAGE)
    if refusal := may_destroy(package, by):
        raise Refused(refusal)
    if package.state == PackageState.DESTROYED:  # cut between the line and the key: the key goes now
        destroy_key(package)
    if len(because.strip()) < 8:
        raise Malformed("Say how it was destroyed and on what that rests, such as the order and its date.")
    with transaction.atomic():
        ended = _end(package_id, PackageState.DESTROYED, by, because.strip())
        record(
            Act.EVIDENCE_DESTROY,
            by=Signer(by.number, by.name),
            about={"package": package_id},
            content={"because": because.strip()},
        )
    destroy_key(package)
    return ended


def _in_evidence(package_id: int) -> Booking:
    booking = Booking.objects.select_for_update(no_key=True).filter(package_id=package_id).first()
    if booking is None:
        raise Unknown("This package is not booked. Look at the list again.")
    if booking.ended_at is not None:
        raise Stale("This item left the department's evidence already. Look at its page again.")
    return booking


def _end(package_id: int, state: PackageState, by: Member, because: str) -> Booking:
    booking = _in_evidence(package_id)
    booking.ended_at, booking.ended_by, booking.ended_because = now(), str(by), because[:200]
    booking.save(update_fields=["ended_at", "ended_by", "ended_because"])
    Package.objects.filter(pk=package_id).update(state=state)
    return booking
