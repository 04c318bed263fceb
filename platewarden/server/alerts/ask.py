"""Asking the official state system about an alert, from its card (427.4(f)). A query discloses a plate: it is a look with a purpose, in the
ledger before it leaves (`alerts.ask`), and what came of it is too (`alerts.returned`).

Order: rules, the Access, the question's row and the plate from its door; the page is answered; then a thread of the office's own asks, at
most so many at once, and keeps what came. Nobody waits for the state system. Dying in between leaves a question without an answer, which
has timed out at its `due_at`.

A return is of its source: whether that is confidential the supervisor said when it was described, and then only members authorized for it
ask, see what it answered, and verify with it. A return verifies nothing by itself: a member compares by eye and records it (verify.py).
"""

from __future__ import annotations

import logging
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.http import HttpRequest

from platewarden.plate.text import STATES
from platewarden.policy.refusal import Malformed, Refusal, Refused, Stale, Unavailable, Unknown
from platewarden.policy.verification import Came
from platewarden.server.access.desk import Access, open_access, through_door
from platewarden.server.alerts.models import CLOSED, Alert, StateAsk
from platewarden.server.alerts.rules import may_act_on, may_use
from platewarden.server.alerts.state_system import Question, Return, put
from platewarden.server.clock import now
from platewarden.server.config import StateSystem, has_secret, read_secret
from platewarden.server.hotlists.models import Source
from platewarden.server.hotlists.source import must_be_described
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do

log = logging.getLogger("platewarden.alerts")
KEY = "state-system.key"  # what the connector knows the office by: a text in the secrets' folder, if it wants one
AT_ONCE = 4
WAITING = 16
NOT_CONNECTED = "No state system is connected to this office. Ask by radio or terminal, and type its return."
BUSY = "The state system is being asked as often as this office asks at once. Ask by radio, or try again in a few seconds."

_callers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="state-system")
_places = threading.BoundedSemaphore(WAITING)


def connected() -> StateSystem | None:
    """The state system of this office, when there is one."""
    system: StateSystem | None = settings.CONFIG.state_system
    return system


def may_ask(alert: Alert, member: Member, system: StateSystem) -> Refusal | None:
    """Refuses without duty or training, what a confidential source keeps from the member, and a state system that nobody described."""
    if refusal := may_do(member, Act.ALERTS_ASK, now()) or may_act_on(alert, member, now()) or must_be_described(system.source):
        return refusal
    return may_use(Source.objects.get(name=system.source), member, now())


def came_of(ask: StateAsk) -> Came | None:
    """What came of a question so far; None while it may still be answered."""
    if ask.answer is not None:
        return Came(ask.answer.outcome)
    return Came.TIMED_OUT if now() > ask.due_at else None


def ask(request: HttpRequest, alert_id: int, state: str) -> StateAsk:
    """Asks about the plate as it stands, in this state. Refuses as `may_ask`; Stale on a closed alert, and while a question waits."""
    member, system = request.user, connected()
    assert isinstance(member, Member)
    if system is None:
        raise Unavailable(NOT_CONNECTED)
    alert = Alert.objects.select_related("source").filter(pk=alert_id).first()
    if alert is None:
        raise Unknown("There is no such alert. Look at the console again.")
    if refusal := may_ask(alert, member, system):
        raise Refused(refusal)
    if state not in STATES:
        raise Malformed("Choose the state that the plate shows.")
    if alert.state in CLOSED:
        raise Stale("This alert was closed meanwhile. Look at it again.")
    if not _places.acquire(blocking=False):
        raise Unavailable(BUSY)
    try:
        source = Source.objects.get(name=system.source)
        terms = {"alert": alert_id, "state": state, "source": source.pk, "seconds": system.seconds + 2}
        access = open_access(request, Act.ALERTS_ASK, terms)
        asked, plate = _asked(access)
        question = Question(uuid.uuid4(), plate, state, member.number, department().name)
        _callers.submit(_carry, system, _key(), access.access_id, question)
    except BaseException:
        _places.release()
        raise
    return asked


def _key() -> str:
    if not has_secret(settings.CONFIG.data, KEY):
        return ""
    key = read_secret(settings.CONFIG.data, KEY).decode("ascii", "replace").strip()
    if not key.isascii() or not key.isprintable():
        raise Unavailable(f"The secret “{KEY}” is not one line of plain text. Write it anew.")
    return key


def _asked(access: Access) -> tuple[StateAsk, str]:
    row = through_door(access, "ask_state")[0]
    if row["outcome"] == "gone":
        raise Unknown("The hit behind this alert is not kept any more.")
    if row["outcome"] == "waiting":
        raise Stale("The state system is being asked about this alert already. Wait for its answer.")
    if row["outcome"] == "sealed":
        raise Unknown("There is no such alert, or it is not yours to ask about.")
    return StateAsk.objects.get(pk=row["ask"]), row["plate"]


def _carry(system: StateSystem, key: str, access_id: uuid.UUID, question: Question) -> None:
    try:
        keep(access_id, put(system, question, key))
    except DatabaseError:
        log.exception("what came of a question to the state system could not be kept; it counts as timed out")
    finally:
        _places.release()
        connections.close_all()


def keep(access_id: uuid.UUID, found: Return) -> bool:
    """Keeps what came of a question, once. Recorded as `alerts.returned`. False when something was kept before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select plates.keep_return(%s, %s, %s, %s, %s, %s)",
            [access_id, found.came.value, found.answer or "", found.reference, found.returned_at, found.words],
        )
        return bool(cursor.fetchone()[0])
