"""Sources, loads, BOLOs and editions: ids, times and states. What is looked for itself lies in `plates.hotlist_entry`."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q


class Source(models.Model):
    """Where a list comes from: an extract of a state or federal file, or a partner's CSV."""

    name = models.CharField(max_length=60, unique=True)
    created_at = models.DateTimeField()
    owner = models.CharField(max_length=100, blank=True)  # the agency or desk that answers for it
    is_confidential = models.BooleanField(default=False)  # its hits are “contact dispatch” to whoever is not authorized

    def __str__(self) -> str:
        return self.name


class LoadState(models.TextChoices):
    FILLING = "filling", "Being filled"
    IN_FORCE = "in force", "In force"
    SUPERSEDED = "superseded", "Superseded"


class Load(models.Model):
    """One whole list of a source, numbered and dated."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="loads")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=LoadState.choices)
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=100)
    entries = models.PositiveIntegerField()
    digest = models.BinaryField()  # SHA-256 of the file

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="loads_are_numbered"),
            models.UniqueConstraint(fields=["source"], condition=Q(state="in force"), name="one_load_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.number}"


class BackState(models.TextChoices):
    WAITING = "waiting", "Waiting for the second member"
    SIGNED = "signed", "Put back"
    REFUSED = "refused", "Refused"


class BackAsk(models.Model):
    """An earlier load of a source to be put back in force: asked by one member, signed by another."""

    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="asks")
    asked_by = models.CharField(max_length=100)
    asked_by_number = models.CharField(max_length=12)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=BackState.choices, default=BackState.WAITING)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["load"], condition=Q(state="waiting"), name="one_back_ask_waits"),
        ]

    def __str__(self) -> str:
        return f"{self.load_id} {self.state}"


class BoloState(models.TextChoices):
    WAITING = "waiting", "Waiting for the second member"
    APPROVED = "approved", "In force"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Bolo(models.Model):
    """A BOLO's life: who asked, who approved, until when."""

    entry_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=10, choices=BoloState.choices, default=BoloState.WAITING)
    author = models.CharField(max_length=100)
    author_number = models.CharField(max_length=12)
    entered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return str(self.entry_id)

    def is_in_force(self, at: datetime) -> bool:
        return self.state == BoloState.APPROVED and self.expires_at > at


class Step(models.TextChoices):
    ENTERED = "entered", "Entered"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"
    EXTENDED = "extended", "Extended"
    CANCELLED = "cancelled", "Cancelled"
    RECOVERED = "recovered", "Recovered"
    CLOSED = "closed", "Ended with its case"


class BoloStep(models.Model):
    """One thing that happened to a BOLO, and until when it was looked for then."""

    bolo = models.ForeignKey(Bolo, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    what = models.CharField(max_length=10, choices=Step.choices)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.bolo_id} {self.what}"


class HotlistEdition(models.Model):
    """A numbered edition as sent to units. The file lies in the data folder under `editions/`."""

    number = models.PositiveIntegerField(unique=True)
    made_at = models.DateTimeField()
    asked_by = models.CharField(max_length=100)
    entries = models.PositiveIntegerField()
    digest = models.BinaryField()

    def __str__(self) -> str:
        return f"edition {self.number}"


class EditionAsk(models.Model):
    """Somebody changed what is looked for: a new edition is due."""

    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=100)
    edition = models.PositiveIntegerField(null=True)  # the number that answered it

    def __str__(self) -> str:
        return f"asked {self.asked_at}"
