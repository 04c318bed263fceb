"""Complaints: kinds, times, numbers and states. What one says, who says it and the answer stand in `plates.complaint_paper`."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from platewarden.server.alerts.models import Alert
from platewarden.server.audits.models import Sheet
from platewarden.server.retention.models import Hold


class About(models.TextChoices):
    """What is complained of."""

    WRONG_STOP = "wrong stop", "A wrong stop"
    MISUSE = "misuse", "Misuse of data"
    OTHER = "other", "Something else about the readers"


class ComplaintOutcome(models.TextChoices):
    """What was found."""

    FOUNDED = "founded", "Founded"
    PARTLY = "partly founded", "Founded in part"
    UNFOUNDED = "unfounded", "Not founded"
    WITHDRAWN = "withdrawn", "Withdrawn by who complained"


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def waiting(self) -> Self:
        return self.filter(decided_at=None)


class Complaint(models.Model):
    """A complaint. Written by functions of the database, and never deleted."""

    about = models.CharField(max_length=12, choices=About.choices)
    came_on = models.DateField()
    letter_sha256 = models.CharField(max_length=64, blank=True)  # of the letter it came in; told at the desk: none
    members = models.JSONField(default=list)  # numbers of whom it is about, as far as is known
    to_auditor = models.BooleanField()  # it is about a manager, so an auditor decides
    alert = models.ForeignKey(Alert, null=True, on_delete=models.PROTECT, related_name="complaints")
    look_line = models.BigIntegerField(null=True)  # the ledger's line of the look
    sheet = models.ForeignKey(Sheet, null=True, on_delete=models.PROTECT, related_name="complaints")
    hold = models.ForeignKey(Hold, null=True, on_delete=models.PROTECT, related_name="complaints")
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=100)
    received_by_number = models.CharField(max_length=12)
    due_on = models.DateField()
    outcome = models.CharField(max_length=14, choices=ComplaintOutcome.choices, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_by_number = models.CharField(max_length=12, blank=True)
    decided_because = models.CharField(max_length=500, blank=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None)
                | (~Q(outcome="") & ~Q(decided_because="") & ~Q(decided_by_number=models.F("received_by_number"))),
                name="complaint_decided_by_another_member",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"C-{self.pk:05d}"

    def is_late(self, today: date) -> bool:
        """Undecided past the day on which it was to be answered: red."""
        return self.decided_at is None and today > self.due_on
