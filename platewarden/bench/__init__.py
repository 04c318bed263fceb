"""Figures, each beside a named baseline in the same run."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from typing import Any

TOLD_TO_END = 128 + signal.SIGTERM


def end_in_order() -> None:
    """From here on a SIGTERM leaves this program the way an error does: what it started is ended, what it made is taken away."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TOLD_TO_END))


def timed_s(act: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the clock, and what the act gave."""
    began = time.perf_counter()
    given = act()
    return time.perf_counter() - began, given


def timed_ms(act: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds of the clock, and what the act gave."""
    took, given = timed_s(act)
    return took * 1000, given
