"""An office in which something of everything happened, for tests of the proof; and the table as the worker has it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pyrage
from psycopg import sql

from platewarden.policy.clauses import Clause
from platewarden.policy.verification import Ground, Outcome
from platewarden.server.alerts.dispose import dispose
from platewarden.server.alerts.models import Alert
from platewarden.server.alerts.review import review as review_outcome
from platewarden.server.alerts.testing import FULL, alert_of, verified
from platewarden.server.audits.sign_off import sign_off
from platewarden.server.audits.testing import FITS, ODD, audit_of, judged
from platewarden.server.clock import now
from platewarden.server.complaints.decide import decide
from platewarden.server.complaints.models import ComplaintOutcome
from platewarden.server.complaints.rules import Links
from platewarden.server.complaints.testing import complained
from platewarden.server.hotlists.source import Described, describe
from platewarden.server.hotlists.testing import as_member, list_in_force
from platewarden.server.investigations.incident import decide as decide_canvass
from platewarden.server.investigations.testing import opened
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.chain import Sealer
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.authorize import authorize
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.proof.check import Checked, State, check
from platewarden.server.proof.measures import JOBS
from platewarden.server.proof.models import JobRun
from platewarden.server.proof.sharing import state_if_due
from platewarden.server.release.hand_over import hand_over
from platewarden.server.release.testing import granted, received, sealed
from platewarden.server.retention.clock_watch import tick
from platewarden.server.retention.testing import held, keep_past, open_past, purge_now, request_of

CASE = ("criminal-investigation", "26-004117")
SHIFT = ("routine-patrol", "2A-1123")


def worker_was_round(office: Any) -> None:
    """The ledger sealed, the clock ticked, and every job of the worker said to be done."""
    with office.as_role("purge"):
        Sealer().seal()
        tick()
        state_if_due()
        for name in JOBS:
            JobRun.objects.update_or_create(name=name, defaults={"done_at": now()})


def busy(office: Any) -> None:
    """Looks, lists, an alert closed, incidents, a purge, a hold, requests: all in order."""
    supervisor, operator = office.member(SUPERVISOR), office.member(OPERATOR)
    alert = alert_of(office)
    verified(alert, by=operator)
    dispose(alert.pk, outcome=Outcome.STOP, ground=Ground.VERIFIED, because="", by=operator)
    _confidential(office, operator)
    _reviewed(office, operator)
    for purpose, plate in ((CASE, "CD54321"), (SHIFT, "EF65432")):
        answer = office.browser(OPERATOR, purpose=purpose).post("/reads/search/", {"span": "all", "plate": plate})
        assert answer.status_code == 200
    record(Act.UNIT_SIGN_ON, by=Signer(OPERATOR, operator.name), purpose="routine-patrol")
    with office.database.connect("owner") as owner:
        owner.execute(
            "insert into office.equipment_signedon (unit_id, shift_id, member_number, since_at) values (%s, %s, %s, %s)",
            [office.cars[0].unit.pk, uuid.uuid4(), OPERATOR, now()],
        )
    major = opened(office, "26-004118", is_major=True)
    decide_canvass(major.pk, by=supervisor, ordered=False, because="the vehicle was found at the scene")
    opened(office, "26-004119", has_partial=True)
    open_past(office.database, 40)
    with office.as_role("ingest"):
        keep_past(office.cars[0], "GH76543", 40, pictures=())
    purge_now(office)
    held(office, DESIGNEE, plate="AB12345")
    _handed_over(office)
    received(office)
    received(office, agency="The Daily Lamp", agency_kind="private")
    _audited(office)
    _complained(office)
    worker_was_round(office)


def _confidential(office: Any, operator: Any) -> None:
    """A stop on an alert of a confidential source, by a member who is authorized for it."""
    list_in_force("JK87654,IL,stolen_vehicle,SV-00001", source="State stolen vehicles")
    describe("State stolen vehicles", Described(owner="the state", is_confidential=True), by=office.member(SUPERVISOR))
    authorize(
        operator,
        "State stolen vehicles",
        reason="works these cases",
        until_on=(now() + timedelta(days=60)).date(),
        by=Signer(SUPERVISOR, office.member(SUPERVISOR).name),
    )
    office.receive(office.cars[0], "JK87654", **FULL)
    alert = Alert.objects.latest("pk")
    verified(alert, by=operator)
    dispose(alert.pk, outcome=Outcome.NO_ACTION, ground="", because="", by=operator)


def _reviewed(office: Any, operator: Any) -> None:
    """A stop that could not be verified first, and was reviewed."""
    alert = alert_of(office, plate="LM98765")
    made = dispose(alert.pk, outcome=Outcome.STOP, ground=Ground.IMPRACTICABLE, because="no radio there", by=operator)
    with as_member(SUPERVISOR) as request:
        review_outcome(request, made.pk, in_order=True, because="dispatch's log agrees")


def _handed_over(office: Any) -> None:
    """A request approved, its reads named, sealed to the agency's key, and handed over."""
    asked = granted(office, "LM98765")
    package = sealed(office, asked, to=pyrage.x25519.Identity.generate())
    hand_over(request_of(office, DESIGNEE), package.pk, to_whom="Det. Mara Quist", way="a stick, by hand")


def _complained(office: Any) -> None:
    """Two complaints, one of them decided."""
    complained(office)
    made = complained(office, links=Links(members=(office.member(OPERATOR),)))
    decide(request_of(office, SUPERVISOR), made, ComplaintOutcome.FOUNDED, because="the list was a day old", answer="We are sorry.")


def _audited(office: Any) -> None:
    """An audit of what was looked at so far, with one finding that waits for its answer, signed off."""
    worker_was_round(office)
    audit = audit_of(office)
    for sheet in audit.sheets.all():
        judged(office, sheet, ODD if sheet.position == 1 else FITS)
    sign_off(request_of(office, AUDITOR), audit, "one look in doubt")


def year_ago(office: Any) -> None:
    """The department's policy came into force a year ago."""
    with office.database.connect("owner") as owner:
        owner.execute("update office.people_policyedition set in_force_at = in_force_at - interval '366 days' where number = 1")


def busy_last_year(office: Any) -> None:
    """Everything that a year is counted from happened a year ago."""
    year_ago(office)
    moved = {
        "equipment_unit": ("enrolled_at",),
        "received": ("received_at",),
        "alerts_alert": ("raised_at",),
        "access_record": ("opened_at",),
        "release_releaserequest": ("received_at",),
        "retention_hold": ("placed_at",),
        "complaints_complaint": ("received_at",),
        "retention_chunk": ("at",),
        "audits_audit": ("since", "due_at", "sign_by"),
    }
    with office.database.connect("postgres") as root:
        root.execute("set session_replication_role = replica")
        for table, columns in moved.items():
            for column in columns:
                root.execute(
                    sql.SQL("update office.{0} set {1} = {1} - interval '366 days'").format(*map(sql.Identifier, (table, column)))
                )


def checked(office: Any) -> dict[Clause, Checked]:
    """The table, as the worker's login has it."""
    with office.as_role("purge"):
        return {each.clause: each for each in check()}


def broken(table: dict[Clause, Checked]) -> dict[str, list[str]]:
    """The broken clauses, each with the first record of each of its broken rows."""
    return {
        clause.value: [row.first for row in each.rows if row.wrong] for clause, each in table.items() if each.state is State.BROKEN
    }


__all__ = ["broken", "busy", "busy_last_year", "checked", "worker_was_round", "year_ago"]
