"""Looking at alerts: one Access for what one page shows; the card argues against itself."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from platewarden.plate.match import Doubt
from platewarden.policy.refusal import Unknown
from platewarden.server.access.desk import Access, open_access, through_door
from platewarden.server.alerts.models import Alert
from platewarden.server.alerts.rules import due_at, sees_silent
from platewarden.server.clock import now
from platewarden.server.hotlists.models import HotlistEdition, Load
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.reads.search import PlateRead
from platewarden.server.reads.views import Shown, shown, unit_names

ON_A_PAGE = 20


@dataclass(frozen=True)
class ListedEntry:
    """The entry as it stood when it was hit."""

    entry_id: uuid.UUID
    text: str
    state: str | None
    is_pattern: bool
    category: str
    approach: str
    caution: bool
    urgent: bool
    reason: str
    reference: str
    author: str
    entered_at: datetime
    expires_at: datetime | None
    vehicle: str = ""
    instructions: str = ""

    @property
    def category_label(self) -> str:
        return self.category.replace("_", " ").capitalize()

    @property
    def approach_label(self) -> str:
        return self.approach.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Card:
    """Everything that a member needs to doubt an alert, and to act on it."""

    alert: Alert
    shown: Shown
    entry: ListedEntry | None
    """None when its source is confidential and whoever looks is not authorized for it: then the card says “contact dispatch”."""
    tier: str
    found_by: str
    doubts: tuple[str, ...]
    confusions: tuple[tuple[int, str, str], ...]
    notes: tuple[dict[str, Any], ...]
    earlier_wrong: int
    edition: int
    edition_age: timedelta | None
    is_stale: bool
    list_age: timedelta | None
    """How old the source's list was at the read, when it was older than the source's lists may be."""
    due_at: datetime
    is_read_purged: bool
    """The schedule keeps alerts longer than reads, and the read has ended: no picture and no confidence is left."""

    @property
    def is_masked(self) -> bool:
        return self.entry is None

    @property
    def is_full(self) -> bool:
        return self.tier == "full"


DOUBT_SENTENCES = {
    Doubt.STATE_UNREAD: "The issuing state was not read. Compare it on the picture.",
    Doubt.STATE_NOT_LISTED: "The entry does not say a state. Any state's plate with these characters answers it.",
    Doubt.CONFUSABLE: "Characters that cameras confuse differ between the read and the entry.",
    Doubt.CANDIDATE: "Only a second reading of the picture answers the entry, not the first one.",
    Doubt.PATTERN: "The entry is a partial plate. Other vehicles answer it too.",
    Doubt.LOW_CONFIDENCE: "The camera was not sure of this reading.",
}


def visible_alerts(member: Member) -> list[Alert]:
    """The newest alerts that this member may be shown: numbers and states, no plate."""
    alerts = Alert.objects.select_related("unit", "source").order_by("-pk")
    if not sees_silent(member.duties_on(now())):
        alerts = alerts.filter(silent=False)
    return list(alerts[:ON_A_PAGE])


def access_to_alerts(request: HttpRequest, alerts: Sequence[Alert]) -> Access:
    return open_access(request, Act.ALERTS_LOOK, {"alerts": [alert.pk for alert in alerts]})


def cards(access: Access, alerts: Sequence[Alert], *, with_overview: bool) -> list[Card]:
    """The cards that the access names, newest first."""
    known = {alert.pk: alert for alert in alerts}
    names = unit_names()
    made = dict(HotlistEdition.objects.order_by("-number").values_list("number", "made_at")[:200])
    return [
        _card(known[row["alert_id"]], row, names, made, with_overview=with_overview)
        for row in through_door(access, "alert_cards")
        if row["alert_id"] in known
    ]


def one_card(access: Access, alert: Alert, *, with_overview: bool) -> Card:
    """The card of the one alert that the access names. Unknown when its hit is not kept any more."""
    shown = cards(access, [alert], with_overview=with_overview)
    if not shown:
        raise Unknown("The hit behind this alert is not kept any more.")
    return shown[0]


def one_alert(alert_id: int, member: Member) -> Alert:
    """The alert, unless it is silent and not this member's to know: the same answer as none."""
    alert = Alert.objects.select_related("unit", "source").filter(pk=alert_id).first()
    if alert is None or (alert.silent and not sees_silent(member.duties_on(now()))):
        raise Unknown("There is no such alert, or it is not yours to see.")
    return alert


def _card(
    alert: Alert, row: dict[str, Any], names: dict[uuid.UUID, str], made: dict[int, datetime], *, with_overview: bool
) -> Card:
    hit, rules = row["hit"], department()
    is_purged = not row["seen"]
    seen = (
        PlateRead.purged(read_id=alert.read_id, plate=hit.get("plate", ""), captured_at=alert.captured_at, unit_id=alert.unit_id)
        if is_purged
        else PlateRead.from_row(row["seen"])
    )
    made_at = made.get(seen.hotlist_edition)
    age = seen.captured_at - made_at if made_at else None
    list_age = _over_age(alert, datetime.fromisoformat(hit["entry_loaded_at"]), seen.captured_at) if hit else None
    return Card(
        alert=alert,
        shown=shown(seen, names, with_overview=with_overview),
        entry=_listed(hit) if hit else None,
        tier=alert.tier,
        found_by=hit.get("found_by", ""),
        doubts=tuple(DOUBT_SENTENCES[Doubt(doubt)] for doubt in hit.get("doubts", ())),
        confusions=tuple((position + 1, seen_sign, listed_sign) for position, seen_sign, listed_sign in hit.get("confusions", ())),
        notes=tuple({**note, "written_at": datetime.fromisoformat(note["written_at"])} for note in row["notes"]),
        earlier_wrong=row["earlier_wrong"],
        edition=seen.hotlist_edition,
        edition_age=age,
        is_stale=(age is not None and age > timedelta(hours=rules.stale_after_hours)) or list_age is not None,
        list_age=list_age,
        due_at=due_at(alert, rules),
        is_read_purged=is_purged,
    )


def _over_age(alert: Alert, loaded_at: datetime, at: datetime) -> timedelta | None:
    if alert.source is None or alert.source.age_limit_hours is None:
        return None
    load = Load.objects.filter(source=alert.source, loaded_at=loaded_at).select_related("source").first()
    return at - load.since if load and load.is_stale(at) else None


def _listed(hit: dict[str, Any]) -> ListedEntry:
    return ListedEntry(
        entry_id=uuid.UUID(hit["entry_id"]),
        text=hit["listed_text"],
        state=hit["listed_state"],
        is_pattern=hit["is_pattern"],
        category=hit["category"],
        approach=hit["approach"],
        caution=hit["caution"],
        urgent=hit["urgent"],
        reason=hit["reason"],
        reference=hit["reference"],
        author=hit["author"],
        entered_at=datetime.fromisoformat(hit["entry_loaded_at"]),
        expires_at=datetime.fromisoformat(hit["expires_at"]) if hit["expires_at"] else None,
        vehicle=hit["vehicle"],
        instructions=hit["instructions"],
    )
