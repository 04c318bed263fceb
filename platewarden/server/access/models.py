"""Failed sign-ins, locks, second-factor codes already used: written by the sign-in role alone. And what tripwires were tripped."""

from __future__ import annotations

from typing import Self

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


class ResetState(models.TextChoices):
    WAITING = "waiting", "Waits for a second member"
    CONFIRMED = "confirmed", "Confirmed"
    REFUSED = "refused", "Refused"
    LAPSED = "lapsed", "Nobody confirmed within a day"


class FactorReset(models.Model):
    """A lost second factor: asked by one member with that duty, confirmed by another. Written by functions of the database alone."""

    member_number = models.CharField(max_length=12)
    because = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=100)
    asked_by_number = models.CharField(max_length=12)
    state = models.CharField(max_length=10, choices=ResetState.choices, default=ResetState.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member_number"], condition=Q(state="waiting"), name="one_waiting_reset_a_member"),
            models.CheckConstraint(condition=~Q(asked_by_number=models.F("member_number")), name="nobody_asks_for_themselves"),
        ]

    def __str__(self) -> str:
        return self.member_number


class Rule(models.TextChoices):
    """What can be tripped by looks; the figures stand in the policy, under [tripwires]."""

    SAME_PLATE = "same plate", "The same plate again and again"
    PROTECTED = "protected plate", "A protected plate"
    MANY_LOOKS = "many looks", "Very many looks within a day"
    WIDE_SEARCH = "wide search", "A search that names hardly anything"
    SIGN_INS = "sign-ins at once", "Signed in at several places at once"


class Judgement(models.TextChoices):
    IN_ORDER = "in order", "In order"
    FOLLOW_UP = "follow up", "To be followed up"


class TrippedQuerySet(models.QuerySet["Tripped"]):
    def waiting(self) -> Self:
        return self.filter(judged_at=None)


class Tripped(models.Model):
    """A look that tripped a rule, and how somebody else judged it. The look itself is its access; no plate stands here."""

    at = models.DateTimeField()
    rule = models.CharField(max_length=20, choices=Rule.choices)
    access_id = models.UUIDField()
    member_number = models.CharField(max_length=12)
    member_name = models.CharField(max_length=80)
    count = models.PositiveIntegerField()
    to_auditor = models.BooleanField()  # alone: it is about a supervisor or designee
    judged_at = models.DateTimeField(null=True)
    judged_by = models.CharField(max_length=100, blank=True)
    judgement = models.CharField(max_length=20, choices=Judgement.choices, blank=True)
    note = models.CharField(max_length=300, blank=True)

    objects = TrippedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.rule} {self.member_number}"


class Protected(models.Model):
    """A protected plate, as a keyed hash. No login can read this table: which plates are in it is visible to nobody."""

    keyed = models.BinaryField(unique=True)
    since_at = models.DateTimeField()

    def __str__(self) -> str:
        return "protected"
