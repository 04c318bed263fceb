"""The command at a desk: a program of its own, in front of an office that a test made."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from platewarden.demo.visitor import code_of
from platewarden.server.people.testing import SEED

PERIOD_S = 30
ENOUGH_S = 8  # what a command may take to ask for the code


@dataclass(frozen=True)
class Desk:
    """Runs `platewarden` on the data folder of a test's office."""

    office: Any
    data: Path

    def run(self, *words: str, said: str = "") -> subprocess.CompletedProcess[str]:
        """The command to its end, with what is typed on its standard input."""
        command = [sys.executable, "-W", "ignore", "-m", "platewarden", *words, "--data", str(self.data)]
        return subprocess.run(command, input=said, capture_output=True, text=True, timeout=60, check=False)

    def run_as(
        self, number: str, *words: str, password: str = "", change: Callable[[str], str] = str
    ) -> subprocess.CompletedProcess[str]:
        """The same, signed by a member with password and code. Codes may be used again: a test has no half minute to wait."""
        with self.office.database.connect("postgres") as root:
            root.execute("delete from office.access_usedcode")
        if time.time() % PERIOD_S > PERIOD_S - ENOUGH_S:
            time.sleep(PERIOD_S - time.time() % PERIOD_S)
        secret = password or self.office.handed[number].password
        return self.run(*words, "--by", number, said=f"{secret}\n{change(code_of(SEED, time.time()))}\n")


def desk_of(office: Any) -> Desk:
    """A desk whose data folder has the keys with which the cast was made."""
    data = office.database.config.data
    for key in (settings.CONFIG.data / "secrets").glob("*.key"):
        (data / "secrets" / key.name).write_bytes(key.read_bytes())
    return Desk(office, data)
