"""Sources, loads, BOLOs and editions: ids, times and states. What is looked for itself lies in `plates.hotlist_entry`."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from platewarden.server.hotlists.layout import Fault


class Source(models.Model):
    """Where a list comes from: an extract of a state or federal file, or a partner's CSV."""

    name = models.CharField(max_length=60, unique=True)
    created_at = models.DateTimeField()
    owner = models.CharField(max_length=100, blank=True)  # the agency or desk that answers for it
    is_confidential = models.BooleanField(default=False)  # its hits are “contact dispatch” to whoever is not authorized
    layout = models.TextField(blank=True)  # the mapping file of its extract (layout.py); empty: the department's own CSV
    age_limit_hours = models.PositiveIntegerField(null=True)  # a list older than that is marked STALE on its alerts
    inbox = models.CharField(max_length=40, blank=True)  # folder under `inbox/` in the data folder that its lists are put into

    def __str__(self) -> str:
        return self.name


class Exclusion(models.Model):
    """A file of a source's extract that this department does not load, and why."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="exclusions")
    file = models.CharField(max_length=60)
    because = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "file"], condition=Q(ended_at=None), name="a_file_is_excluded_once"),
        ]

    def __str__(self) -> str:
        return self.file


class SourceAskState(models.TextChoices):
    WAITING = "waiting", "Waiting for the second member"
    SIGNED = "signed", "Signed"
    REFUSED = "refused", "Refused"


class SourceAsk(models.Model):
    """What is to be said of a source, where the department's policy has a second member sign it."""

    name = models.CharField(max_length=60)
    owner = models.CharField(max_length=100)
    is_confidential = models.BooleanField()
    layout = models.TextField(blank=True)
    age_limit_hours = models.PositiveIntegerField(null=True)
    inbox = models.CharField(max_length=40, blank=True)
    saw = models.CharField(max_length=16)  # what was said of it when this was asked (source.said_of)
    asked_by = models.CharField(max_length=100)
    asked_by_number = models.CharField(max_length=12)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=SourceAskState.choices, default=SourceAskState.WAITING)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_by_number = models.CharField(max_length=12, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(state="waiting"), name="one_source_ask_waits"),
            models.CheckConstraint(condition=~Q(decided_by_number=F("asked_by_number")), name="another_signs_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


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
    made_at = models.DateTimeField(null=True)  # by the source, where its layout tells

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="loads_are_numbered"),
            models.UniqueConstraint(fields=["source"], condition=Q(state="in force"), name="one_load_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.number}"

    @property
    def since(self) -> datetime:
        """From when its age counts: when its source made it, or else when it was loaded."""
        return self.made_at or self.loaded_at

    def is_stale(self, at: datetime) -> bool:
        """Whether it is older than its source's lists may be."""
        limit = self.source.age_limit_hours
        return limit is not None and at - self.since > timedelta(hours=limit)


class LoadReport(models.Model):
    """What came of a list: taken in or refused, its counts and the lines that are wrong. Never what stands on them."""

    source_name = models.CharField(max_length=60)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    digest = models.BinaryField()  # SHA-256 of the file
    load = models.ForeignKey(Load, on_delete=models.PROTECT, null=True, related_name="reports")  # null: refused
    lines = models.PositiveIntegerField()
    taken = models.PositiveIntegerField()
    malformed = models.PositiveIntegerField()
    later = models.PositiveIntegerField()  # take effect after the list came
    faults = models.JSONField()  # [[file, line, sentence], ...], the first 1,000

    def __str__(self) -> str:
        return f"{self.source_name} {self.at}"

    @property
    def fault_lines(self) -> list[Fault]:
        return [Fault(line, sentence, file) for file, line, sentence in self.faults]


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
