"""Incidents, their watches, cars asked to drive them, and co-signs of wide searches.

Ids, places, times, words and states: no plate stands in any of these rows, and not where a car drove.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from platewarden.server.equipment.models import Unit
from platewarden.server.hotlists.models import Bolo


class Kind(models.TextChoices):
    HIT_AND_RUN = "hit and run", "Hit and run"
    ROBBERY = "robbery", "Robbery"
    BURGLARY = "burglary", "Burglary"
    SHOOTING = "shooting", "Shooting"
    HOMICIDE = "homicide", "Homicide"
    MISSING_PERSON = "missing person", "Missing person"
    VEHICLE_THEFT = "vehicle theft", "Vehicle theft"
    OTHER = "other", "Other crime"


MAJOR = frozenset({Kind.HOMICIDE, Kind.SHOOTING, Kind.ROBBERY, Kind.MISSING_PERSON})


class IncidentQuerySet(models.QuerySet["Incident"]):
    def standing(self) -> IncidentQuerySet:
        return self.filter(closed_at=None)


class Incident(models.Model):
    """Something that happened at a place and a time, both with what is not known about them."""

    number = models.CharField(max_length=40, unique=True)  # the case number
    kind = models.CharField(max_length=20, choices=Kind.choices)
    address = models.CharField(max_length=120)
    lat = models.FloatField()
    lon = models.FloatField()
    radius_m = models.PositiveIntegerField()
    corners = models.JSONField(null=True)  # [[lon, lat], ...] of a drawn area; null: the circle
    since = models.DateTimeField()
    until = models.DateTimeField()
    vehicle = models.CharField(max_length=200, blank=True)  # as witnesses described it; never its plate
    is_major = models.BooleanField()
    partial_at = models.DateTimeField(null=True)  # a witness reported part of a plate
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=100)
    opened_by_number = models.CharField(max_length=12)
    canvass_ordered = models.BooleanField(null=True)  # of a major one: decided, or not yet
    canvass_because = models.CharField(max_length=200, blank=True)
    canvass_decided_at = models.DateTimeField(null=True)
    canvass_decided_by = models.CharField(max_length=100, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=100, blank=True)
    closed_because = models.CharField(max_length=200, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=models.F("since")), name="incident_ends_after_it_began"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | (~Q(closed_by="") & ~Q(closed_because="")), name="incident_closed_says_who_and_why"
            ),
            models.CheckConstraint(
                condition=Q(canvass_ordered=None) | (~Q(canvass_decided_by="") & ~Q(canvass_because="")),
                name="canvass_decision_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def at(self) -> datetime:
        """The middle of the time in which it may have happened."""
        return self.since + (self.until - self.since) / 2

    @property
    def waits_for_decision(self) -> bool:
        """A major incident opens with a decision on a canvass."""
        return self.is_major and self.canvass_ordered is None and self.closed_at is None

    def partial_is_late(self, at: datetime, hours: int) -> bool:
        """A reported partial plate that nobody has entered as a watch in time."""
        return (
            self.partial_at is not None
            and self.closed_at is None
            and at - self.partial_at > timedelta(hours=hours)
            and not self.watches.exists()
        )


class Watch(models.Model):
    """A partial plate that is looked for while its incident is open: a BOLO that dies with it."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="watches")
    bolo = models.OneToOneField(Bolo, on_delete=models.PROTECT, related_name="watch")
    began_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.incident_id} {self.bolo_id}"


class CosignState(models.TextChoices):
    WAITING = "waiting", "Waiting for a colleague"
    SIGNED = "signed", "Co-signed"
    REFUSED = "refused", "Refused"


class Cosign(models.Model):
    """A wide search that waits for a colleague. What it asks stands in the terms of its count, as long as those are kept."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="cosigns")
    count_id = models.UUIDField(unique=True)  # the access under which it was counted
    vehicles = models.PositiveIntegerField()
    because = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=100)
    asked_by_number = models.CharField(max_length=12)
    state = models.CharField(max_length=10, choices=CosignState.choices, default=CosignState.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting") | (Q(decided_at__isnull=False) & ~Q(decided_by="")), name="cosign_decided_says_who"
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.vehicles}"


class TaskState(models.TextChoices):
    ASKED = "asked", "No answer yet"
    ACCEPTED = "accepted", "Driving"
    CANNOT = "cannot", "Cannot"
    DONE = "done", "Done"
    WITHDRAWN = "withdrawn", "Withdrawn"


class CanvassTaskQuerySet(models.QuerySet["CanvassTask"]):
    def standing(self, at: datetime) -> CanvassTaskQuerySet:
        """Asked, neither withdrawn nor over; declined ones too, for a crew may think again."""
        return self.filter(withdrawn_at=None, until__gt=at).exclude(state=TaskState.DONE)


class CanvassTask(models.Model):
    """A unit asked to drive the area of an incident until a time. Its sheet's number rises with each that is asked or withdrawn."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="tasks")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="canvass_tasks")
    sheet = models.BigIntegerField()  # of the unit: the first that has it
    instruction = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=100)
    until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=TaskState.choices, default=TaskState.ASKED)
    answered_at = models.DateTimeField(null=True)  # by the unit's clock
    answered_by = models.CharField(max_length=100, blank=True)
    answered_because = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=100, blank=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)
    withdrawn_sheet = models.BigIntegerField(null=True)  # of the unit: the first without it

    objects = CanvassTaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=models.F("asked_at")), name="task_ends_after_it_was_asked"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None)
                | (~Q(withdrawn_by="") & ~Q(withdrawn_because="") & Q(withdrawn_sheet__isnull=False) & Q(state="withdrawn")),
                name="task_withdrawn_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.unit_id}"

    @property
    def has_reached(self) -> bool:
        """Whether the unit has said that it holds a sheet with this task."""
        return self.unit.task_sheet >= self.sheet

    def is_over(self, at: datetime) -> bool:
        return self.until <= at
