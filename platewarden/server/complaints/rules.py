"""What makes a complaint one, and who may look into it and decide on it. Questions only; the database asks them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refusal
from platewarden.server.alerts.models import Alert
from platewarden.server.audits.models import Sheet
from platewarden.server.complaints.models import About, Complaint
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.rules import may_do
from platewarden.server.release.rules import must_be_a_letter
from platewarden.server.retention.hold import NewHold
from platewarden.server.retention.models import Hold

ABOUT_YOU = Refusal(Clause.NO_UNAUTHORIZED_PURPOSE, "This complaint is about you, so others look into it.")
SHORT = 8


@dataclass(frozen=True)
class Links:
    """What a complaint belongs to, as far as is known."""

    members: tuple[Member, ...] = ()
    alert: Alert | None = None
    look_line: int | None = None
    """The ledger's line of the look."""
    sheet: Sheet | None = None
    """The finding of an audit."""
    hold: Hold | None = None


@dataclass(frozen=True)
class NewComplaint:
    """What somebody complains of, as whoever took it in wrote it down."""

    about: About
    came_on: date
    complainant: str
    contact: str
    words: str
    letter: bytes | None
    links: Links
    to_hold: NewHold | None = None


def may_receive(new: NewComplaint, member: Member, at: datetime, today: date) -> Refusal | None:
    """Refuses without the duty, one about oneself, one that says nothing, of a day to come, or with a letter that is none."""
    if refusal := may_do(member, Act.COMPLAINTS_RECEIVE, at):
        return refusal
    if member in new.links.members:
        return ABOUT_YOU
    if len(new.complainant.strip()) < 3 or len(new.words.strip()) < SHORT:
        return Refusal(Clause.NO_UNAUTHORIZED_PURPOSE, "Write down who complains, and of what, in their words.")
    if new.came_on > today:
        return Refusal(Clause.NO_UNAUTHORIZED_PURPOSE, "The day on which it came lies in the future. Correct it.")
    return must_be_a_letter(new.letter) if new.letter is not None else None


def may_look_into(complaint: Complaint, member: Member, at: datetime) -> Refusal | None:
    """Refuses whoever it is about, and whoever lacks the duty."""
    return ABOUT_YOU if member.number in complaint.members else may_do(member, Act.COMPLAINTS_LOOK, at)


def may_link(complaint: Complaint, member: Member, at: datetime) -> Refusal | None:
    """Refuses once it is decided, and whoever it is about."""
    if refusal := ABOUT_YOU if member.number in complaint.members else may_do(member, Act.COMPLAINTS_LINK, at):
        return refusal
    if complaint.decided_at:
        return Refusal(Clause.NO_UNAUTHORIZED_PURPOSE, "This complaint is decided: it stays as it is. Take in a new one.")
    return None


def may_decide(complaint: Complaint, member: Member, at: datetime) -> Refusal | None:
    """Refuses whoever it is about or took it in; and managers when it is about one of them."""
    if refusal := ABOUT_YOU if member.number in complaint.members else may_do(member, Act.COMPLAINTS_DECIDE, at):
        return refusal
    if complaint.received_by_number == member.number:
        return Refusal(
            Clause.NO_UNAUTHORIZED_PURPOSE,
            "Whoever took a complaint in does not decide on it. Ask the supervisor, designee or auditor.",
        )
    if complaint.to_auditor and Duty.AUDITOR.value not in member.duties_on(at):
        return Refusal(
            Clause.NO_UNAUTHORIZED_PURPOSE, "This complaint is about a supervisor or designee, so an auditor decides on it."
        )
    return None
