"""How long a session lasts, and what counts as a member's input. The gate itself is a middleware of `web`.

The idle lock counts from a member's own input: a live page that refreshes itself does not keep a session open.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.http import HttpRequest

from platewarden.server.clock import now

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)

View = TypeVar("View", bound=Callable[..., Any])


def not_input(view: View) -> View:
    """Marks a view that a page calls by itself: it does not count as a member's input."""
    view.not_input = True  # type: ignore[attr-defined]
    return view


def is_over(request: HttpRequest, view: Any) -> bool:
    """True when nobody has touched this session for thirty minutes, or it is twelve hours old. A touch is noted otherwise."""
    at = now().timestamp()
    signed_in_at = request.session.get("signed_in_at", 0.0)
    last_input_at = request.session.get("last_input_at", 0.0)
    if at - signed_in_at > LONGEST.total_seconds() or at - last_input_at > IDLE.total_seconds():
        return True
    if not getattr(view, "not_input", False) and at - last_input_at > 20:
        request.session["last_input_at"] = at
    return False
