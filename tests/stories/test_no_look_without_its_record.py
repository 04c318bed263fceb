"""No plate leaves without its access record, whatever happens on the way: sequences of acts that nobody thought of beforehand.

Doors and pages are asked in any order, with records that are committed, given up, not yet committed or committed without waiting for the
disk; looks are ended by a time limit, cancelled, rolled back, left half read with the connection killed, or fail while their page is made.
After each step every plate that came out has a committed record of before, with terms that name it; and nothing came out otherwise.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import uuid
from contextlib import nullcontext, suppress
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import psycopg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule, run_state_machine_as_test

from platewarden.plate.pattern import parse_pattern
from platewarden.server.clock import now
from platewarden.server.investigations.testing import CENTRAL, spot
from platewarden.server.people.testing import OPERATOR

PLATES = ("AB12345", "AB12346", "XY98765", "KL9001")
PARTS = ("AB1*", "*765", "KL9???", "X?98*")
DOORS = {
    "reads.search": "select (seen).plate::text as plate from plates.reads_by_plate(%s)",
    "reads.pattern": "select plate::text as plate from plates.plates_by_pattern(%s)",
    "investigations.canvass": "select plate::text as plate from plates.vehicles_around(%s)",
}
acts, plates, parts = st.sampled_from(sorted(DOORS)), st.sampled_from(PLATES), st.sampled_from(PARTS)
commits = st.sampled_from(["at once", "without waiting", "given up", "not yet"])
ends = st.sampled_from(["whole", "rolled back", "time limit", "cancelled", "killed half way"])


def terms_of(act: str, plate: str, part: str) -> dict[str, Any]:
    day = timedelta(days=1)
    if act == "reads.search":
        return {"plate": plate, "from": str(now() - day), "to": str(now() + day), "limit": 50}
    if act == "reads.pattern":
        searches = [{"grams": each.grams, "likes": each.likes, "one_of": each.one_of} for each in parse_pattern(part).searches()]
        days = {"from": str((now() - day).date()), "to": str((now() + day).date())}
        return {"pattern": part, "searches": searches, "limit": 50} | days
    scene = {
        "lat": CENTRAL[0],
        "lon": CENTRAL[1],
        "radius_m": 500,
        "corners": None,
        "from": str(now() - day),
        "to": str(now() + day),
    }
    return {"incident": 1, "scenes": [scene], "pattern": part, "like": [part.replace("*", "%").replace("?", "_")], "limit": 50}


def names(terms: dict[str, Any], plate: str) -> bool:
    """Whether the terms of a look ask for this plate."""
    return terms["plate"] == plate if "plate" in terms else parse_pattern(terms["pattern"]).answers(plate)


class Looks(RuleBasedStateMachine):
    """What is remembered: the records that were asked for, and every plate that came out, with the record it came by."""

    office: Any
    records: Bundle[uuid.UUID] = Bundle("records")

    @initialize()
    def signed_in(self) -> None:
        self.app, self.other = (self.office.database.connect("app") for _ in range(2))
        self.pending: list[psycopg.Connection[Any]] = []
        self.out: list[tuple[str, uuid.UUID]] = []
        self.killed = self.pages = 0
        self.key = secrets.token_bytes(32)
        self.browser = self.office.browser(OPERATOR)
        member = self.office.member(OPERATOR)
        with self.office.database.connect("login") as login:
            login.execute(
                "insert into office.signed_in (cookie_sha256, member_id, member_number, member_name, until_at) values (%s, %s, %s, %s, %s)",
                [hashlib.sha256(self.key).digest(), member.pk, member.number, member.name, now() + timedelta(hours=1)],
            )

    def teardown(self) -> None:
        for each in (*self.pending, self.app, self.other):
            each.close()

    @rule(target=records, act=acts, plate=plates, part=parts, commit=commits)
    def open(self, act: str, plate: str, part: str, commit: str) -> Any:
        """A record, as the desk asks for it; or as somebody does who has only the application's login."""
        self.office.seal()
        asking = self.office.database.connect("app") if commit in ("given up", "not yet") else self.app
        asking.autocommit = commit not in ("given up", "not yet")
        given = [self.key, act, json.dumps(terms_of(act, plate, part))]
        try:
            if commit == "without waiting":
                asking.execute("set synchronous_commit = off")
            row = asking.execute(
                "select access_id from office.open_access(%s, %s, 'warrant', '26-004117', %s::jsonb)", given
            ).fetchone()
        except psycopg.Error:  # one look too many at one plate, or the sealer is late: no record, and so no look
            if asking is not self.app:
                asking.close()
            return multiple()
        if commit == "given up":
            asking.rollback()
            asking.close()
        elif commit == "not yet":
            self.pending.append(asking)
        return row[0] if row else multiple()

    @rule(record=records, act=acts, end=ends, same=st.booleans())
    def look(self, record: uuid.UUID, act: str, end: str, same: bool) -> None:  # noqa: FBT001
        """Through the record's own door or another, once or again, to whatever end."""
        asking = self.app if same else self.other
        try:
            asking.execute("set statement_timeout = %s" % ("1" if end == "time limit" else "0"))
            timer = threading.Timer(0.003, asking.cancel)
            if end == "cancelled":
                timer.start()
            try:
                self._read(asking, DOORS[act], record, end)
            finally:
                timer.cancel()
                if timer.is_alive():
                    timer.join()
        except psycopg.Error:
            with suppress(psycopg.Error):
                asking.rollback()
        if asking.closed:
            if same:
                self.app = self.office.database.connect("app")
            else:
                self.other = self.office.database.connect("app")

    def _read(self, asking: psycopg.Connection[Any], question: str, record: uuid.UUID, end: str) -> None:
        asking.autocommit = end not in ("rolled back", "killed half way")
        if end == "killed half way":
            with asking.cursor("half") as cursor:
                cursor.execute(question.encode(), [record])
                self.out += [(row[0], record) for row in cursor.fetchmany(1)]
                with self.office.database.connect("postgres") as superuser:
                    superuser.execute("select pg_terminate_backend(%s)", [asking.info.backend_pid])
                self.killed += 1
                asking.execute("select 1")
        self.out += [(row[0], record) for row in asking.execute(question.encode(), [record])]
        if end == "rolled back":
            asking.rollback()

    @rule(act=acts)
    def forge(self, act: str) -> None:
        """A record that nobody made opens nothing."""
        self._refused(DOORS[act], [uuid.uuid4()])

    @rule(table=st.sampled_from(["reads", "plate_seen", "gathered", "reads_held", "hit", "access_terms"]))
    def around_the_door(self, table: str) -> None:
        """The application's login reads no table of plates."""
        self._refused(f"select * from plates.{table}", [])

    def _refused(self, question: str, given: list[Any]) -> None:
        self.other.autocommit = True
        try:
            rows = self.other.execute(question.encode(), given).fetchall()
        except psycopg.Error:
            return
        assert rows == [], question

    @rule(wanted=plates | parts, fails=st.booleans(), part=st.booleans())
    def page(self, wanted: str, fails: bool, part: bool) -> None:  # noqa: FBT001
        """A search by its page, or by the page's script; it may fail after the look. Its lines are in the ledger either way."""
        self.office.seal()
        before = self._looks()
        asked = {"plate": wanted, "span": "week"}
        more = {"headers": {"X-Part": "found"}} if part else {}
        broken = patch("platewarden.server.reads.views._as_data", side_effect=RuntimeError) if fails else nullcontext()
        with broken:
            answer = self.browser.post("/reads/search/", asked, **more)
        shown = [each for each in PLATES if each in answer.content.decode() and each != wanted]
        rows = b"Look for its reads" in answer.content or b"pw-thumb" in answer.content
        assert not (shown or rows) or self._looks() == before + 1
        self.pages += 1

    def _looks(self) -> int:
        question = "select count(*) from office.access_record where act in ('reads.search', 'reads.pattern')"
        return int(self.office.ask_owner(question)[0][0])

    @rule()
    def give_up_what_waits(self) -> None:
        """Whoever held a record open goes away."""
        while self.pending:
            self.pending.pop().close()

    @invariant()
    def every_plate_has_its_record(self) -> None:
        """Seen by somebody else than who looked: committed."""
        for plate, record in self.out:
            found = self.office.ask_owner(
                "select t.terms, l.leaf_id from office.access_record r join plates.access_terms t using (access_id)"
                " join office.ledger_leaf l on l.leaf_id = r.leaf_id where r.access_id = %s",
                record,
            )
            assert len(found) == 1, "a plate came out without a record"
            assert names(found[0][0], plate), "a plate came out that its record does not name"
        self.out.clear()


def test_no_plate_leaves_without_its_record_whatever_happens_on_the_way(office: Any) -> None:
    car = office.car()
    for each in PLATES:
        office.receive(car, each, place=spot(100))
    machine = type("Looks", (Looks,), {"office": office})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), database=None
        ),
    )
    assert office.ask_owner("select count(*) from office.access_shown")[0][0] > 0
