"""When the worker last asked each of its jobs."""

from __future__ import annotations

from django.db import models


class JobRun(models.Model):
    """A job of the worker: when it was last done without a fault, as the worker says about every half minute."""

    name = models.CharField(max_length=40, unique=True)
    done_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
