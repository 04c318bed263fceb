"""The one way to say no, and the few other ways in which things go wrong.

::

    PlatewardenError
    ├─ Refused       the policy says no; carries the clause            403, recorded
    ├─ Unknown       no such thing, or not yours to know: same answer  404
    ├─ Stale         someone changed it first; look again              409
    ├─ Malformed     a message or file that does not follow the rules  400
    ├─ Unavailable   disk, server, database: try later                 503
    └─ Tampered      a digest or the chain does not hold               500, recorded

A class's docstring is its default message. Exactly one translator stands at each door (pages, the unit's door, the
command line); nobody else catches these.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import ClassVar

from platewarden.policy.clauses import Clause

__all__ = ["Malformed", "PlatewardenError", "Refusal", "Refused", "Stale", "Tampered", "Unavailable", "Unknown"]


@dataclass(frozen=True)
class Refusal:
    """Why the policy says no: the clause it rests on, and one sentence for the person, with what to do next."""

    clause: Clause
    because: str

    def __str__(self) -> str:
        return self.because


class PlatewardenError(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str = "") -> None:
        super().__init__(message or inspect.getdoc(type(self)) or "")

    @property
    def message(self) -> str:
        return str(self.args[0])


class Refused(PlatewardenError):
    """The policy says no."""

    status = 403

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.because)
        self.refusal = refusal

    @property
    def clause(self) -> Clause:
        return self.refusal.clause


class Unknown(PlatewardenError):
    """There is no such thing, or it is not yours to know."""

    status = 404


class Stale(PlatewardenError):
    """Somebody changed this first. Look at it again, then decide."""

    status = 409


class Malformed(PlatewardenError):
    """This does not follow the rules for such a message or file."""

    status = 400
    exit_code = 2


class Unavailable(PlatewardenError):
    """This cannot be done right now. Try again in a moment."""

    status = 503
    exit_code = 3


class Tampered(PlatewardenError):
    """A digest or signature does not hold. Stop, and tell the Administrative Supervisor."""

    status = 500
