"""The busy office of the proof's tests, for the first page."""

from __future__ import annotations

from platewarden.server.proof.tests.conftest import busy_office, busy_template

__all__ = ["busy_office", "busy_template"]
