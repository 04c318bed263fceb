"""When the worker's jobs were done, and how every clause stood on each day. No plate stands in any of these rows."""

from __future__ import annotations

from django.db import models


class JobRun(models.Model):
    """A job of the worker: when it was last done without a fault, as the worker says about every half minute."""

    name = models.CharField(max_length=40, unique=True)
    done_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class DaysCheck(models.Model):
    """How every clause stood on a day, as the worker found it: the table as it stands in the ledger by its digest."""

    day = models.DateField(unique=True)
    made_at = models.DateTimeField()
    text = models.TextField()  # JSON, word for word what the digest is of
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.day}"


class YearTold(models.Model):
    """What the public is told of a year, small counts left out: fixed once, for two tables of a year could be subtracted."""

    year = models.PositiveIntegerField(unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    made_by_number = models.CharField(max_length=12)
    text = models.TextField()  # JSON, word for word what the digest is of
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.year}"


class Sharing(models.Model):
    """With whom data are shared, as it was signed for a day."""

    day = models.DateField(unique=True)
    made_at = models.DateTimeField()
    note = models.TextField()  # signed, as anybody may have it
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.day}"
