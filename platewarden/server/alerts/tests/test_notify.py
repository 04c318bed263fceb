"""Telling consoles: each stream on its own, nothing missed when a connection or a queue is lost."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections

from platewarden.server.alerts.notify import CATCH_UP, QUEUE, Hub


def test_a_stream_that_is_too_slow_is_told_to_catch_up_and_the_others_are_not_disturbed():
    async def tell():
        own = Hub()
        slow, quick = asyncio.Queue(QUEUE), asyncio.Queue(QUEUE)
        own._streams = {slow, quick}
        told = []
        for number in range(QUEUE + 5):
            own._tell(number)
            told += [quick.get_nowait() for _ in range(quick.qsize())]
        return [slow.get_nowait() for _ in range(slow.qsize())], told

    slow, quick = asyncio.run(tell())
    assert slow == [CATCH_UP, *range(QUEUE + 1, QUEUE + 5)]
    assert quick == list(range(QUEUE + 5))


@pytest.fixture
def served(office, monkeypatch):
    """An office whose configuration answers to its database, as a served one does: the hub logs in by itself."""
    monkeypatch.setattr(settings, "CONFIG", office.database.config)
    return office


def notify(office, *payloads):
    with office.database.connect("app") as app:
        for payload in payloads:
            app.execute("select pg_notify('alerts', %s)", [payload])


def cut(office):
    with office.database.connect("postgres") as root:
        # Every other connection: what they ask is not shown, on purpose.
        root.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        )


def test_numbers_come_in_order_and_what_is_no_number_says_only_to_ask_the_table(served):
    async def listen():
        own = Hub()
        async with own.stream() as queue, asyncio.timeout(20):
            first = await queue.get()
            await sync_to_async(notify)(served, "7", "8", "nonsense", "9" * 30, "10")
            told = [await queue.get() for _ in range(5)]
        await sync_to_async(connections.close_all)()
        return first, told, own._listener

    first, told, listener = asyncio.run(listen())
    assert first == CATCH_UP
    assert told == [7, 8, CATCH_UP, CATCH_UP, 10]
    assert listener is None


def test_a_connection_that_is_cut_is_made_again_and_the_streams_are_told_to_catch_up(served):
    async def listen():
        own = Hub()
        async with own.stream() as queue, asyncio.timeout(30):
            assert await queue.get() == CATCH_UP
            await sync_to_async(cut)(served)
            again = await queue.get()
            await sync_to_async(notify)(served, "7")
            told = await queue.get()
        await sync_to_async(connections.close_all)()
        return again, told

    assert asyncio.run(listen()) == (CATCH_UP, 7)
