"""The supervisor's queue: enforcement outcomes that rest on no confirming return of an official database (427.4(f)); stops that dispatch has
and nobody recorded here; and corrections that withdrew an urgent alert.

Each is judged once, by the supervisor or designee, never by who had a hand in it; the database knows by the key of the sign-in. What was
judged stays. A correction that is not in order is taken back where its read is shown, which raises the alert again.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Unknown
from platewarden.server.access.person import as_the_person
from platewarden.server.alerts.models import Alert, AlertState, Disposition, DispositionReview, FoundReview
from platewarden.server.alerts.stops import not_recorded
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


def corrected() -> QuerySet[Alert]:
    """Urgent alerts that one member's correction withdrew, and nobody else looked at it; the oldest first."""
    seen = FoundReview.objects.filter(alert=OuterRef("pk"), corrected_at=OuterRef("rematched_at"))
    return (
        Alert.objects.filter(state=AlertState.WITHDRAWN, urgent=True)
        .exclude(Exists(seen))
        .select_related("unit")
        .order_by("rematched_at")
    )


def in_all() -> int:
    """How much waits for the supervisor here."""
    return waiting().count() + not_recorded().count() + corrected().count()


def may_review_found(alert: Alert, member: Member, *, is_stop: bool) -> Refusal | None:
    """Refuses who corrected the reading; of a stop, who closed or verified its alert; and whoever lacks the duty."""
    if refusal := may_do(member, Act.ALERTS_REVIEW_FOUND, now()):
        return refusal
    hands = {alert.rematched_by}
    if is_stop:
        hands |= {
            *alert.verifications.values_list("by", flat=True),
            *Disposition.objects.filter(alert=alert).values_list("by", flat=True),
        }
    if str(member) in hands:
        return Refusal(Clause.VERIFY_BEFORE_ENFORCEMENT, "Somebody else reviews what you had a hand in. Ask the other supervisor.")
    return None


def review_stop(request: HttpRequest, stop_id: int, *, in_order: bool, because: str) -> None:
    """Judges a stop that its alert does not have. Recorded as `alerts.review_found`. Unknown unless it waits."""
    stop = not_recorded().filter(pk=stop_id).first()
    if stop is None or stop.alert is None:
        raise Unknown("No stop of this number waits for a review. Look at the queue again.")
    _review_found(request, stop.alert, "stop", stop_id, in_order=in_order, because=because)


def review_correction(request: HttpRequest, alert_id: int, *, in_order: bool, because: str) -> None:
    """Judges a correction that withdrew an urgent alert. Recorded as `alerts.review_found`. Unknown unless it waits."""
    alert = corrected().filter(pk=alert_id).first()
    if alert is None:
        raise Unknown("No correction of this alert waits for a review. Look at the queue again.")
    _review_found(request, alert, "correction", alert_id, in_order=in_order, because=because)


def _review_found(request: HttpRequest, alert: Alert, what: str, number: int, *, in_order: bool, because: str) -> None:
    assert isinstance(request.user, Member)
    if refusal := may_review_found(alert, request.user, is_stop=what == "stop"):
        raise Refused(refusal)
    if len(because.strip()) < 8:
        raise Malformed("Say in a few words what the review found.")
    with as_the_person(request) as key, connection.cursor() as cursor:
        cursor.execute("select office.review_found(%s, %s, %s, %s, %s)", [key, what, number, in_order, because.strip()[:500]])
