"""Release requests. Agencies, times, reasons and states: what is asked for, and the letter, stand in `plates.release_paper`."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from platewarden.server.retention.models import Hold


class AgencyKind(models.TextChoices):
    LAW_ENFORCEMENT = "law enforcement", "Law enforcement agency"
    PROSECUTORIAL = "prosecutorial", "Prosecutorial agency"
    COURT = "court", "Court"
    GOVERNMENT = "government", "Another public body"
    PRIVATE = "private", "A person, company or newspaper"


SHARED_WITH = frozenset({AgencyKind.LAW_ENFORCEMENT, AgencyKind.PROSECUTORIAL})


class Basis(models.TextChoices):
    """On what a request rests."""

    OFFICIAL = "official purpose", "Official law enforcement purpose"
    STATUTE = "statute", "A statute that is named"
    COURT_ORDER = "court order", "Court order"
    SUBPOENA = "subpoena", "Subpoena"
    DISCOVERY = "discovery", "Discovery request"
    CONSENT = "consent", "Written consent of the vehicle's owner"


COMPELS = frozenset({Basis.COURT_ORDER, Basis.SUBPOENA, Basis.DISCOVERY})


class RequestState(models.TextChoices):
    WAITING = "waiting", "Waiting for review"
    APPROVED = "approved", "Approved"
    DENIED = "denied", "Denied"
    REFERRED = "referred", "Referred to Records"


class ReleaseRequest(models.Model):
    """A written request of another agency. Written by functions of the database, and never deleted."""

    agency = models.CharField(max_length=120)
    agency_kind = models.CharField(max_length=20, choices=AgencyKind.choices)
    agency_state = models.CharField(max_length=2)
    requester = models.CharField(max_length=100)
    purpose = models.CharField(max_length=300)
    basis = models.CharField(max_length=20, choices=Basis.choices)
    instrument = models.CharField(max_length=200, blank=True)  # which order, subpoena or statute
    reference = models.CharField(max_length=60, blank=True)  # the agency's own case number
    has_declaration = models.BooleanField()
    barred_because = models.CharField(max_length=300, blank=True)  # by the rules of this jurisdiction
    hold = models.ForeignKey(Hold, null=True, on_delete=models.PROTECT, related_name="release_requests")
    letter_sha256 = models.CharField(max_length=64)
    letter_bytes = models.PositiveIntegerField()
    permit_sha256 = models.CharField(max_length=64, blank=True)  # of the instrument by which a law permits it
    permit_bytes = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=100)
    received_by_number = models.CharField(max_length=12)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=RequestState.choices)
    is_narrowed = models.BooleanField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_by_number = models.CharField(max_length=12, blank=True)
    decided_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(agency="") & ~Q(requester="") & ~Q(purpose=""), name="written_request_names_all_three"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "referred"))
                | (Q(decided_at__isnull=False) & ~Q(decided_because="") & ~Q(decided_by_number=models.F("received_by_number"))),
                name="release_reviewed_by_another_member",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | ((Q(agency_kind__in=("law enforcement", "prosecutorial")) | ~Q(permit_sha256="")) & Q(barred_because="")),
                name="release_only_to_agencies",
            ),
            models.CheckConstraint(
                condition=~Q(basis__in=("court order", "subpoena", "discovery")) | Q(hold__isnull=False), name="lawful_action_holds"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"R-{self.pk:05d}"

    @property
    def is_permitted_by_law(self) -> bool:
        """Of nobody we share with, and reviewed for the instrument that came with it."""
        return self.permit_sha256 != ""

    def is_late(self, today: date) -> bool:
        """Waiting past the day on which it was to be answered: red."""
        return self.state == RequestState.WAITING and today > self.due_on


class ReleaseGrant(models.Model):
    """Which reads an approval covers, as the supervisor or designee named them; the newest one counts."""

    request = models.ForeignKey(ReleaseRequest, on_delete=models.PROTECT, related_name="grants")
    reads = models.PositiveIntegerField()
    named_at = models.DateTimeField()
    named_by = models.CharField(max_length=100)
    named_by_number = models.CharField(max_length=12)

    def __str__(self) -> str:
        return f"{self.request}: {self.reads} reads"


class ReleasePackage(models.Model):
    """Granted reads in one file, sealed to the recipient's key. Begun when they were given out; without `sealed_at` never finished."""

    request = models.ForeignKey(ReleaseRequest, on_delete=models.PROTECT, related_name="packages")
    grant = models.ForeignKey(ReleaseGrant, on_delete=models.PROTECT)
    access_id = models.UUIDField(unique=True)
    recipient = models.CharField(max_length=80)  # the public key
    recipient_expires_on = models.DateField(null=True)
    made_by = models.CharField(max_length=100)
    made_by_number = models.CharField(max_length=12)
    made_at = models.DateTimeField()
    reads = models.PositiveIntegerField()
    gone = models.PositiveIntegerField()  # granted, and purged before the package was made
    photos = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(null=True)
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sealed_at=None) | (Q(sha256__regex="^[0-9a-f]{64}$") & Q(size_bytes__gt=0)),
                name="a_sealed_release_has_its_digest",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"{self.request.number}-{self.pk}"


class ReleaseReceipt(models.Model):
    """Who handed which file to whom, when, which way. One of a request, for ever."""

    request = models.OneToOneField(ReleaseRequest, on_delete=models.PROTECT, related_name="receipt")
    package = models.OneToOneField(ReleasePackage, on_delete=models.PROTECT)
    to_whom = models.CharField(max_length=100)
    way = models.CharField(max_length=200)
    handed_at = models.DateTimeField()
    handed_by = models.CharField(max_length=100)
    handed_by_number = models.CharField(max_length=12)
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(to_whom="") & ~Q(way=""), name="a_receipt_says_to_whom")]

    def __str__(self) -> str:
        return f"receipt of {self.request}"
