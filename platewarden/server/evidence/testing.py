"""Packages for tests: held reads of a car, written onto a folder that stands for a medium, with the ledger sealed in between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyzipper

from platewarden.server.evidence.models import Package
from platewarden.server.evidence.package import package
from platewarden.server.evidence.passphrase import passphrase_of
from platewarden.server.people.testing import SUPERVISOR
from platewarden.server.retention.models import Hold
from platewarden.server.retention.testing import request_of


def packed(office: Any, hold: Hold, medium: Path, *, by: str = SUPERVISOR, **how: Any) -> Package:
    """A package of a hold, made by a member."""
    return package(request_of(office, by), hold, medium, any_folder=True, pause=lambda _seconds: office.seal(), **how)


def opened(made: Package, medium: Path, into: Path) -> Path:
    """What a clerk gets who opens the package with its passphrase: the folder of the bag."""
    with pyzipper.AESZipFile(medium / f"{made.number}.zip") as zipped:
        zipped.setpassword(passphrase_of(made).encode())
        zipped.extractall(into)
    return into / made.number


__all__ = ["opened", "packed"]
