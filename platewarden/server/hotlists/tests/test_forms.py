"""The BOLO's form: its last day ends at midnight of the department's zone."""

from __future__ import annotations

from datetime import UTC, datetime

from platewarden.server.hotlists.forms import BoloForm


def test_the_last_day_is_looked_for_to_its_end(office):
    given = {
        "plate": "ab 123",
        "state": "IL",
        "category": "stolen_vehicle",
        "reference": "26-004117",
        "reason": "Taken from a driveway.",
        "approach": "notify",
        "caution": "on",
        "expires_on": "2026-07-04",
    }
    form = BoloForm(given)
    assert form.is_valid(), form.errors
    entry = form.entry()
    assert entry.expires_at.astimezone(UTC) == datetime(2026, 7, 5, 4, 59, 59, tzinfo=UTC)
    assert (entry.text, entry.state, entry.caution, entry.urgent) == ("AB123", "IL", True, False)
    assert BoloForm({**given, "state": "unknown"}).is_valid()
    assert not BoloForm({**given, "state": ""}).is_valid()
