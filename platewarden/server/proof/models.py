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
