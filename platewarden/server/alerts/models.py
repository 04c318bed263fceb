"""Alerts and what came of them: ids, times and states. The plate and the entry lie in `plates.hit`."""

from __future__ import annotations

from typing import Self

from django.db import models

from platewarden.policy.correction import Misread, WrongEntry
from platewarden.policy.verification import Answered, Came, EyeSaw, Ground, Outcome, Verified
from platewarden.server.equipment.models import Unit
from platewarden.server.hotlists.models import Source


class AlertState(models.TextChoices):
    RAISED = "raised", "New"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    VERIFIED = "verified", "Verified"
    DISPOSED = "disposed", "Closed"
    WITHDRAWN = "withdrawn", "Withdrawn: the reading was corrected"
    ENDED = "ended", "Purged before it was closed"


CLOSED = (AlertState.DISPOSED, AlertState.WITHDRAWN, AlertState.ENDED)


class AlertQuerySet(models.QuerySet["Alert"]):
    def open(self) -> Self:
        """Those that a member can still act on."""
        return self.exclude(state__in=CLOSED)


class Alert(models.Model):
    """Telling an operator about a hit."""

    hit_id = models.UUIDField(unique=True)
    read_id = models.UUIDField()
    captured_at = models.DateTimeField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    raised_at = models.DateTimeField()
    tier = models.CharField(max_length=8)
    urgent = models.BooleanField()
    silent = models.BooleanField()
    state = models.CharField(max_length=12, choices=AlertState.choices, default=AlertState.RAISED)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=100, blank=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True)  # of its entry's list; of a BOLO: none
    rematched_at = models.DateTimeField(null=True)  # when a correction of its reading last withdrew it, or raised it again
    rematched_by = models.CharField(max_length=100, blank=True)
    rematched_because = models.CharField(max_length=12, choices=Misread.choices(), blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-raised_at"], name="alerts_newest"),
            models.Index(fields=["rematched_at"], name="alerts_rematched", condition=models.Q(rematched_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"alert {self.id}"


class StateAsk(models.Model):
    """A question to the official state system about an alert's plate and state: a disclosure to it."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="asks")
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT
    )  # the state system itself: its returns are sealed to who may see it
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    due_at = models.DateTimeField()  # without an answer by then it has timed out, whatever became of who waited for it

    def __str__(self) -> str:
        return f"{self.alert_id} {self.at:%H:%M:%S}"

    @property
    def answer(self) -> StateReturn | None:
        """What came back, once something did."""
        return getattr(self, "returned", None)


class StateReturn(models.Model):
    """What came of a question, once. Its words lie with the alert's notes."""

    ask = models.OneToOneField(StateAsk, on_delete=models.PROTECT, related_name="returned")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Came.choices())
    answer = models.CharField(max_length=20, choices=Answered.choices(), blank=True)  # only where it answered
    reference = models.CharField(max_length=40, blank=True)
    returned_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.ask_id} {self.outcome}"


class Verification(models.Model):
    """Checking with the official database before acting on an alert."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="verifications")
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    characters = models.CharField(max_length=12, choices=EyeSaw.choices())
    state = models.CharField(max_length=12, choices=EyeSaw.choices())
    vehicle = models.CharField(max_length=12, choices=EyeSaw.choices())
    source = models.CharField(max_length=40)
    reference = models.CharField(max_length=40)
    answer = models.CharField(max_length=20, choices=Answered.choices())
    returned_at = models.DateTimeField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True)  # made in that car; at a console: none
    ask = models.ForeignKey(StateAsk, on_delete=models.PROTECT, null=True)  # rests on its return; typed or pasted: none

    def __str__(self) -> str:
        return f"{self.alert_id} {self.answer}"

    @property
    def unlocks(self) -> bool:
        """True when eyes and return agree on plate, state and an active entry, and no eye saw another vehicle."""
        return self.as_verified().unlocks

    def as_verified(self) -> Verified:
        """What the rule that car and office share is asked of."""
        return Verified(EyeSaw(self.characters), EyeSaw(self.state), EyeSaw(self.vehicle), Answered(self.answer))


class Disposition(models.Model):
    """What came of an alert."""

    alert = models.OneToOneField(Alert, on_delete=models.PROTECT, related_name="disposition")
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    outcome = models.CharField(max_length=20, choices=Outcome.choices())
    ground = models.CharField(max_length=14, choices=Ground.choices(), blank=True)
    for_review = models.BooleanField()  # waits for the supervisor: impracticable, or independent grounds
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True)  # made in that car; at a console: none

    def __str__(self) -> str:
        return f"{self.alert_id} {self.outcome}"


class DispositionReview(models.Model):
    """The supervisor's judgement of an enforcement outcome that rests on no confirming return."""

    disposition = models.OneToOneField(Disposition, on_delete=models.PROTECT, related_name="review")
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    is_in_order = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.disposition_id} {'in order' if self.is_in_order else 'not in order'}"


