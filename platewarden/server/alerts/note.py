"""The correction note: an alert was wrong because its list was wrong, and the agency that entered it is told, in a letter.

An alert of a source that was closed as out of date or as a different vehicle waits for its note, of any other wrong outcome one may be
written. The letter names the entry and who found what; never where or when a vehicle was read, for a read leaves only through a release
(427.7). Its words lie with the hit, and are forgotten with it. Then it waits until a manager says how it was sent, and until the agency
acknowledged it. Each step once; every step is in the ledger.

Known gap: the program does not send the letter itself: whoever sent it says how.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from platewarden.policy.clauses import Clause
from platewarden.policy.correction import WrongEntry
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Unknown
from platewarden.policy.verification import Outcome
from platewarden.server.alerts.models import Alert, AlertState, CorrectionNote, NoteState
from platewarden.server.alerts.rules import may_act_on
from platewarden.server.alerts.verify import locked, write_note
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do

LIST_WAS_WRONG = (Outcome.STALE_ENTRY, Outcome.DIFFERENT_VEHICLE)
"""Such an outcome is the list's fault until somebody says otherwise: its note is waited for."""
MAY_BE = (*LIST_WAS_WRONG, Outcome.WRONG_STATE, Outcome.MISREAD, Outcome.NOTIFIED)
LATE = timedelta(days=7)
"""An agency that did not acknowledge for so long is asked again."""


def without_note() -> QuerySet[Alert]:
    """Closed alerts of a source whose list was wrong, and nobody wrote to its agency; the oldest first."""
    return (
        Alert.objects.filter(
            state=AlertState.DISPOSED, source__isnull=False, disposition__outcome__in=LIST_WAS_WRONG, correction_note=None
        )
        .select_related("source", "unit", "disposition")
        .order_by("disposition__at")
    )


def may_write(alert: Alert, member: Member) -> Refusal | None:
    """Refuses who lacks the duty, or is not authorized for the alert's confidential source; and an alert that is no fault of a list."""
    if refusal := may_do(member, Act.ALERTS_NOTE, now()) or may_act_on(alert, member, now()):
        return refusal
    disposition = getattr(alert, "disposition", None)
    if alert.source is None:
        return Refusal(Clause.LISTED_PURPOSES, "This is a BOLO of this department. End it, or tell who entered it.")
    if disposition is None or disposition.outcome not in MAY_BE:
        return Refusal(Clause.LISTED_PURPOSES, "Close the alert first, with what was wrong about it. Then its agency can be told.")
    return None


def write(alert_id: int, *, wrong: WrongEntry, words: str, by: Member) -> CorrectionNote:
    """Writes the note; it waits to be sent. Recorded as `alerts.note`, its words in the erasable content. Stale when there is one."""
    if len(words.strip()) < 8:
        raise Malformed("Say in a sentence what was found, as the agency will read it.")
    return _made(alert_id, NoteState.WRITTEN, wrong, words, by)


def not_needed(alert_id: int, *, because: str, by: Member) -> CorrectionNote:
    """Says that nothing is to be told to the agency, and why. By a manager. Recorded as `alerts.note`."""
    if refusal := may_do(by, Act.ALERTS_NOTE_SENT, now()):
        raise Refused(refusal)
    if len(because.strip()) < 8:
        raise Malformed("Say in a few words why the agency needs no note.")
    return _made(alert_id, NoteState.NOT_NEEDED, None, because, by)


def _made(alert_id: int, state: NoteState, wrong: WrongEntry | None, words: str, by: Member) -> CorrectionNote:
    with transaction.atomic():
        alert = locked(alert_id)
        if refusal := may_write(alert, by):
            raise Refused(refusal)
        assert alert.source is not None
        try:
            with transaction.atomic():
                note = CorrectionNote.objects.create(
                    alert=alert, wrong=wrong or "", agency=alert.source.owner, state=state, written_at=now(), written_by=str(by)
                )
        except IntegrityError as error:
            raise Stale("A note about this alert is there already. Look at it again.") from error
        write_note(alert, by=by, kind="correction note", body=words)
        record(
            Act.ALERTS_NOTE,
            by=Signer(by.number, by.name),
            about={
                "alert": alert.pk,
                "agency": note.agency,
                "source": alert.source.name,
                "wrong": note.wrong,
                "state": state.value,
            },
            content={"words": words.strip()},
        )
    return note


def sent(note_id: int, *, way: str, by: Member) -> CorrectionNote:
    """Says how the letter went to the agency: a disclosure of the entry to who entered it. Recorded as `alerts.note_sent`."""
    if refusal := may_do(by, Act.ALERTS_NOTE_SENT, now()):
        raise Refused(refusal)
    way = " ".join(way.split())
    if not 3 <= len(way) <= 60:
        raise Malformed("Say in 3 to 60 characters how it was sent, such as: by mail.")
    with transaction.atomic():
        note = _locked_note(note_id, NoteState.WRITTEN, by)
        note.state, note.sent_at, note.sent_by, note.way = NoteState.SENT, now(), str(by), way
        note.save(update_fields=["state", "sent_at", "sent_by", "way"])
        record(
            Act.ALERTS_NOTE_SENT,
            by=Signer(by.number, by.name),
            about={"alert": note.alert_id, "agency": note.agency, "way": way},
        )
    return note


def acknowledged(note_id: int, *, reference: str, by: Member) -> CorrectionNote:
    """Says that the agency took it in, under its own reference. Recorded as `alerts.note_acknowledged`."""
    if refusal := may_do(by, Act.ALERTS_NOTE_ACKNOWLEDGED, now()):
        raise Refused(refusal)
    reference = " ".join(reference.split())
    if not 2 <= len(reference) <= 40:
        raise Malformed("Enter the agency's reference, or who acknowledged it, in 2 to 40 characters.")
    with transaction.atomic():
        note = _locked_note(note_id, NoteState.SENT, by)
        note.state, note.acknowledged_at, note.acknowledged_by = NoteState.ACKNOWLEDGED, now(), str(by)
        note.reference = reference
        note.save(update_fields=["state", "acknowledged_at", "acknowledged_by", "reference"])
        record(
            Act.ALERTS_NOTE_ACKNOWLEDGED,
            by=Signer(by.number, by.name),
            about={"alert": note.alert_id, "agency": note.agency},
            content={"reference": reference},
        )
    return note


def _locked_note(note_id: int, state: NoteState, by: Member) -> CorrectionNote:
    note = CorrectionNote.objects.select_for_update(of=("self",)).select_related("alert__source").filter(pk=note_id).first()
    if note is None:
        raise Unknown("There is no such note. Look at the notes again.")
    if refusal := may_act_on(note.alert, by, now()):
        raise Refused(refusal)
    if note.state != state:
        raise Stale("This note has gone on meanwhile. Look at the notes again.")
    return note
