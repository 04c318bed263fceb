"""How this unit is: enrolment, lists, spool, disk, clock, last contact. Looks only, also while the unit runs."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from platewarden.unit.config import load_config
from platewarden.unit.enrolment import SPOOL, load_enrolment
from platewarden.unit.hotlist import Hotlist
from platewarden.unit.pairing import SEEN, load
from platewarden.unit.roster import Roster
from platewarden.unit.spool import Spool

__all__ = ["Health", "look"]


@dataclass(frozen=True)
class Health:
    """One look at one unit. Times are ISO 8601, UTC; none where there is none yet."""

    unit: str
    hotlist_edition: int
    hotlist_entries: int
    hotlist_age_s: int
    roster_edition: int
    roster_valid_until: str | None
    waiting: int
    quarantined: int
    spool_bytes: int
    last_sequence: int
    disk_free_mb: int
    contact_at: str | None
    clock_ahead_s: int | None
    laptop: str | None
    """The paired one."""
    laptop_until: str | None
    laptop_seen_at: str | None


def look(data: Path, *, at: datetime) -> Health:
    """The health of the unit in this data folder."""
    config = load_config(data)
    enrolment = load_enrolment(data, config)
    hotlist, roster = Hotlist(data, enrolment.find_key), Roster(data, enrolment.find_key)
    counts, marks = Spool.look(data / SPOOL)
    pairing = load(data)
    return Health(
        unit=enrolment.unit_name,
        hotlist_edition=hotlist.number,
        hotlist_entries=hotlist.count,
        hotlist_age_s=int(hotlist.age(at).total_seconds()),
        roster_edition=roster.number,
        roster_valid_until=roster.edition.valid_until.isoformat() if roster.edition else None,
        waiting=counts.unsent,
        quarantined=counts.quarantined,
        spool_bytes=counts.bytes,
        last_sequence=counts.last_sequence.get("read", 0),
        disk_free_mb=shutil.disk_usage(data).free // 1_000_000,
        contact_at=marks.get("contact_at"),
        clock_ahead_s=int(marks["drift_s"]) if "drift_s" in marks else None,
        laptop=pairing.laptop if pairing else None,
        laptop_until=pairing.until.isoformat() if pairing else None,
        laptop_seen_at=(marks.get(SEEN) or None) if pairing else None,
    )
