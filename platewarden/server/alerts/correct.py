"""Correcting a reading: what a member says that the plate reads, beside what the camera read, which stays; and what its alerts are then.

One Access, one transaction: the correction is written for the member who opened it, the reading as it now stands is matched again, an open
alert whose entry it answers no more is withdrawn, one that was withdrawn and is answered again is new again, and an entry in force that it
answers now is an alert found by its correction, under the same rules as any other. Every console is told on commit.

What a person read in the picture is not confused by a camera: a corrected reading answers an entry as it stands or not at all.

Refused: an access that was never opened, a read that was purged meanwhile, a reading that stands like this already, and whoever did not see
the newest correction. An alert that somebody closed keeps its outcome.

Known gap: an alert that still answers keeps the tier and the doubts with which it was found; the card shows the correction.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest

from platewarden.plate.grams import tokens
from platewarden.plate.match import Answer, Candidate, Doubt, LookedFor, SeenPlate, answers
from platewarden.plate.text import PlateText, State
from platewarden.policy.correction import Misread
from platewarden.policy.refusal import Malformed, Stale, Unknown
from platewarden.server.access.desk import Access, open_access, put_on_disk, through_door
from platewarden.server.alerts.hits import CHANGED, in_order, tell
from platewarden.server.alerts.models import CLOSED, Alert, AlertState
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record

LONGEST_WORDS = 200
GONE = "This read is not kept here, or not any more."
MEANWHILE = "Somebody corrected this reading meanwhile. Look at it again, then correct it if it is still wrong."
SAME = "The reading stands like this already. Nothing was changed."
NOT_CORRECTED = "Nobody corrected this reading, so there is nothing to take back."


@dataclass(frozen=True)
class Said:
    """What a member says of a reading. No plate: it stands as the camera read it, and its corrections are taken back."""

    plate: PlateText | None
    state: State | None
    because: Misread
    words: str = ""


def correct(request: HttpRequest, read_id: uuid.UUID, captured_at: datetime, said: Said, *, saw: int) -> list[Alert]:
    """Corrects a reading, or takes its corrections back; the alerts that this changed. `saw`: the newest correction's number, 0: none."""
    access = open_access(request, Act.ALERTS_CORRECT, {"read": str(read_id), "captured_at": captured_at.isoformat(), "saw": saw})
    try:
        return _corrected(access, read_id, captured_at, said)
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.CannotConnectNow):
            raise
    put_on_disk()  # nobody else commits, as at the console while the server is stopped: once more, as any door is asked
    return _corrected(access, read_id, captured_at, said)


def _corrected(access: Access, read_id: uuid.UUID, captured_at: datetime, said: Said) -> list[Alert]:
    with transaction.atomic():
        return _settle(access, read_id, captured_at, said, _written(access, said))


def _written(access: Access, said: Said) -> dict[str, Any]:
    text = said.plate.text if said.plate else None
    grams = list(tokens(text)) if text else []
    words = " ".join(said.words.split())[:LONGEST_WORDS]
    state = said.state if text else None
    row = through_door(access, "correct_read", text, state, said.because.value, words, grams)[0]
    if row["outcome"] == "gone":
        raise Unknown(GONE)
    if row["outcome"] == "meanwhile":
        raise Stale(MEANWHILE)
    if row["outcome"] == "same":
        raise Malformed(SAME if said.plate else NOT_CORRECTED)
    return row


def _settle(access: Access, read_id: uuid.UUID, captured_at: datetime, said: Said, row: dict[str, Any]) -> list[Alert]:
    reading = row["reading"]
    seen = SeenPlate(
        text=reading["plate"],
        state=reading["state"],
        state_confidence=reading["state_confidence"],
        confidence=reading["confidence"],
        candidates=tuple(Candidate(text=text, confidence=sure) for text, sure in reading["candidates"]),
    )
    by = f"{access.member_number} {access.member_name}"
    answered = {
        uuid.UUID(each["hit_id"]): _answer(seen, each, is_corrected=reading["is_corrected"]) is not None for each in row["hits"]
    }
    changed = []
    for alert in Alert.objects.select_for_update().filter(read_id=read_id, hit_id__in=answered).order_by("pk"):
        if state := _next(alert, is_answered=answered[alert.hit_id]):
            alert.state, alert.rematched_at, alert.rematched_by, alert.rematched_because = state, now(), by, said.because
            alert.save(update_fields=["state", "rematched_at", "rematched_by", "rematched_because"])
            changed.append(alert)
    found = [
        (each, answer)
        for each in row["entries"]
        if (answer := _answer(seen, each, is_corrected=reading["is_corrected"]))
        and uuid.uuid5(read_id, each["entry_id"]) not in answered
    ]
    changed += _raised(read_id, captured_at, uuid.UUID(reading["unit_id"]), found)
    if changed:
        tell(CHANGED)
        record(
            Act.ALERTS_REMATCHED,
            by=Signer(access.member_number, access.member_name),
            purpose=access.purpose,
            about={"read": str(read_id), "correction": row["correction"], "alerts": {str(each.pk): each.state for each in changed}},
        )
    return changed


def _answer(seen: SeenPlate, entry: dict[str, Any], *, is_corrected: bool) -> Answer | None:
    found = answers(seen, LookedFor(text=entry["text"], is_pattern=entry["is_pattern"], state=entry["state"]))
    return None if found and is_corrected and Doubt.CONFUSABLE in found.doubts else found


def _next(alert: Alert, *, is_answered: bool) -> AlertState | None:
    """The state that the alert gets, or None where it keeps its own."""
    if is_answered:
        return AlertState.RAISED if alert.state == AlertState.WITHDRAWN else None
    return None if alert.state in CLOSED else AlertState.WITHDRAWN


def _raised(
    read_id: uuid.UUID, captured_at: datetime, unit_id: uuid.UUID, found: list[tuple[dict[str, Any], Answer]]
) -> list[Alert]:
    """The alerts of entries that the reading answers now and did not before."""
    if found:
        in_order()
    raised = []
    for entry, answer in found:
        hit_id = uuid.uuid5(read_id, entry["entry_id"])
        doubts = [doubt.value for doubt in answer.doubts]
        confused = json.dumps([[each.position, each.a, each.b] for each in answer.confusions])
        with connection.cursor() as cursor:
            cursor.execute(
                "select is_urgent, is_silent, of_source from plates.write_corrected_hit(%s, %s, %s, %s, %s, %s::jsonb, %s, %s)",
                [hit_id, read_id, captured_at, answer.tier.value, doubts, confused, entry["entry_id"], entry["loaded_at"]],
            )
            facts = cursor.fetchone()
        if facts is None:
            continue
        alert = Alert.objects.create(
            hit_id=hit_id,
            read_id=read_id,
            captured_at=captured_at,
            unit_id=unit_id,
            raised_at=now(),
            tier=answer.tier.value,
            urgent=facts[0],
            silent=facts[1],
            source_id=facts[2],
        )
        tell(str(alert.pk))
        raised.append(alert)
    return raised
