"""Figures, each beside a named baseline in the same run."""

from __future__ import annotations

import signal
import sys

TOLD_TO_END = 128 + signal.SIGTERM


def end_in_order() -> None:
    """From here on a SIGTERM leaves this program the way an error does: what it started is ended, what it made is taken away."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TOLD_TO_END))
