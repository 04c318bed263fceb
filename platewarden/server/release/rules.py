"""What makes a request a request, what bars it here, and who may decide on it. Questions only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pyrage import RecipientError, x25519

from platewarden.policy.clauses import Clause
from platewarden.policy.department import Department
from platewarden.policy.refusal import Refusal
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.rules import MANAGERS, may_do
from platewarden.server.release.models import (
    COMPELS,
    SHARED_WITH,
    AgencyKind,
    Basis,
    ReleaseGrant,
    ReleaseReceipt,
    ReleaseRequest,
    RequestState,
)
from platewarden.server.retention.hold import NewHold
from platewarden.server.retention.models import Hold

AT_MOST = 500  # reads of one request; the door fixes no more
NOT_APPROVED = "This request is not approved, so nothing of it goes out."
LARGEST_LETTER = 10 * 1024 * 1024
ACTIVE = (b"/JavaScript", b"/JS ", b"/JS(", b"/Launch", b"/EmbeddedFile", b"/OpenAction", b"/RichMedia", b"/XFA")


@dataclass(frozen=True)
class NewRequest:
    """What a letter says, as whoever took it in wrote it down."""

    agency: str
    agency_kind: AgencyKind
    agency_state: str
    requester: str
    purpose: str
    basis: Basis
    instrument: str
    reference: str
    has_declaration: bool
    prohibited: str
    """Which of the department's prohibited purposes it is for; empty: none."""
    asked: str
    letter: bytes
    hold: Hold | None = None
    """The hold that stands already, of what compels the department."""
    to_hold: NewHold | None = None
    """Or what is to be held from now on."""
    permit: bytes | None = None
    """The order, statute or consent itself, by which a law permits a release to who is no such agency."""


def must_be_written(new: NewRequest) -> Refusal | None:
    """Refuses what lacks agency, requester or purpose, what it asks for, or the instrument and hold of a lawful action."""
    named = ((new.agency, "the agency"), (new.requester, "the person who asks"), (new.purpose, "the intended purpose"))
    for words, what in named:
        if len(words.strip()) < 3:
            return Refusal(
                Clause.WRITTEN_REQUEST, f"A request names {what}. Without it there is no request: ask the agency for it."
            )
    if len(new.asked.strip()) < 8:
        return Refusal(Clause.WRITTEN_REQUEST, "Say which reads are asked for: which vehicle or place, from when to when.")
    if new.basis != Basis.OFFICIAL and len(new.instrument.strip()) < 4:
        return Refusal(Clause.RELEASE_TO_AGENCIES, "Name the order, subpoena, request or statute it rests on, with its date.")
    if new.basis in COMPELS and new.to_hold is None and (new.hold is None or not new.hold.is_standing):
        return Refusal(
            Clause.HOLD,
            "This compels the department to keep what it names. Say which vehicle or place, or choose the hold that stands.",
        )
    return None


def must_be_permitted(new: NewRequest, department: Department, member: Member, at: datetime) -> Refusal | None:
    """Refuses an instrument of an agency that needs none, of a kind that the department's file does not list, or taken in by the supervisor."""
    if new.permit is None:
        return None
    if new.agency_kind in SHARED_WITH:
        return Refusal(
            Clause.RELEASE_TO_AGENCIES,
            "A law enforcement or prosecutorial agency needs no instrument of its own here. Put it into one PDF with the letter.",
        )
    if new.basis not in department.permitted_by_law:
        listed = ", ".join(sorted(department.permitted_by_law)) or "none"
        return Refusal(
            Clause.RELEASE_TO_AGENCIES,
            f"The department's file permits a release to anybody else by: {listed}. This is none of them: take it in without the instrument,"
            " and it is referred to Records.",
        )
    if Duty.SUPERVISOR.value in member.duties_on(at):
        return Refusal(
            Clause.RELEASE_REVIEWED,
            "Only the supervisor approves it, never who took it in. Have the designee or a clerk take it in.",
        )
    return must_be_a_letter(new.permit)


def must_be_a_letter(content: bytes) -> Refusal | None:
    """Refuses what is no PDF, is too large, or carries scripts or files. A script in a compressed part is not seen."""
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        return Refusal(Clause.WRITTEN_REQUEST, "The letter is not a whole PDF. Make one of it, and attach that.")
    if len(content) > LARGEST_LETTER:
        return Refusal(Clause.WRITTEN_REQUEST, "The letter is larger than 10 MB. Attach a smaller copy.")
    if any(each in content for each in ACTIVE):
        return Refusal(Clause.SAFEGUARDED, "This PDF carries scripts or other files. Print it to a plain PDF, and attach that.")
    return None


