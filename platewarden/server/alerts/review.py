"""The supervisor's queue: enforcement outcomes that rest on no confirming return of an official database (427.4(f)).

Each is judged once, by the supervisor or designee, never by who recorded it or verified its alert; the database knows by the key of the
sign-in. What was judged stays on the alert.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Unknown
from platewarden.server.access.person import as_the_person
from platewarden.server.alerts.models import Disposition, DispositionReview
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do


def waiting() -> QuerySet[Disposition]:
    """What nobody reviewed yet, the oldest first."""
    return Disposition.objects.filter(for_review=True, review=None).select_related("alert__unit").order_by("pk")


def may_review(disposition: Disposition, member: Member) -> Refusal | None:
    """Refuses who recorded it or verified its alert, and whoever lacks the duty."""
    if refusal := may_do(member, Act.ALERTS_REVIEW, now()):
        return refusal
    if str(member) in {disposition.by, *disposition.alert.verifications.values_list("by", flat=True)}:
        return Refusal(
            Clause.VERIFY_BEFORE_ENFORCEMENT, "Somebody else reviews what you recorded or verified. Ask the other supervisor."
        )
    return None


def review(request: HttpRequest, disposition_id: int, *, in_order: bool, because: str) -> DispositionReview:
    """Judges one. Recorded as `alerts.review`, the reason in the erasable content. Stale when it was judged meanwhile."""
    member = request.user
    assert isinstance(member, Member)
    disposition = Disposition.objects.filter(pk=disposition_id, for_review=True).select_related("alert").first()
    if disposition is None:
        raise Unknown("Nothing of this number waits for a review. Look at the queue again.")
    if refusal := may_review(disposition, member):
        raise Refused(refusal)
    if DispositionReview.objects.filter(disposition=disposition).exists():
        raise Stale("This was reviewed meanwhile. Look at the queue again.")
    if len(because.strip()) < 8:
        raise Malformed("Say in a few words what the review found.")
    with as_the_person(request) as key, connection.cursor() as cursor:
        cursor.execute("select office.review_disposition(%s, %s, %s, %s)", [key, disposition_id, in_order, because.strip()[:500]])
    return DispositionReview.objects.get(disposition=disposition)
