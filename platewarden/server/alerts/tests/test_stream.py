"""The live stream: what came later than the last seen, silent ones for those who may, ended with the session."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections

from platewarden.exchange.hotlist_edition import Approach
from platewarden.server.alerts import stream
from platewarden.server.alerts.models import Alert
from platewarden.server.alerts.notify import hub
from platewarden.server.alerts.testing import alert_of
from platewarden.server.hotlists.testing import bolo_in_force
from platewarden.server.people.testing import AUDITOR, LAPSED, OPERATOR


@pytest.fixture
def two(office):
    """A silent alert and a plain one, by number."""
    silent = alert_of(office, plate="SILENT1", entry={"approach": Approach.SILENT})
    bolo_in_force("PLAIN1")
    office.receive(office.cars[0], "PLAIN1")
    return silent.pk, Alert.objects.latest("pk").pk


def session_of(office, number):
    browser = office.browser(number)
    return browser.cookies["sessionid"].value, office.member(number).pk


def first(after, who, *, count, with_silent=True, meanwhile=None):
    """The numbers that a stream says, as a console reads it."""

    async def listen():
        events, numbers = stream._events(after, *who, with_silent=with_silent), []
        try:
            async with asyncio.timeout(20):
                async for event in events:
                    if event.startswith("retry") and meanwhile:
                        await sync_to_async(meanwhile)()
                    if event.startswith("id: "):
                        numbers.append(int(event.split()[1]))
                    if len(numbers) == count or "event: locked" in event:
                        return numbers
        finally:
            await events.aclose()
            await sync_to_async(connections.close_all)()

    return asyncio.run(listen())


def test_it_replays_everything_after_the_last_number_seen(office, two):
    who = session_of(office, OPERATOR)
    assert first(0, who, count=2) == list(two)
    assert first(two[0], who, count=1) == [two[1]]


def test_silent_alerts_are_left_out_for_patrol(office, two):
    assert first(0, session_of(office, OPERATOR), count=1, with_silent=False) == [two[1]]


def test_an_alert_that_comes_while_it_is_open_is_said(office, two):
    who = session_of(office, OPERATOR)

    def more():
        office.receive(office.cars[0], "PLAIN1")

    assert first(two[1], who, count=1, meanwhile=more) == [two[1] + 1]
    assert not hub._streams
    assert hub._listener is None


def said(who, *, until, with_silent=True, meanwhile=None):
    """What a stream says of changes, until it has said one thing."""

    async def listen():
        events, told = stream._events(10**9, who[0], who[1], with_silent=with_silent), []
        try:
            async with asyncio.timeout(20):
                async for event in events:
                    if event.startswith("retry") and meanwhile:
                        await sync_to_async(meanwhile)()
                    if "event: changed" in event:
                        told.append(event.split("data: ")[1].strip())
                    if until in told or "event: still" in event:
                        return told
        finally:
            await events.aclose()
            await sync_to_async(connections.close_all)()

    return asyncio.run(listen())


def test_what_a_correction_withdraws_is_said_at_once_and_to_whoever_connects_later(office, two, monkeypatch):
    monkeypatch.setattr(stream, "HEARTBEAT_S", 1.0)
    who, rosa = session_of(office, OPERATOR), office.browser(OPERATOR)
    alert = Alert.objects.get(pk=two[1])
    fields = {"plate": "PLAIN7", "state": "", "because": "characters", "saw": "0"}

    def put_right():
        path = f"/alerts/correct/{alert.read_id}/{alert.captured_at.isoformat()}/"
        assert rosa.post(path, fields).status_code == 302

    assert said(who, until=f"{two[1]} withdrawn", meanwhile=put_right) == [f"{two[1]} withdrawn"]
    assert said(who, until=f"{two[1]} withdrawn") == [f"{two[1]} withdrawn"]


def test_it_ends_when_the_session_does(office, two, monkeypatch):
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.05)
    who = session_of(office, OPERATOR)
    SessionStore(who[0]).delete()
    assert first(two[1], who, count=1) == []


def test_it_is_refused_like_a_look(office):
    for number in (AUDITOR, LAPSED):
        assert office.browser(number).get("/alerts/stream/").status_code == 403
    assert office.browser().get("/alerts/stream/").status_code == 302


@pytest.mark.parametrize(("raw", "number"), [("17", 17), ("", 0), ("-1", 0), ("1e3", 0), ("9" * 19, 0), ("²", 0), ("x", 0)])
def test_a_last_number_that_is_none_is_nought(raw, number):
    assert stream._number(raw) == number


def test_an_alert_is_said_though_the_listening_connection_hangs(office, two, monkeypatch):
    """A line that is cut without a word tells nothing and fails nothing: the table is asked at each heartbeat too."""
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.05)
    monkeypatch.setattr(stream.hub, "_tell", lambda *_: None)
    who = session_of(office, OPERATOR)
    assert first(two[1], who, count=1, meanwhile=lambda: office.receive(office.cars[0], "PLAIN1")) == [two[1] + 1]


def test_alerts_in_quick_succession_keep_no_session_open(office, two, monkeypatch):
    """The session is asked after by the clock, not only when nothing happens."""
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.2)
    who = session_of(office, OPERATOR)
    SessionStore(who[0]).delete()

    async def listen(said):
        events = stream._events(two[1], *who, with_silent=True)
        try:
            async for event in events:
                said.append(event)
        finally:
            await events.aclose()
            await sync_to_async(connections.close_all)()

    async def chatter():
        said = []
        listening = asyncio.create_task(listen(said))
        for _ in range(400):
            for queue in hub._streams:
                if queue.empty():
                    queue.put_nowait(two[1])  # something is said all the time, though nothing new
            await asyncio.sleep(0.02)
            if listening.done():
                break
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        return said

    said = asyncio.run(chatter())
    assert "event: locked" in said[-1]
    assert not any("event: still" in event for event in said)


def test_a_member_who_loses_the_duty_meanwhile_is_told_nothing_more(office, two, monkeypatch):
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.05)
    who = session_of(office, OPERATOR)
    with office.database.connect("postgres") as superuser:
        superuser.execute("update office.people_assignment set until_at = now() where member_id = %s", [who[1]])
    assert first(two[1], who, count=1) == []
