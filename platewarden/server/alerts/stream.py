"""The live stream: Server-Sent Events with alert numbers only. A console fetches each card through its own Access.

Reconnecting browsers say the last number they saw (`Last-Event-ID`, or `?after=` on the first connection) and get every later
one from the table. What a correction withdrew or raised again is told as `changed`, on every connection once: a console fetches
that card anew where it shows it. The first thing a stream does is to give its database connection back: an open stream would pin one for
its whole life. It ends when the session does, and does not keep the session alive.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET

from platewarden.policy.refusal import Refused
from platewarden.server.access.login import is_bound
from platewarden.server.access.session import IDLE, LONGEST, not_input
from platewarden.server.alerts.models import Alert
from platewarden.server.alerts.notify import CATCH_UP, hub
from platewarden.server.alerts.rules import sees_silent
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do

HEARTBEAT_S = 10.0
REPLAY = 200
CHANGED_LATELY = timedelta(hours=12)  # as long as a session may last


@not_input
@require_GET
async def stream(request: HttpRequest) -> StreamingHttpResponse:
    """Opens the stream. Refused like a look: training and duty."""
    member = await request.auser()
    assert isinstance(member, Member)
    if refusal := await sync_to_async(may_do)(member, Act.ALERTS_LOOK, now()):
        raise Refused(refusal)
    with_silent = sees_silent(await sync_to_async(member.duties_on)(now()))
    after = _number(request.headers.get("Last-Event-ID") or request.GET.get("after", ""))
    session_key = request.session.session_key or ""
    response = StreamingHttpResponse(
        _events(after, session_key, member.pk, with_silent=with_silent), content_type="text/event-stream"
    )
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _number(raw: str) -> int:
    return int(raw) if raw.isdecimal() and len(raw) < 19 else 0


async def _events(after: int, session_key: str, member_id: int, *, with_silent: bool) -> AsyncIterator[str]:
    await sync_to_async(connections.close_all)()
    yield "retry: 2000\n\n"
    last = after
    told_of: set[tuple[int, str, datetime | None]] = set()
    clock = asyncio.get_running_loop().time
    asked_at = clock()
    async with hub.stream() as queue:
        while True:
            while numbers := await sync_to_async(_later_than)(last, with_silent=with_silent):
                for number in numbers:
                    last = number
                    yield f"id: {number}\nevent: alert\ndata: {number}\n\n"
            for changed in await sync_to_async(_changed)(with_silent=with_silent):
                if changed not in told_of:
                    told_of.add(changed)
                    yield f"event: changed\ndata: {changed[0]} {changed[1]}\n\n"
            told = 0
            while told != CATCH_UP and told <= last:
                if clock() - asked_at >= HEARTBEAT_S:  # by the clock: alerts in quick succession keep no session open
                    if not await sync_to_async(_may_go_on)(session_key, member_id):
                        yield "event: locked\ndata: 0\n\n"
                        return
                    asked_at = clock()
                try:
                    async with asyncio.timeout(HEARTBEAT_S):  # wait_for would swallow the end of the stream when a number just came
                        told = await queue.get()
                except TimeoutError:
                    yield "event: still\ndata: 0\n\n"
                    told = CATCH_UP  # a listening connection that was cut without a word hangs, and tells nothing


def _later_than(last: int, *, with_silent: bool) -> list[int]:
    try:
        alerts = Alert.objects.filter(pk__gt=last)
        if not with_silent:
            alerts = alerts.filter(silent=False)
        return list(alerts.order_by("pk").values_list("pk", flat=True)[:REPLAY])
    finally:
        connections.close_all()


def _changed(*, with_silent: bool) -> list[tuple[int, str, datetime | None]]:
    """What a correction changed lately: its state now, and when that was."""
    try:
        alerts = Alert.objects.filter(rematched_at__gt=now() - CHANGED_LATELY)
        if not with_silent:
            alerts = alerts.filter(silent=False)
        return list(alerts.order_by("rematched_at").values_list("pk", "state", "rematched_at")[:REPLAY])
    finally:
        connections.close_all()


def _may_go_on(session_key: str, member_id: int) -> bool:
    """True while the session lasts and the member may still be shown alerts."""
    try:
        session = SessionStore(session_key)
        at = now().timestamp()
        is_idle = at - session.get("last_input_at", 0.0) > IDLE / timedelta(seconds=1)
        is_old = at - session.get("signed_in_at", 0.0) > LONGEST / timedelta(seconds=1)
        if "_auth_user_id" not in session or is_idle or is_old or not is_bound(session.get("person", "")):
            return False
        member = Member.objects.filter(pk=member_id).first()
        return member is not None and may_do(member, Act.ALERTS_LOOK, now()) is None
    finally:
        connections.close_all()
