"""The only clock of the server: `now()`, aware, UTC."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