class NoteState(models.TextChoices):
    WRITTEN = "written", "To be sent"
    SENT = "sent", "Sent, not acknowledged"
    ACKNOWLEDGED = "acknowledged", "Acknowledged by the agency"
    NOT_NEEDED = "not needed", "Not needed"


class CorrectionNote(models.Model):
    """The agency of an entry is told that the entry is wrong. Its words lie with the alert's notes, and go with the hit."""

    alert = models.OneToOneField(Alert, on_delete=models.PROTECT, related_name="correction_note")
    wrong = models.CharField(max_length=12, choices=WrongEntry.choices(), blank=True)
    agency = models.CharField(max_length=100)
    state = models.CharField(max_length=12, choices=NoteState.choices)
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=100)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.CharField(max_length=100, blank=True)
    way = models.CharField(max_length=60, blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=100, blank=True)  # the member who entered it
    reference = models.CharField(max_length=40, blank=True)  # the agency's

    def __str__(self) -> str:
        return f"{self.alert_id} {self.state}"


class DispatchStop(models.Model):
    """A stop as the dispatch system has it. Its plate was compared when its file came, and is kept nowhere."""

    number = models.CharField(max_length=30, unique=True)
    stopped_at = models.DateTimeField()
    unit_name = models.CharField(max_length=40)
    taken_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.number

    @property
    def alert(self) -> Alert | None:
        """The alert that this stop followed, when there is one."""
        match = getattr(self, "match", None)
        return match.alert if match else None


class StopMatch(models.Model):
    """The alert that a stop followed: the same plate, shortly before."""

    stop = models.OneToOneField(DispatchStop, on_delete=models.PROTECT, related_name="match")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="stops")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.stop_id} {self.alert_id}"


class FoundReview(models.Model):
    """The supervisor's judgement of a stop that was not recorded as one, or of a correction that withdrew an urgent alert; once."""

    stop = models.OneToOneField(DispatchStop, on_delete=models.PROTECT, null=True, related_name="review")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, null=True, related_name="correction_reviews")
    corrected_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    is_in_order = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "corrected_at"], name="a_correction_is_reviewed_once")]

    def __str__(self) -> str:
        return f"{self.stop_id or self.alert_id} {'in order' if self.is_in_order else 'not in order'}"


class CarOutcomeState(models.TextChoices):
    """How an outcome from a car was merged with what was here."""

    WAITING = "waiting", "Waits for its alert"
    TAKEN = "taken", "Taken"
    AGREEING = "agreeing", "The same as at the office"
    CONFLICTING = "conflicting", "Conflicts with the office"
    REFUSED = "refused", "Refused"


class CarOutcome(models.Model):
    """What one member did about one alert in a car, as it came in: kept whatever the merge made of it. One message, one for each sighting."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    sequence = models.BigIntegerField()
    entry_id = models.UUIDField()
    captured_at = models.DateTimeField()
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, null=True, related_name="car_outcomes")
    member_number = models.CharField(max_length=12, blank=True)
    by = models.CharField(max_length=100)
    said_at = models.DateTimeField()  # by the unit's clock
    at = models.DateTimeField()  # trusted: less the unit's drift, never later than it came
    received_at = models.DateTimeField()
    characters = models.CharField(max_length=12, blank=True)
    eye_state = models.CharField(max_length=12, blank=True)
    vehicle = models.CharField(max_length=12, blank=True)
    answer = models.CharField(max_length=20, blank=True)  # a verification has one, a disposition none
    returned_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    ground = models.CharField(max_length=14, blank=True)
    has_reason = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=CarOutcomeState.choices, default=CarOutcomeState.WAITING)
    because = models.CharField(max_length=300, blank=True)  # the sentence of a refusal
    for_review = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "sequence", "captured_at"], name="one_car_outcome_a_sighting")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.sequence} {self.state}"