def barred(new: NewRequest, department: Department) -> str:
    """Why the rules of this jurisdiction, as the department's file has them, bar an approval; empty when none does."""
    if new.prohibited:
        return f"Data is not released for {new.prohibited}."
    if department.declaration_outside_state and new.agency_state != department.home_state and not new.has_declaration:
        return f"An agency outside {department.home_state} declares in writing that it uses the data for no prohibited purpose."
    return ""


def may_decide(asked: ReleaseRequest, member: Member, at: datetime) -> Refusal | None:
    """Refuses whoever took it in, and whoever is neither supervisor nor designee that day."""
    if refusal := may_do(member, Act.RELEASE_DECIDE, at):
        return refusal
    if asked.received_by_number == member.number:
        return Refusal(Clause.RELEASE_REVIEWED, "Whoever took a request in does not decide on it. Ask the supervisor or designee.")
    return None


def may_approve(asked: ReleaseRequest, member: Member, at: datetime) -> Refusal | None:
    """Refuses what a rule of this jurisdiction bars: it can only be denied; and to all but the supervisor what a law permits."""
    if asked.barred_because:
        return Refusal(Clause.RELEASE_TO_AGENCIES, f"{asked.barred_because} Deny it, or take in a new request.")
    if asked.is_permitted_by_law and Duty.SUPERVISOR.value not in member.duties_on(at):
        return Refusal(
            Clause.RELEASE_REVIEWED,
            "It is of no law enforcement or prosecutorial agency: whether its instrument permits a release, the supervisor decides.",
        )
    return None


def may_name(asked: ReleaseRequest, member: Member, at: datetime) -> Refusal | None:
    """Refuses whoever took it in, whoever is neither supervisor nor designee, and what is not approved or was handed over."""
    if refusal := may_do(member, Act.RELEASE_NAME, at) or _may_go_out(asked):
        return refusal
    if asked.received_by_number == member.number:
        return Refusal(
            Clause.RELEASE_REVIEWED, "Whoever took a request in does not name its reads. Ask the supervisor or designee."
        )
    return None


def may_fulfil(asked: ReleaseRequest, granted: ReleaseGrant | None, member: Member, at: datetime) -> Refusal | None:
    """Refuses what is not approved, names no reads, or was handed over; and a grant of somebody who lost the duty since."""
    if refusal := may_do(member, Act.RELEASE_FULFIL, at) or _may_go_out(asked):
        return refusal
    if granted is None:
        return Refusal(Clause.RELEASE_REVIEWED, "The supervisor or designee names the reads that the approval covers first.")
    namer = Member.objects.filter(number=granted.named_by_number).first()
    if namer is None or not namer.is_active or not namer.duties_on(at) & {each.value for each in MANAGERS}:
        return Refusal(
            Clause.RELEASE_REVIEWED,
            f"{granted.named_by} named these reads and is neither supervisor nor designee any more. Whoever is now looks at the request"
            " and names them again.",
        )
    return None


def _may_go_out(asked: ReleaseRequest) -> Refusal | None:
    if asked.state != RequestState.APPROVED:
        return Refusal(Clause.RELEASE_REVIEWED, NOT_APPROVED)
    if ReleaseReceipt.objects.filter(request=asked).exists():
        return Refusal(Clause.RELEASE_ON_FILE, "This request was handed over already, once. Further reads need a new request.")
    return None


def must_be_a_key(words: str) -> Refusal | None:
    """Refuses what is no public key of age; a private one is named as such, and never kept."""
    if words.strip().upper().startswith("AGE-SECRET-KEY-"):
        return Refusal(
            Clause.SAFEGUARDED,
            "This is the agency's private key: tell them to make another. Enter the public one, which begins with age1.",
        )
    try:
        x25519.Recipient.from_str(words.strip())
    except RecipientError:
        return Refusal(
            Clause.SAFEGUARDED,
            "This is no public key of age: it begins with age1 and has 62 characters. Ask the agency for it again.",
        )
    return None


def must_be_in_force(expires_on: date | None, today: date) -> Refusal | None:
    """Refuses a key past the last day that its agency stated for it."""
    if expires_on is not None and expires_on < today:
        return Refusal(Clause.SAFEGUARDED, f"This key ran out on {expires_on:%m/%d/%Y}. Ask the agency for its new one.")
    return None
