"""Failed sign-ins, locks, and second-factor codes already used. Written by the sign-in role alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Failure(models.Model):
    """A sign-in that failed, by password or by code. The number may belong to nobody."""

    number = models.CharField(max_length=40)
    at = models.DateTimeField()
    factor = models.CharField(max_length=10)
    address = models.CharField(max_length=45)

    class Meta:
        indexes = [models.Index(fields=["number", "at"], name="failures_of_a_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.at}"


class Lock(models.Model):
    """A number that may not sign in until a member with that duty releases it."""

    number = models.CharField(max_length=40)
    since_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number"], condition=Q(released_at=None), name="one_open_lock")]

    def __str__(self) -> str:
        return self.number


class UsedCode(models.Model):
    """A second-factor code that was accepted: never again, in whichever process."""

    member_id = models.BigIntegerField()
    code_sha256 = models.BinaryField()
    period = models.BigIntegerField()  # 30-second periods since 1970
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member_id", "code_sha256", "period"], name="a_code_once")]

    def __str__(self) -> str:
        return str(self.member_id)
