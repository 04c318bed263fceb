"""Members, their duties, their training, and the department's policy in its numbered editions."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime
from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models
from django.db.models import Q

from platewarden.server.database.logins import sign_in_alias


class Duty(models.TextChoices):
    """What a member is assigned to do. A duty opens acts; nobody has all of them."""

    SUPERVISOR = "supervisor", "Administrative Supervisor"
    DESIGNEE = "designee", "Designee"
    OPERATOR = "operator", "Operator"
    INVESTIGATOR = "investigator", "Investigator"
    DISPATCHER = "dispatcher", "Dispatcher"
    LIST_MANAGER = "list manager", "List manager"
    RECORDS_CLERK = "records clerk", "Records clerk"
    CUSTODIAN = "system custodian", "System custodian"
    AUDITOR = "auditor", "Auditor"


ACCESS_DUTIES = frozenset({Duty.OPERATOR, Duty.INVESTIGATOR, Duty.DISPATCHER, Duty.LIST_MANAGER, Duty.SUPERVISOR, Duty.DESIGNEE})


class Members(BaseUserManager["Member"]):
    """Sets of members."""

    def get_by_natural_key(self, number: str | None) -> Member:
        return self.get(number=number)


class Member(AbstractBaseUser):
    """A person of the department. Signs in with the member number."""

    number = models.CharField("member number", max_length=12, unique=True)
    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    dormant_at = models.DateTimeField(null=True)  # disabled for doing nothing; whoever left has none
    enabled_at = models.DateTimeField(null=True)  # opened again after that
    shift_verifier = models.BinaryField(null=True)  # answers to the shift secret, never to the password

    USERNAME_FIELD = "number"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[Members] = Members()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=r"^[A-Z0-9-]{2,12}$"), name="member_number_is_plain"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def duties_on(self, at: datetime) -> frozenset[str]:
        """The duties in force at a moment."""
        if "assignments" in self._asked_once:
            return frozenset(each.duty for each in self.assignments.all() if each.is_in_force(at))
        return frozenset(self.assignments.in_force(at).values_list("duty", flat=True))

    def trained_until(self) -> date | None:
        """The last day on which the latest completed training is valid, or None."""
        if "completions" in self._asked_once:
            return max((each.expires_on for each in self.completions.all()), default=None)
        until: date | None = self.completions.aggregate(until=models.Max("expires_on"))["until"]
        return until

    def ask_once(self) -> None:
        """Duties and training are asked of the database now, and no more for as long as this object lives: a request, never longer.

        For the pages' login: the car's door may see a few columns of either, and asks each time.
        """
        models.prefetch_related_objects([self], "assignments", "completions")

    @property
    def _asked_once(self) -> Container[str]:
        return getattr(self, "_prefetched_objects_cache", ())

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password. A hash made with older settings is made anew, by the sign-in role."""

        def made_anew(password: str) -> None:
            self.set_password(password)
            Member.objects.using(sign_in_alias()).filter(pk=self.pk).update(password=self.password)

        return check_password(raw_password, self.password, made_anew)

    # The sign-in library asks Django's permission questions of its user; duties answer ours, so these say no.
    def has_perm(self, _perm: str, _obj: object = None) -> bool:
        return False

    def has_module_perms(self, _label: str) -> bool:
        return False


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def in_force(self, at: datetime) -> Self:
        return self.filter(since_at__lte=at).filter(Q(until_at=None) | Q(until_at__gt=at))


class Assignment(models.Model):
    """A duty given to a member, by whom, since and until when."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="assignments")
    duty = models.CharField(max_length=20, choices=Duty.choices)
    given_by = models.CharField(max_length=100)
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "duty"], condition=Q(until_at=None), name="one_open_assignment_a_duty"),
            models.UniqueConstraint(
                fields=["duty"], condition=Q(duty="supervisor", until_at=None), name="one_supervisor_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.duty}"

    def is_in_force(self, at: datetime) -> bool:
        return self.since_at <= at and (self.until_at is None or self.until_at > at)


class Completion(models.Model):
    """Department-approved training that a member completed."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="completions")
    course = models.CharField(max_length=120)
    completed_on = models.DateField()
    expires_on = models.DateField()  # the last valid day
    approved_by = models.CharField(max_length=100)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_on__gte=models.F("completed_on")), name="training_expires_after_completion"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.course}"


class AuthorizationQuerySet(models.QuerySet["Authorization"]):
    def in_force(self, at: datetime) -> Self:
        return self.filter(since_at__lte=at, until_at__gt=at, withdrawn_at=None)


class Authorization(models.Model):
    """Leave to see the entries of one confidential source: granted by whom, why, until when. The source is named as hot lists name it."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="authorizations", to_field="number")
    source = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    given_by = models.CharField(max_length=100)
    since_at = models.DateTimeField()
    until_at = models.DateTimeField()  # the end of its last day at the department
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=100, blank=True)

    objects = AuthorizationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until_at__gt=models.F("since_at")), name="authorization_ends_after_it_began"),
            models.UniqueConstraint(fields=["member", "source"], condition=Q(withdrawn_at=None), name="one_authorization_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.source}"


class PolicyEditionQuerySet(models.QuerySet["PolicyEdition"]):
    def in_force(self, at: datetime) -> PolicyEdition | None:
        """The newest edition whose day has come, or None before the department was set up."""
        return self.filter(in_force_at__lte=at).order_by("-number").first()


class PolicyEdition(models.Model):
    """The department's file as it stood: edition 1 is stored by setup, later ones are signed off by two."""

    number = models.PositiveIntegerField(unique=True)
    text = models.TextField()
    schedule = models.JSONField()  # days by kind of data, as the text says: what the database asks before it purges
    in_force_at = models.DateTimeField()
    signed_by = models.CharField(max_length=200)

    objects = PolicyEditionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"edition {self.number}"


class PolicyTextQuerySet(models.QuerySet["PolicyText"]):
    def in_force(self, day: date) -> PolicyText | None:
        """The newest text whose day has come, or None before the first."""
        return self.filter(in_force_on__lte=day).order_by("-number").first()


class PolicyText(models.Model):
    """The written policy as it was issued: what members read. What the program decides by stands in `PolicyEdition`."""

    number = models.PositiveIntegerField(unique=True)
    text = models.TextField()
    digest = models.CharField(max_length=64)  # SHA-256 of the text, as the ledger has it
    in_force_on = models.DateField()  # its first day at the department
    entered_by = models.CharField(max_length=100)
    entered_at = models.DateTimeField()

    objects = PolicyTextQuerySet.as_manager()

    def __str__(self) -> str:
        return f"policy text {self.number}"


class Acknowledgement(models.Model):
    """A member has read one text of the policy, and says so."""

    text = models.ForeignKey(PolicyText, on_delete=models.PROTECT, related_name="acknowledgements", to_field="number")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="acknowledgements")
    acknowledged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["text", "member"], name="one_acknowledgement_a_text"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.text_id}"


class RosterIssue(models.Model):
    """A numbered roster sent to units: who may operate, trained until when. The message itself carries no plate."""

    number = models.PositiveIntegerField(unique=True)
    made_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    message = models.BinaryField()
    mark = models.BinaryField()  # SHA-256 of who is in it: the same again makes no new edition

    def __str__(self) -> str:
        return f"roster {self.number}"
