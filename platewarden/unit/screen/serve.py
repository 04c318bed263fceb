"""Serves the screen from a thread of the run, on 127.0.0.1 and on no other address."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any, Final, Protocol

from granian.constants import Interfaces
from granian.server.embed import Server

from platewarden.policy.refusal import Unavailable

__all__ = ["HOST", "free_port", "serving"]

HOST: Final = "127.0.0.1"
START_S: Final = 10.0


class Closes(Protocol):
    """What is served: it must end its streams when told, or the server waits for them."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...

    def close(self) -> None: ...


def free_port() -> int:
    """A port of the loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(app: Closes, port: int) -> Iterator[str]:
    """The address of the screen, while it is served. Unavailable when the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Unavailable(f"The screen cannot be served on port {port} ({error.strerror}). Choose another --screen.") from error
    loops: list[tuple[asyncio.AbstractEventLoop, Server]] = []
    thread = threading.Thread(target=_run, args=(app, port, loops), name="screen", daemon=True)
    thread.start()
    try:
        _await(port, thread)
        yield f"http://{HOST}:{port}"
    finally:
        app.close()
        for loop, server in loops:
            with contextlib.suppress(RuntimeError):  # the loop may have ended by itself
                loop.call_soon_threadsafe(server.stop)
        thread.join(timeout=START_S)


def _run(app: Closes, port: int, loops: list[tuple[asyncio.AbstractEventLoop, Server]]) -> None:
    async def main() -> None:
        server = Server(app, address=HOST, port=port, interface=Interfaces.ASGINL, log_enabled=False, websockets=False)
        loops.append((asyncio.get_running_loop(), server))
        await server.serve()

    asyncio.run(main())


def _await(port: int, thread: threading.Thread) -> None:
    patience = time.monotonic() + START_S
    while time.monotonic() < patience and thread.is_alive():
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=0.5):
            return
        time.sleep(0.02)
    raise Unavailable(f"The screen on port {port} did not start. Try again, or choose another --screen.")
