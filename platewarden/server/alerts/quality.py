"""How often alerts were wrong, as members said who closed them or corrected their reading: by month, unit and source, full and possible
hits apart. An alert that a correction withdrew counts as closed: of the wrong state where that was what was wrong, else as misread.

Shares of the closed alerts that were misread, of the wrong state, of an entry out of date, or of a different vehicle, each with Wilson's
interval (95 %): E. B. Wilson, “Probable inference, the law of succession, and statistical inference”, 1927. Counts and names only, no plate.

Known gap: by unit, not by camera: which camera read lies with the read, and is purged with it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt
from typing import Any, Final

from django.db.models import Count
from django.db.models.functions import TruncMonth

from platewarden.policy.correction import Misread
from platewarden.policy.verification import Outcome
from platewarden.server.alerts.models import Alert, AlertState, Disposition
from platewarden.server.people.editions import department

WRONG: Final = (Outcome.MISREAD, Outcome.WRONG_STATE, Outcome.STALE_ENTRY, Outcome.DIFFERENT_VEHICLE)
_Z: Final = 1.959964


@dataclass(frozen=True)
class Rate:
    """So many of so many."""

    count: int
    of: int

    @property
    def share(self) -> float | None:
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the true share lies, 95 %."""
        if not self.of:
            return None
        share, z2 = self.count / self.of, _Z**2 / self.of
        middle, half = share + z2 / 2, _Z * sqrt((share * (1 - share) + z2 / 4) / self.of)
        return max(0.0, (middle - half) / (1 + z2)), min(1.0, (middle + half) / (1 + z2))


@dataclass
class Row:
    """The closed alerts of one month, unit or source."""

    name: str
    outcomes: Counter[str] = field(default_factory=Counter)
    tiers: defaultdict[str, Counter[bool]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def closed(self) -> int:
        return self.outcomes.total()

    @property
    def wrong(self) -> Rate:
        return Rate(sum(self.outcomes[each] for each in WRONG), self.closed)

    @property
    def by_kind(self) -> list[Rate]:
        """In the order of `WRONG`."""
        return [Rate(self.outcomes[each], self.closed) for each in WRONG]

    @property
    def full(self) -> Rate:
        return self._of("full")

    @property
    def possible(self) -> Rate:
        return self._of("possible")

    def _of(self, tier: str) -> Rate:
        return Rate(self.tiers[tier][True], self.tiers[tier].total())


@dataclass(frozen=True)
class Quality:
    """All of it since a moment."""

    whole: Row
    months: list[Row]
    units: list[Row]
    sources: list[Row]


def quality_since(since: datetime) -> Quality:
    """Alerts raised since then that were closed, or withdrawn by a correction."""
    zone = department().time_zone
    counted: list[Any] = list(
        Disposition.objects.filter(alert__raised_at__gte=since)
        .annotate(month=TruncMonth("alert__raised_at", tzinfo=zone))
        .values("month", "alert__unit__name", "alert__source__name", "alert__tier", "outcome")
        .annotate(n=Count("pk"))
    )
    withdrawn = (
        Alert.objects.filter(raised_at__gte=since, state=AlertState.WITHDRAWN)
        .annotate(month=TruncMonth("raised_at", tzinfo=zone))
        .values("month", "unit__name", "source__name", "tier", "rematched_because")
        .annotate(n=Count("pk"))
    )
    counted += [
        {
            "month": each["month"],
            "alert__unit__name": each["unit__name"],
            "alert__source__name": each["source__name"],
            "alert__tier": each["tier"],
            "outcome": Outcome.WRONG_STATE if each["rematched_because"] == Misread.STATE else Outcome.MISREAD,
            "n": each["n"],
        }
        for each in withdrawn
    ]
    return Quality(
        whole=(_rows(counted, lambda _: "All") or [Row("All")])[0],
        months=_rows(counted, lambda each: each["month"].strftime("%Y-%m")),
        units=_worst_first(_rows(counted, lambda each: each["alert__unit__name"])),
        sources=_worst_first(_rows(counted, lambda each: each["alert__source__name"] or "BOLOs of this department")),
    )


def _rows(counted: Iterable[dict[str, Any]], name: Callable[[dict[str, Any]], str]) -> list[Row]:
    rows: dict[str, Row] = {}
    for each in counted:
        row = rows.setdefault(name(each), Row(name(each)))
        row.outcomes[each["outcome"]] += each["n"]
        row.tiers[each["alert__tier"]][each["outcome"] in WRONG] += each["n"]
    return [rows[key] for key in sorted(rows)]


def _worst_first(rows: list[Row]) -> list[Row]:
    """By the lower end of the interval: one wrong alert of one is no worse than thirty of forty."""
    return sorted(rows, key=lambda row: -(row.wrong.interval or (0.0, 0.0))[0])
