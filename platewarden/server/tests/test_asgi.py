"""What the web server calls: middleware and page in one thread, and not the loop's."""

from __future__ import annotations

import asyncio
import threading
from unittest.mock import patch

from asgiref.testing import ApplicationCommunicator

from platewarden.server.asgi import InOneThread
from platewarden.server.web.gate import Gate
from platewarden.server.web.watch import Stopwatch

ASKED = {
    "type": "http",
    "http_version": "1.1",
    "method": "GET",
    "path": "/watch/live",
    "query_string": b"",
    "headers": [(b"host", b"localhost")],
}


def test_a_request_stays_in_one_thread_from_the_first_middleware_to_the_page(office):
    threads = []

    def noted(act):
        def noting(*args, **named):
            threads.append(threading.get_ident())
            return act(*args, **named)

        return noting

    async def answer():
        told = ApplicationCommunicator(InOneThread(), ASKED)
        await told.send_input({"type": "http.request", "body": b""})
        begun = await told.receive_output(timeout=30)
        await told.receive_output(timeout=30)
        await told.wait(timeout=30)
        return begun

    with (
        patch.object(Stopwatch, "__call__", noted(Stopwatch.__call__)),
        patch.object(Gate, "__call__", noted(Gate.__call__)),
        patch.object(Gate, "process_view", noted(Gate.process_view)),
    ):
        assert asyncio.run(answer())["status"] == 204
    assert len(threads) == 3
    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()
