"""Units, and what they ask when they want to be one."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models

from platewarden.server.people.models import Member


class UnitState(models.TextChoices):
    ENROLLED = "enrolled", "Enrolled"
    REVOKED = "revoked", "Revoked"


class Unit(models.Model):
    """An ALPR-equipped vehicle or fixed post, known by the key it made itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=60)
    signing_public = models.BinaryField()
    key_id = models.BinaryField(unique=True)
    state = models.CharField(max_length=10, choices=UnitState.choices, default=UnitState.ENROLLED)
    grant = models.BinaryField()  # the signed enrolment grant, as sent
    enrolled_at = models.DateTimeField()
    enrolled_by = models.CharField(max_length=100)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=100, blank=True)
    last_contact_at = models.DateTimeField(null=True)
    last_nonce_at = models.DateTimeField(null=True)  # when its last contact's nonce was given out: an older one is a replay
    drift_s = models.FloatField(null=True)  # unit clock minus office clock, seconds, at the last contact
    clock = models.CharField(max_length=12, blank=True)  # what the unit says its clock is confirmed by
    hotlist_edition = models.PositiveIntegerField(default=0)
    roster_edition = models.PositiveIntegerField(default=0)
    task_sheet = models.BigIntegerField(default=0)  # the number of its canvass tasks, as it said at the last contact
    lat = models.FloatField(null=True)  # where it was at its last contact with somebody signed on; nothing older is kept
    lon = models.FloatField(null=True)
    place_at = models.DateTimeField(null=True)
    spooled = models.PositiveIntegerField(default=0)
    last_sequence = models.BigIntegerField(default=0)  # of its reads, as it said at the last contact
    lowest_unsent = models.BigIntegerField(default=0)  # what is missing below it is not in the unit; 0: nothing waits there
    unsent_since = models.DateTimeField(null=True)
    tampered_at = models.DateTimeField(null=True)  # it contradicted itself: changed on the way, or its key is on two machines

    def __str__(self) -> str:
        return self.name

    def is_late(self, at: datetime, hours: int) -> bool:
        """Whether a read of it waits longer than the department's deadline for the transfer."""
        return self.unsent_since is not None and at - self.unsent_since > timedelta(hours=hours)


class AskState(models.TextChoices):
    WAITING = "waiting", "Waiting for the office"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"


class EnrolmentAsk(models.Model):
    """A unit's request to be enrolled: waits until a member compares the fingerprint and decides."""

    name = models.CharField(max_length=60)
    signing_public = models.BinaryField()
    key_id = models.BinaryField(unique=True)
    fingerprint = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=AskState.choices, default=AskState.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return self.name


class Tombstone(models.Model):
    """Reads that ended in a unit because they were past retention: their numbers, as the unit signed them."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    sequence = models.BigIntegerField()
    digest = models.BinaryField()
    day = models.DateField()
    reads = models.BigIntegerField()
    ranges = models.JSONField()  # [[first, last], ...]
    buried_at = models.DateTimeField()  # by the unit's clock, which `clock` confirmed
    clock = models.CharField(max_length=12)
    retention_days = models.PositiveIntegerField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "sequence"], name="equipment_tombstone_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.sequence}: {self.reads} reads of {self.day}"


class LateReport(models.Model):
    """A report that was not kept because of its clock or its age: listed for the office, without a plate."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    sequence = models.BigIntegerField()
    outcome = models.CharField(max_length=10)
    said_at = models.DateTimeField()  # by the unit's clock
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.unit_id} {self.sequence} {self.outcome}"


class SignedOn(models.Model):
    """A member on a shift of a unit, as the unit's journal told it: since when, and until when if it has told."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    shift_id = models.UUIDField()
    member_number = models.CharField(max_length=12)
    since_at = models.DateTimeField()  # by the unit's clock
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "shift_id", "member_number"], name="once_on_a_shift")]

    def __str__(self) -> str:
        return f"{self.member_number} {self.unit_id}"


class Deployment(models.Model):
    """A deployment order of a fixed post: who answers for it, where, what for, by whose order, until when. One stands at a time."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    member = models.ForeignKey(Member, on_delete=models.PROTECT)
    place = models.CharField(max_length=200)
    purpose = models.CharField(max_length=60)
    reference = models.CharField(max_length=60, blank=True)
    ordered_by = models.CharField(max_length=100)
    ordered_on = models.DateField()
    ordered_at = models.DateTimeField()
    review_on = models.DateField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=models.Q(withdrawn_at=None), name="equipment_one_order_a_unit")
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.place}"
