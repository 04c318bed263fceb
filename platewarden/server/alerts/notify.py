"""Telling consoles: one listening connection a process, fanned out to a bounded queue for each open stream.

Only the alert's number travels. A stream that is too slow, or a lost connection, is told to catch up from the table, so
nothing is missed. The connection is outside the pool and never goes through a transaction pooler.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from django.conf import settings

from platewarden.server.alerts.hits import CHANNEL

log = logging.getLogger("platewarden.alerts")
CATCH_UP = -1
QUEUE = 100
LONGEST_PAUSE_S = 5.0
LOOK_S = 5.0  # how long a listener hears nothing before it looks whether it is still connected


class Hub:
    """The listener of this process and its streams. Starts with the first stream."""

    def __init__(self) -> None:
        self._streams: set[asyncio.Queue[int]] = set()
        self._listener: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[asyncio.Queue[int]]:
        """A queue of alert numbers; `CATCH_UP` says: ask the table."""
        queue: asyncio.Queue[int] = asyncio.Queue(QUEUE)
        self._streams.add(queue)
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())
        try:
            yield queue
        finally:
            self._streams.discard(queue)
            if not self._streams and self._listener is not None:
                self._listener.cancel()
                self._listener = None

    def _tell(self, number: int) -> None:
        for queue in self._streams:
            if is_full := queue.full():
                while not queue.empty():
                    queue.get_nowait()
            queue.put_nowait(CATCH_UP if is_full else number)

    async def _listen(self) -> None:
        pause = 0.1
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(settings.CONFIG.conninfo("app"), autocommit=True) as connection:
                    await connection.execute(f"listen {CHANNEL}")
                    self._tell(CATCH_UP)  # whatever came while nobody listened
                    pause = 0.1
                    while True:
                        async for notice in connection.notifies(timeout=LOOK_S):
                            self._tell(_number(notice.payload))
                        await connection.execute("select 1")  # a line that was cut far away says nothing by itself
            except psycopg.Error:
                log.warning("the listening connection is lost; trying again in %.1f s", pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)


def _number(payload: str) -> int:
    """Any login may notify: what is no number says only that the table should be asked."""
    return int(payload) if payload.isdecimal() and len(payload) < 19 else CATCH_UP


hub = Hub()
