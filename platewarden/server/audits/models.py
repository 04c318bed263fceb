"""Audits, their sheets, and changes of their plan: ids, times, states, judgements and words of people. What a look asked for is not here."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q


class AuditQuerySet(models.QuerySet["Audit"]):
    def open(self) -> Self:
        return self.filter(signed_at=None)

    def late(self, at: datetime) -> Self:
        return self.filter(signed_at=None, sign_by__lt=at)


class Audit(models.Model):
    """An audit of the looks of a period. Written by functions of the database, and never deleted."""

    since = models.DateTimeField()  # the period's looks, up to the day the audit was due
    due_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    sign_by = models.DateTimeField()
    rules: models.JSONField = models.JSONField()  # how the sample is drawn, fixed before anybody can know the seed
    leaf_id = models.BigIntegerField()  # the ledger's line that opened it
    drawn_at = models.DateTimeField(null=True)
    seed = models.CharField(max_length=64, blank=True)  # of the first checkpoint signed after it opened
    tree_size = models.BigIntegerField(null=True)  # of that checkpoint
    looks = models.PositiveIntegerField(null=True)  # of the period
    looks_sha256 = models.CharField(max_length=64, blank=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=100, blank=True)
    signed_by_number = models.CharField(max_length=12, blank=True)
    summary = models.CharField(max_length=1000, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["due_at"], name="one_audit_a_day_it_is_due"),
            models.CheckConstraint(condition=Q(due_at__gt=models.F("since")), name="audit_is_of_a_period"),
            models.CheckConstraint(
                condition=Q(signed_at=None) | (Q(drawn_at__isnull=False) & ~Q(signed_by_number="") & ~Q(summary="")),
                name="audit_is_signed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"A-{self.pk:04d}"

    def is_late(self, at: datetime) -> bool:
        """Not signed off by its day: red."""
        return self.signed_at is None and at > self.sign_by


class Mark(models.TextChoices):
    """What makes a look likelier to be drawn, each with a figure of the policy under [audits]."""

    TRIPPED = "tripped", "Tripped a wire"
    MANY_LOOKS = "many looks", "Many looks that day"
    NO_CASE = "no case", "Names no case"
    OFF_SHIFT = "off shift", "Patrol, signed on to no unit"
    UNTRAINED = "untrained", "Untrained that day"


class Drawn(models.TextChoices):
    RANDOM = "random", "At random"
    WEIGHTED = "weighted", "Weighted"


class CaseAnswer(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    NONE_ASKED = "none asked", "The purpose asks for none"


class SheetJudgement(models.TextChoices):
    IN_ORDER = "in order", "In order"
    FINDING = "finding", "A finding"


class SheetQuerySet(models.QuerySet["Sheet"]):
    def unanswered(self) -> Self:
        return self.filter(follow_up_by__isnull=False, answered_at=None, closed_at=None)

    def unsettled(self) -> Self:
        """Findings to be followed up that no auditor has closed."""
        return self.filter(follow_up_by__isnull=False, closed_at=None)


class Sheet(models.Model):
    """One drawn look and how it was judged. Written by functions of the database."""

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="sheets")
    position = models.PositiveIntegerField()
    drawn = models.CharField(max_length=10, choices=Drawn.choices)
    marks: models.JSONField = models.JSONField()
    weight = models.PositiveIntegerField()
    access_id = models.UUIDField()  # over when it is drawn: it opens nothing any more
    leaf_id = models.BigIntegerField()
    at = models.DateTimeField()
    act = models.CharField(max_length=40)
    purpose = models.CharField(max_length=60)
    member_number = models.CharField(max_length=12)
    member_name = models.CharField(max_length=80)
    trained = models.BooleanField()  # that day, by what was entered by then
    judged_at = models.DateTimeField(null=True)
    judged_by = models.CharField(max_length=100, blank=True)
    judged_by_number = models.CharField(max_length=12, blank=True)
    case_exists = models.CharField(max_length=12, choices=CaseAnswer.choices, blank=True)
    purpose_fits = models.BooleanField(null=True)
    right_person = models.BooleanField(null=True)
    judgement = models.CharField(max_length=10, choices=SheetJudgement.choices, blank=True)
    finding = models.CharField(max_length=500, blank=True)
    follow_up_by = models.DateField(null=True)
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=100, blank=True)
    closed_because = models.CharField(max_length=500, blank=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["audit", "position"], name="a_sheet_has_its_place"),
            models.UniqueConstraint(fields=["audit", "access_id"], name="a_look_is_drawn_once"),
            models.CheckConstraint(
                condition=Q(judged_at=None) | ~Q(judged_by_number=models.F("member_number")), name="nobody_judges_their_own_look"
            ),
            models.CheckConstraint(condition=~Q(judgement="finding") | ~Q(finding=""), name="a_finding_is_said"),
            models.CheckConstraint(condition=Q(follow_up_by=None) | Q(judgement="finding"), name="only_a_finding_is_followed_up"),
        ]
        ordering: ClassVar[list[str]] = ["audit_id", "position"]

    def __str__(self) -> str:
        return f"{self.audit_id}/{self.position}"

    @property
    def marks_line(self) -> str:
        return ", ".join(Mark(each).label for each in self.marks)

    def is_overdue(self, today: date) -> bool:
        """To be answered, and past the day: red."""
        return self.follow_up_by is not None and self.answered_at is None and self.closed_at is None and today > self.follow_up_by


class PlanState(models.TextChoices):
    WAITING = "waiting", "Waiting for the second member"
    SIGNED = "signed", "Signed"
    REFUSED = "refused", "Refused"


class PlanChange(models.Model):
    """Other figures for the plan, asked by one member and signed by a second, one of them an auditor: an edition of the policy."""

    figures: models.JSONField = models.JSONField()
    on_edition = models.PositiveIntegerField()
    because = models.CharField(max_length=200)
    asked_by = models.CharField(max_length=100)
    asked_by_number = models.CharField(max_length=12)
    asked_by_auditor = models.BooleanField()
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.WAITING)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True)
    edition = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["state"], condition=Q(state="waiting"), name="one_change_of_the_plan_waits")]

    def __str__(self) -> str:
        return ", ".join(f"{name} {figure}" for name, figure in self.figures.items())
