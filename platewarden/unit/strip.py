"""The status strip: how this unit is at this moment, as it always stands at the top of the car's screen. Looks only.

A figure that is not known is None, and the screen says so; nothing is shown as well that nobody asked.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from platewarden.unit.hotlist import Hotlist
from platewarden.unit.spool import Spool
from platewarden.unit.transfer import Transfer

__all__ = ["CameraState", "Strip", "look"]

NEAR_FULL = 0.8
DRIFT_IS_BAD = timedelta(minutes=2)


@dataclass(frozen=True)
class CameraState:
    """One camera: whether pictures come, how many frames it dropped, and what it says of itself."""

    name: str
    is_running: bool
    dropped: int = 0
    says: str = ""


@dataclass(frozen=True)
class Strip:
    """One look at one unit."""

    unit: str
    at: datetime
    is_connected: bool
    is_refused: bool
    contact_at: datetime | None
    edition: int
    edition_age: timedelta | None
    is_stale: bool
    waiting: int
    is_full: bool
    is_nearly_full: bool
    cameras: Sequence[CameraState]
    drift: timedelta | None

    @property
    def is_drifting(self) -> bool:
        return self.drift is not None and abs(self.drift) > DRIFT_IS_BAD


def look(
    unit: str,
    transfer: Transfer,
    spool: Spool,
    hotlist: Hotlist,
    cameras: Sequence[CameraState],
    *,
    stale_after: timedelta,
    at: datetime,
) -> Strip:
    """The strip, from what the parts say of themselves."""
    counts, marks = spool.counts(), _marks(spool)
    contact_at = datetime.fromisoformat(marks["contact_at"]) if "contact_at" in marks else None
    age = hotlist.age(at) if hotlist.number else None
    disk_is_full = shutil.disk_usage(spool.folder).free < spool.reserve_bytes
    return Strip(
        unit=unit,
        at=at,
        is_connected=transfer.failures == 0 and transfer.refusal is None and contact_at is not None,
        is_refused=transfer.refusal is not None,
        contact_at=contact_at,
        edition=hotlist.number,
        edition_age=age,
        is_stale=age is None or age > stale_after,
        waiting=counts.unsent,
        is_full=disk_is_full or counts.bytes >= spool.limit_bytes,
        is_nearly_full=counts.bytes >= NEAR_FULL * spool.limit_bytes,
        cameras=tuple(cameras),
        drift=timedelta(seconds=int(marks["drift_s"])) if "drift_s" in marks else None,
    )


def _marks(spool: Spool) -> dict[str, str]:
    rows = spool.rows("select name, value from mark where name in ('contact_at', 'drift_s')")
    return {str(name): str(value) for name, value in rows}
