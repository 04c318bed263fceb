"""Packages, bookings, and who had them. Ids, times, counts and states: no plate stands in any of these rows."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q

from platewarden.server.retention.models import Hold


class PackageState(models.TextChoices):
    MAKING = "making", "Not finished"
    WRITTEN = "written", "Written, not booked"
    BOOKED = "booked", "In evidence"
    RETURNED = "returned", "Returned"
    DESTROYED = "destroyed", "Destroyed"


class Package(models.Model):
    """Held reads, written once onto a portable medium. Begun by the door that gives the reads out; written when it was read back."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="packages")
    access_id = models.UUIDField(unique=True)  # the look in which the reads were given out
    since = models.DateTimeField()
    until = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    made_by_number = models.CharField(max_length=12)
    made_at = models.DateTimeField()
    reads = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=PackageState.choices, default=PackageState.MAKING)
    written_at = models.DateTimeField(null=True)
    photos = models.PositiveIntegerField(null=True)  # pictures that went with them
    size_bytes = models.BigIntegerField(null=True)
    sha512 = models.CharField(max_length=128, blank=True)  # of the encrypted file, in hex

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="making") | (~Q(sha512="") & Q(written_at__isnull=False)), name="package_written_was_read_back"
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return number_of(self.pk)

    @property
    def covers_its_hold(self) -> bool:
        """Whether it takes in everything that its hold named until it was made."""
        return self.since <= self.hold.since and self.until >= min(self.hold.until, self.made_at - timedelta(seconds=1))

    @property
    def is_kept(self) -> bool:
        """On its medium, and not returned or destroyed."""
        return self.state in (PackageState.WRITTEN, PackageState.BOOKED)


class Booking(models.Model):
    """A package in the department's evidence: under which item number, on which medium, how marked, and how it ended."""

    package = models.OneToOneField(Package, on_delete=models.PROTECT, related_name="booking")
    item_number = models.CharField(max_length=40)
    medium_serial = models.CharField(max_length=60)
    marking = models.CharField(max_length=200)
    place = models.CharField(max_length=100)  # where it is kept
    booked_by = models.CharField(max_length=100)
    booked_by_number = models.CharField(max_length=12)
    booked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=100, blank=True)
    ended_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item_number"], name="an_item_number_once"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | (~Q(ended_by="") & ~Q(ended_because="")), name="custody_end_says_who_and_why"
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.item_number}"


class Transfer(models.Model):
    """Custody went from one hand to another. Written once, changed by nobody."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="transfers")
    from_whom = models.CharField(max_length=100)
    to_whom = models.CharField(max_length=100)
    because = models.CharField(max_length=200)
    at = models.DateTimeField()
    written_by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"{self.from_whom} to {self.to_whom}"


def number_of(pk: int) -> str:
    """A package's number as people say it."""
    return f"E-{pk:05d}"
