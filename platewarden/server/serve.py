"""The processes of a server: pages, the unit's door, the worker; each with its own login; started and ended together.

A process that ends by itself is started again, with a pause that grows; one that cannot start says why on standard error.
Open alert streams would hold a web server back for ever, so it is given two seconds to end.
"""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any

from platewarden.policy.refusal import Unavailable
from platewarden.server.config import ServerConfig
from platewarden.server.database.embedded import EmbeddedServer, ServiceUser

LONGEST_PAUSE_S = 10.0
ENDS_WITHIN_S = 8.0
STANDARD_ERROR = 2
_NEAR = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what listens everywhere is asked from here


@dataclass
class Process:
    """One child process: which program, as which process of the server."""

    name: str
    command: list[str]
    environment: dict[str, str]
    user: dict[str, Any] = field(default_factory=dict)
    running: subprocess.Popen[bytes] | None = None
    pause_s: float = field(default=0.5)

    def start(self) -> None:
        self.running = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=STANDARD_ERROR,  # standard output is for what a program reads
            start_new_session=True,
            cwd="/",
            **self.user,
        )

    def end(self) -> None:
        if self.running is None or self.running.poll() is not None:
            return
        self.running.send_signal(signal.SIGTERM)
        until = time.monotonic() + ENDS_WITHIN_S
        # Not reaped yet: its number stays its own until whoever of its children outlived it is ended too.
        while not os.waitid(os.P_PID, self.running.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) and time.monotonic() < until:
            time.sleep(0.02)
        os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()


def database_of(config: ServerConfig, *, say: Callable[[str], None]) -> AbstractContextManager[object]:
    """The database for the length of a block: the embedded one is started if nobody runs it; the department's own runs anyway."""
    return EmbeddedServer(config.data, say=say).running() if config.database.embedded else nullcontext()


def processes(config: ServerConfig) -> list[Process]:
    """The three processes of this server, as the owner of its data wherever that user can run this program."""
    user = _owner_of_data(config)
    return [
        Process("web", _granian(config.web_bind, config.web_port, config.web_tls), _environment(config.data, "web"), user),
        Process(
            "intake", _granian(config.intake_bind, config.intake_port, config.intake_tls), _environment(config.data, "intake"), user
        ),
        Process(
            "worker",
            [sys.executable, "-m", "platewarden", "worker", "--data", str(config.data)],
            _environment(config.data, "worker"),
            user,
        ),
    ]


def _owner_of_data(config: ServerConfig) -> dict[str, Any]:
    """As root: what starts a process as the service user who owns the data folder, if that user may read this program.

    Known gap: a program that lies where only root may read (such as below /root) is served as root. Install it elsewhere.
    """
    if os.geteuid() != 0 or config.data.stat().st_uid == 0:
        return {}
    user = ServiceUser.find(may_create=False, say=lambda _: None)
    mine = user.uid == config.data.stat().st_uid
    return user.as_process if mine and user.may("-x", Path(sys.executable)) and user.may("-r", Path(__file__)) else {}


def _environment(data: Path, process: str) -> dict[str, str]:
    return {
        **os.environ,
        "PLATEWARDEN_DATA": str(data),
        "PLATEWARDEN_PROCESS": process,
        "DJANGO_SETTINGS_MODULE": "platewarden.server.settings",
    }


def _granian(host: str, port: int, pair: tuple[Path, Path] | None) -> list[str]:
    tls = ["--ssl-certificate", str(pair[0]), "--ssl-keyfile", str(pair[1]), "--http", "auto"] if pair else []
    return [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "asginl",
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        "1",
        "--workers-kill-timeout",
        "2",
        "--log-level",
        "warning",
        "--no-ws",
        *tls,
        "platewarden.server.asgi:application",
    ]


@contextmanager
def serving(config: ServerConfig) -> Iterator[list[Process]]:
    """The server for the length of a block: everything is answering inside it, and has ended after it."""
    all_of_them = processes(config)
    try:
        for process in all_of_them:
            process.start()
        wait_until_answering(config, all_of_them)
        yield all_of_them
    finally:
        enders = [threading.Thread(target=process.end) for process in all_of_them]
        for ender in enders:
            ender.start()
        for ender in enders:
            ender.join()


def wait_until_answering(config: ServerConfig, all_of_them: list[Process], *, at_most_s: float = 60.0) -> None:
    """Returns when pages and unit's door answer. Unavailable when one of them ended, or takes too long."""
    patience = time.monotonic() + at_most_s
    doors = (
        (config.web_bind, config.web_port, config.web_tls, "/sign-in/"),
        (config.intake_bind, config.intake_port, config.intake_tls, "/unit/v1/office"),
    )
    for bind, port, pair, path in doors:
        while not _answers(_NEAR.get(bind, bind), port, path, trusted=pair[0] if pair else None):
            for process in all_of_them:
                if process.running is not None and process.running.poll() is not None:
                    raise Unavailable(
                        f"The {process.name} process ended with status {process.running.returncode}. "
                        f"Look above for its last words; is port {port} taken by another program?"
                    )
            if time.monotonic() > patience:
                raise Unavailable(f"The server does not answer on port {port} after {at_most_s:.0f} seconds.")
            time.sleep(0.1)


def _answers(host: str, port: int, path: str, *, trusted: Path | None) -> bool:
    connection = (
        HTTPSConnection(host, port, timeout=5, context=_only(trusted)) if trusted else HTTPConnection(host, port, timeout=5)
    )
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _only(certificate: Path) -> ssl.SSLContext:
    """Trusts the server's own certificate and no other; it is asked by its address here, so its name doesn't count."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cafile=certificate)
    except (OSError, ssl.SSLError) as error:
        raise Unavailable(f"The certificate {certificate} cannot be read. Is it PEM, and may the server's user read it?") from error
    return context


def keep_running(all_of_them: list[Process], *, until: Callable[[], bool], say: Callable[[str], None]) -> None:
    """Starts again what ended by itself, until told to stop."""
    while not until():
        for process in all_of_them:
            if process.running is not None and process.running.poll() is not None:
                say(f"The {process.name} process ended with status {process.running.returncode}; starting it again.")
                time.sleep(process.pause_s)
                process.pause_s = min(process.pause_s * 2, LONGEST_PAUSE_S)
                process.start()
        time.sleep(0.2)
