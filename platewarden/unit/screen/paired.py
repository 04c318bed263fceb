"""The paired laptop's door: TLS 1.3 at the car's own network, with the laptop's certificate, before the same screen.

It is there only while `unit.toml` names an address of the car's network and a laptop is paired; without one of them nothing listens but
the loopback. What comes through is handed to the screen on the loopback, byte by byte: pages, shift and tokens are the screen's own.

Whoever comes without the paired certificate gets nothing, not even a page that says no: the handshake fails. That is said, counted, and
a line of the journal, one a minute at most, so that nobody fills the disk with knocking.

`laptop.pem` is looked at every second: when the pairing has ended or is another, open connections are cut first. A session is never
resumed, so that each connection proves itself anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from platewarden.policy.refusal import PlatewardenError, Unavailable
from platewarden.unit.config import CarNetwork
from platewarden.unit.journal import Journal
from platewarden.unit.pairing import FILE, SEEN, Pairing, is_believed, load, settle
from platewarden.unit.screen.serve import HOST
from platewarden.unit.spool import Spool

__all__ = ["LaptopDoor"]

LOOK_EVERY_S: Final = 1.0
BIND_EVERY_S: Final = 5.0
HANDSHAKE_S: Final = 5.0
AT_ONCE: Final = 32
A_PART: Final = 65_536
LINE_EVERY: Final = timedelta(minutes=1)


@dataclass
class LaptopDoor:
    """The door of one run, in a thread of its own."""

    data: Path
    network: CarNetwork
    screen_port: int
    journal: Journal
    spool: Spool
    clock: Callable[[], datetime]
    say: Callable[[str], None]
    refused: int = 0
    """Connections that were turned away."""
    _over: threading.Event = field(default_factory=threading.Event)
    _said: dict[str, datetime] = field(default_factory=dict)
    _seen: object = None
    """The file as it was looked at last."""
    _pairing: Pairing | None = None
    _listener: socket.socket | None = None
    _tries_s: float = 0.0
    _accepting: asyncio.Task[None] | None = None
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    @contextlib.contextmanager
    def open(self) -> Iterator[LaptopDoor]:
        """While the block runs the paired laptop is answered."""
        thread = threading.Thread(target=lambda: asyncio.run(self._main()), name="laptop", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._over.set()
            thread.join(timeout=5.0)

    async def _main(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while not self._over.is_set():
                try:
                    self._look(loop)
                except PlatewardenError as error:
                    await self._close()
                    self._tell(error.message)
                await asyncio.sleep(0.05 if self._accepting is None and self._pairing else LOOK_EVERY_S / 5)
        finally:
            await self._close()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """The pairing that stands now. Another one than a moment ago: what is open is cut before anything else."""
        seen = _mark_of(self.data / FILE)
        if seen != self._seen:
            self._cut()
            self._seen, self._tries_s = seen, 0.0
            settle(self.data, at=self.clock(), journal=self.journal, spool=self.spool)
            pairing = load(self.data)
            if pairing is not None and not is_believed(pairing, self.spool):
                raise Unavailable(f"{FILE} is of no pairing that was made here: no laptop is answered. Run: platewarden unit pair")
            if pairing is not None and pairing.address != str(self.network):
                raise Unavailable(
                    f"“{pairing.laptop}” was paired for {pairing.address}, and unit.toml says {self.network}: it is not answered. Pair it again."
                )
            if self._pairing is not None:
                self.say(f"The pairing of “{self._pairing.laptop}” has ended. It is not answered any more.")
            self._pairing = pairing
        if self._pairing is not None and self.clock() >= self._pairing.until and self._open:
            self._cut()
        if self._pairing is not None and self._accepting is None and loop.time() >= self._tries_s:
            self._tries_s = loop.time() + BIND_EVERY_S
            self._begin(loop, self._pairing)

    def _begin(self, loop: asyncio.AbstractEventLoop, pairing: Pairing) -> None:
        try:
            context = _context(self.data, pairing)
            family = socket.AF_INET6 if self.network.host.version == 6 else socket.AF_INET
            listener = socket.create_server((str(self.network.host), self.network.port), family=family, backlog=AT_ONCE)
        except (OSError, ValueError) as error:  # ssl's errors are OSErrors
            self._tell(f"The paired laptop cannot be answered at {self.network} ({_reason(error)}). It is tried again.")
            return
        listener.setblocking(False)
        self._listener = listener
        self._accepting = loop.create_task(self._accept(listener, context, pairing))
        self.say(f"“{pairing.laptop}” is answered at https://{self.network}, until {pairing.until:%Y-%m-%d}, and nobody else.")

    async def _accept(self, listener: socket.socket, context: ssl.SSLContext, pairing: Pairing) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                came, _ = await loop.sock_accept(listener)
            except OSError:  # it was gone before it was taken, or there are no more handles: the next one
                await asyncio.sleep(0.1)
                continue
            if len(self._open) >= AT_ONCE:
                came.close()
                continue
            task = loop.create_task(self._answer(came, context, pairing))
            self._open.add(task)
            task.add_done_callback(self._open.discard)

    async def _answer(self, came: socket.socket, context: ssl.SSLContext, pairing: Pairing) -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        try:
            transport, _ = await loop.connect_accepted_socket(
                lambda: protocol, came, ssl=context, ssl_handshake_timeout=HANDSHAKE_S
            )
        except ssl.SSLError as error:
            await asyncio.to_thread(self._refuse, pairing, _reason(error))
            return
        except OSError:
            return  # it went away, or was too slow to say who it is
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        screen: asyncio.StreamWriter | None = None
        try:
            certificate = transport.get_extra_info("ssl_object").getpeercert(binary_form=True) or b""
            if hashlib.sha256(certificate).hexdigest() != pairing.certificate:
                await asyncio.to_thread(self._refuse, pairing, "it is not the paired certificate")
                return
            if self.clock() >= pairing.until:
                await asyncio.to_thread(self._refuse, pairing, "the pairing is past its last day")
                return
            await asyncio.to_thread(self._came)
            from_screen, screen = await asyncio.open_connection(HOST, self.screen_port)
            both = {loop.create_task(_carry(reader, screen)), loop.create_task(_carry(from_screen, writer))}
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in both:
                    each.cancel()
                await asyncio.gather(*both, return_exceptions=True)
        except OSError:
            return  # the laptop or the screen went away
        finally:
            for each_writer in (screen, writer):
                if each_writer is not None:
                    each_writer.close()

    def _came(self) -> None:
        if self._is_time("came"):
            with contextlib.suppress(Unavailable):  # a full disk keeps no officer from the screen
                self.spool.mark(SEEN, self.clock().isoformat())

    def _refuse(self, pairing: Pairing, because: str) -> None:
        self.refused += 1
        if self._is_time("refused"):
            with contextlib.suppress(Unavailable):
                self.journal.write("laptop.refused", at=self.clock(), member=None, about=pairing.pairing_id)
            self.say(f"A connection at {self.network} was refused: {because}. So far {self.refused}.")

    def _is_time(self, what: str) -> bool:
        """Once a minute of each kind."""
        at, last = self.clock(), self._said.get(what)
        if last is not None and timedelta(0) <= at - last < LINE_EVERY:
            return False
        self._said[what] = at
        return True

    def _tell(self, sentence: str) -> None:
        """Once a minute of the same."""
        if self._is_time(sentence):
            self.say(sentence)

    def _cut(self) -> None:
        for task in [*self._open, *([self._accepting] if self._accepting else [])]:
            task.cancel()
        self._accepting = None
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    async def _close(self) -> None:
        left = [*self._open, *([self._accepting] if self._accepting else [])]
        self._cut()
        self._pairing = None
        await asyncio.gather(*left, return_exceptions=True)


def _context(data: Path, pairing: Pairing) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.num_tickets = 0
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(data / FILE)
    context.load_verify_locations(cadata=pairing.authority)
    return context


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while part := await reader.read(A_PART):
        writer.write(part)
        await writer.drain()


def _mark_of(path: Path) -> Any:
    try:
        held = path.stat()
    except OSError:
        return None
    return held.st_mtime_ns, held.st_ino, held.st_size


def _reason(error: OSError | ValueError) -> str:
    """In few words, and none of the peer's own."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate does not hold, {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return (error.reason or "no TLS").lower().replace("_", " ")
    return getattr(error, "strerror", None) or type(error).__name__
