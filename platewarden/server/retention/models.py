"""Schedule changes, holds, purges. Ids, times, counts and states: no plate stands in any of these rows."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q


class Kind(models.TextChoices):
    """A row of the retention schedule, as the department's file names it; in the order in which a day ends."""

    OVERVIEW_PICTURES = "overview_pictures", "Overview pictures"
    PICTURES = "pictures", "Plate pictures"
    READS = "reads", "Reads"
    ALERTS = "alerts", "Alerts"
    LIST_ENTRIES = "list_entries", "Entries of lists no longer in force"
    SEARCH_TERMS = "search_terms", "Contents of the ledger"


class ChangeState(models.TextChoices):
    WAITING = "waiting", "Waiting for the second member"
    SIGNED = "signed", "Signed"
    REFUSED = "refused", "Refused"


class ScheduleChange(models.Model):
    """Other days for some kinds, asked by one member and signed by a second: it becomes an edition of the policy."""

    days: models.JSONField = models.JSONField()  # the kinds that change, with their new days
    text = models.TextField()  # the department's file with them
    on_edition = models.PositiveIntegerField()  # the edition it changes
    because = models.CharField(max_length=200)
    asked_by = models.CharField(max_length=100)
    asked_by_number = models.CharField(max_length=12)
    asked_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ChangeState.choices, default=ChangeState.WAITING)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True)
    edition = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["state"], condition=Q(state="waiting"), name="one_change_waits")]

    def __str__(self) -> str:
        return ", ".join(f"{kind} {days}" for kind, days in self.days.items())


class Ground(models.TextChoices):
    """Why data may not be purged: the policy's own list."""

    CRIMINAL = "criminal action", "Evidence in a criminal action"
    CIVIL = "civil action", "Evidence in a civil action"
    BELIEF = "reasonable belief", "Reasonable to believe it will become evidence"
    DISCOVERY = "discovery", "Subject to a discovery request"
    LAWFUL = "lawful action", "Subject to another lawful action to produce records"


class Scope(models.TextChoices):
    """What a hold names."""

    READ = "read", "One read"
    VEHICLE = "vehicle", "A vehicle, within a time"
    PATTERN = "pattern", "Vehicles that answer a partial plate, within a time"
    UNIT = "unit", "Everything a unit read, within a time"
    PLACE = "place", "Everything read around a place, within a time"


class HoldQuerySet(models.QuerySet["Hold"]):
    def standing(self) -> Self:
        return self.filter(released_at=None)


class Hold(models.Model):
    """A reason why data may not be purged: ground, authority, case, who, since when. What it names stands in `plates.hold_scope`."""

    ground = models.CharField(max_length=20, choices=Ground.choices)
    authority = models.CharField(max_length=200)
    reference = models.CharField(max_length=60)
    scope = models.CharField(max_length=10, choices=Scope.choices)
    since = models.DateTimeField()
    until = models.DateTimeField()
    placed_by = models.CharField(max_length=100)
    placed_by_number = models.CharField(max_length=12)
    placed_at = models.DateTimeField()
    reads = models.PositiveIntegerField()  # what it found when it was placed
    alerts = models.PositiveIntegerField()
    review_on = models.DateField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=100, blank=True)
    book_by = models.DateField()
    booked_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=100, blank=True)
    released_because = models.CharField(max_length=200, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=models.F("since")), name="hold_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(authority=""), name="hold_has_an_authority"),
            models.CheckConstraint(
                condition=Q(released_at=None) | (~Q(released_by="") & ~Q(released_because="")), name="hold_release_says_who_and_why"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return number_of(self.pk)

    @property
    def is_standing(self) -> bool:
        return self.released_at is None

    def is_unbooked(self, today: date) -> bool:
        """Held, not booked into evidence, and past its deadline: red."""
        return self.is_standing and self.booked_at is None and today > self.book_by

    def is_for_review(self, today: date) -> bool:
        return self.is_standing and today >= self.review_on


class Purge(models.Model):
    """One round of the purge: from its first look at what is due to its certificate."""

    began_at = models.DateTimeField()
    asked_by = models.CharField(max_length=100)
    checkpoint_before = models.TextField()  # the ledger's signed note
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ended_at"], condition=Q(ended_at=None), nulls_distinct=False, name="one_purge_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"purge {self.pk}"


class Chunk(models.Model):
    """A day of one kind that ended: what was purged, what was spared, for whom. Written by the purge's own function."""

    purge = models.ForeignKey(Purge, on_delete=models.PROTECT, related_name="chunks")
    kind = models.CharField(max_length=20)
    day = models.DateField(null=True)  # null: what holds that ended had kept
    schedule_days = models.PositiveIntegerField(null=True)  # what the schedule said at that moment
    at = models.DateTimeField()
    purged = models.BigIntegerField()
    spared = models.BigIntegerField()
    spared_by: models.JSONField = models.JSONField()  # [[hold, count], ...]
    unreadable = models.BigIntegerField()  # held pictures that did not answer to their key when they were to be kept
    keys: models.JSONField = models.JSONField()  # names of the picture keys that were destroyed
    leaf_id = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "day"], condition=~Q(kind="list_entries"), name="a_day_of_a_kind_ends_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"


class Certificate(models.Model):
    """What a purge did, signed: the note as anybody may check it."""

    purge = models.OneToOneField(Purge, on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    purged = models.BigIntegerField()
    spared = models.BigIntegerField()
    note = models.TextField()

    def __str__(self) -> str:
        return f"certificate {self.pk}"


class ClockWatch(models.Model):
    """The one row that watches the clock: the last tick, and how much of its going nobody can explain."""

    last_at = models.DateTimeField()
    boot = models.CharField(max_length=60)
    up_s = models.FloatField()
    unexplained_s = models.FloatField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_clock")]

    def __str__(self) -> str:
        return f"{self.last_at:%Y-%m-%d %H:%M}"


def number_of(pk: int) -> str:
    """A hold's number as people say it."""
    return f"H-{pk:05d}"
