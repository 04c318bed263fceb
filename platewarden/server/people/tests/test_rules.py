"""Every act against every member of the cast: who may, and on which clause the others are refused."""

from __future__ import annotations

from datetime import timedelta

from platewarden.policy.clauses import Clause
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Assignment, Duty, Member
from platewarden.server.people.rules import DUTIES, may_do
from platewarden.server.people.testing import AUDITOR, DESIGNEE, LAPSED, LIST_MANAGER, OPERATOR, OUTSIDER, SUPERVISOR, UNTRAINED

CAST = (SUPERVISOR, DESIGNEE, OPERATOR, UNTRAINED, LAPSED, AUDITOR, LIST_MANAGER, OUTSIDER)
OFFICERS = {SUPERVISOR, DESIGNEE, OPERATOR}
MANAGERS = {SUPERVISOR, DESIGNEE}
MAY = {
    Act.READS_SEARCH: OFFICERS,
    Act.READS_PATTERN: OFFICERS,
    Act.READS_LOOK: OFFICERS,
    Act.READS_EXPORT: OFFICERS,
    Act.ALERTS_LOOK: OFFICERS,
    Act.ALERTS_ACKNOWLEDGE: OFFICERS,
    Act.ALERTS_VERIFY: OFFICERS,
    Act.ALERTS_ASK: OFFICERS,
    Act.ALERTS_DISPOSE: OFFICERS,
    Act.ALERTS_CORRECT: OFFICERS,
    Act.ALERTS_REVIEW: MANAGERS,
    Act.ALERTS_RECONCILE: MANAGERS,
    Act.ALERTS_REVIEW_FOUND: MANAGERS,
    Act.ALERTS_NOTE: OFFICERS,
    Act.ALERTS_NOTE_SENT: MANAGERS,
    Act.ALERTS_NOTE_ACKNOWLEDGED: MANAGERS,
    Act.ALERTS_QUALITY: MANAGERS | {AUDITOR},
    Act.HOTLISTS_BOLOS: OFFICERS | {LIST_MANAGER},
    Act.HOTLISTS_BOLO: OFFICERS | {LIST_MANAGER},
    Act.HOTLISTS_BOLO_DECIDED: MANAGERS | {LIST_MANAGER},
    Act.HOTLISTS_EXTEND: MANAGERS | {LIST_MANAGER},
    Act.HOTLISTS_BACK: MANAGERS | {LIST_MANAGER},
    Act.HOTLISTS_BACK_DECIDED: MANAGERS,
    Act.HOTLISTS_WITHDRAW: OFFICERS | {LIST_MANAGER},
    Act.HOTLISTS_LOAD: {SUPERVISOR, LIST_MANAGER},
    Act.HOTLISTS_SOURCE: MANAGERS,
    Act.HOTLISTS_SOURCE_DECIDED: MANAGERS,
    Act.HOTLISTS_EXCLUDE: MANAGERS,
    Act.HOTLISTS_PUBLISH: {SUPERVISOR, LIST_MANAGER},
    Act.ACCESS_REVIEW: MANAGERS | {AUDITOR},
    Act.ACCESS_ENDED: MANAGERS,
    Act.ACCESS_ENABLED: MANAGERS,
    Act.ACCESS_RESET_ASKED: MANAGERS,
    Act.ACCESS_RESET_DECIDED: MANAGERS,
    Act.ACCESS_JUDGE: MANAGERS | {AUDITOR},
    Act.ACCESS_PROTECT: MANAGERS | {AUDITOR},
    Act.EQUIPMENT_APPROVED: MANAGERS,
    Act.EQUIPMENT_REFUSED: MANAGERS,
    Act.EQUIPMENT_REVOKED: MANAGERS,
    Act.EQUIPMENT_DEPLOYED: MANAGERS,
    Act.EQUIPMENT_DEPLOYMENT_ENDED: MANAGERS,
    Act.INVESTIGATIONS_OPEN: OFFICERS,
    Act.INVESTIGATIONS_DECIDE: OFFICERS,
    Act.INVESTIGATIONS_COUNT: OFFICERS,
    Act.INVESTIGATIONS_CANVASS: OFFICERS,
    Act.INVESTIGATIONS_COSIGN_ASK: OFFICERS,
    Act.INVESTIGATIONS_WEIGH: OFFICERS,
    Act.INVESTIGATIONS_COSIGN: OFFICERS,
    Act.INVESTIGATIONS_WATCH: OFFICERS,
    Act.INVESTIGATIONS_CLOSE: OFFICERS,
    Act.INVESTIGATIONS_TASK: OFFICERS,
    Act.INVESTIGATIONS_TASK_WITHDRAWN: OFFICERS,
    Act.INVESTIGATIONS_COVERAGE: OFFICERS,
    Act.RETENTION_SCOPE: OFFICERS,
    Act.RETENTION_LOOK: OFFICERS,
    Act.RETENTION_REVIEW: MANAGERS,
    Act.RETENTION_RELEASE: MANAGERS,
    Act.RETENTION_SCHEDULE: MANAGERS,
    Act.RETENTION_SCHEDULE_DECIDED: MANAGERS,
    Act.RETENTION_CLOCK: MANAGERS,
    Act.EVIDENCE_PACKAGE: MANAGERS,
    Act.EVIDENCE_PASSPHRASE: MANAGERS,
    Act.EVIDENCE_BOOK: MANAGERS,
    Act.EVIDENCE_TRANSFER: MANAGERS,
    Act.EVIDENCE_RETURN: MANAGERS,
    Act.EVIDENCE_DESTROY: MANAGERS,
    Act.RELEASE_RECEIVE: MANAGERS,
    Act.RELEASE_DECIDE: MANAGERS,
    Act.RELEASE_LOOK: MANAGERS | {AUDITOR},
    Act.RELEASE_NAME: MANAGERS,
    Act.RELEASE_FULFIL: MANAGERS,
    Act.RELEASE_HAND_OVER: MANAGERS,
    Act.COMPLAINTS_RECEIVE: MANAGERS,
    Act.COMPLAINTS_LINK: MANAGERS | {AUDITOR},
    Act.COMPLAINTS_DECIDE: MANAGERS | {AUDITOR},
    Act.COMPLAINTS_LOOK: MANAGERS | {AUDITOR},
    Act.AUDITS_LOOK: {AUDITOR},
    Act.AUDITS_JUDGE: {AUDITOR},
    Act.AUDITS_CLOSE: {AUDITOR},
    Act.AUDITS_SIGN: {AUDITOR},
    Act.AUDITS_PLAN: MANAGERS | {AUDITOR},
    Act.AUDITS_PLAN_DECIDED: MANAGERS | {AUDITOR},
    Act.PROOF_YEAR: MANAGERS,
    Act.UNIT_MEDIUM: OFFICERS,
    Act.PEOPLE_TRAINING: MANAGERS,
    Act.PEOPLE_TRAINING_FILE: MANAGERS,
    Act.PEOPLE_ENROL: {SUPERVISOR},
    Act.PEOPLE_ASSIGN: {SUPERVISOR},
    Act.PEOPLE_RELIEVE: {SUPERVISOR},
    Act.PEOPLE_LEAVE: MANAGERS,
    Act.PEOPLE_SHIFT_SECRET: MANAGERS,
    Act.PEOPLE_AUTHORIZE: MANAGERS,
    Act.PEOPLE_WITHDRAW: MANAGERS,
    Act.PEOPLE_UNLOCK: MANAGERS,
    Act.PEOPLE_POLICY: {SUPERVISOR},
}
PLATES = {
    Act.READS_SEARCH,
    Act.READS_PATTERN,
    Act.READS_LOOK,
    Act.READS_EXPORT,
    Act.ALERTS_LOOK,
    Act.ALERTS_ASK,
    Act.ALERTS_RECONCILE,
    Act.ALERTS_CORRECT,
    Act.HOTLISTS_BOLOS,
    Act.INVESTIGATIONS_COUNT,
    Act.INVESTIGATIONS_CANVASS,
    Act.INVESTIGATIONS_WEIGH,
    Act.RETENTION_LOOK,
    Act.RELEASE_LOOK,
    Act.RELEASE_NAME,
    Act.RELEASE_FULFIL,
    Act.COMPLAINTS_LOOK,
    Act.EVIDENCE_PACKAGE,
    Act.ACCESS_REVIEW,
    Act.AUDITS_LOOK,
}


def expected(act: Act, number: str) -> Clause | None:
    if number in (UNTRAINED, LAPSED):
        return Clause.TRAINING_BEFORE_USE
    if number in MAY.get(act, set()):
        return None
    return Clause.ACCESS_DOCUMENTED if act in PLATES else Clause.ASSIGNED_MEMBERS


def test_every_act_is_answered_for_every_member(office):
    members = [office.member(number) for number in CAST]
    wrong = []
    for act in Act:
        for member in members:
            refusal = may_do(member, act, now())
            clause = refusal.clause if refusal else None
            if clause != expected(act, member.number):
                wrong.append((act.value, member.number, clause))
    assert wrong == []


def test_the_table_above_is_the_whole_list():
    assert set(MAY) == set(DUTIES)


def test_a_custodian_sees_no_plate_and_an_auditor_only_what_was_asked_in_a_look_a_request_or_a_complaint():
    assert not [act for act in PLATES if Duty.CUSTODIAN in DUTIES[act]]
    assert {act for act in PLATES if Duty.AUDITOR in DUTIES[act]} == {
        Act.ACCESS_REVIEW,
        Act.AUDITS_LOOK,
        Act.RELEASE_LOOK,
        Act.COMPLAINTS_LOOK,
    }


def test_a_records_clerk_sees_what_a_hold_names_and_takes_it_out_encrypted_and_looks_at_no_read():
    assert {act for act in PLATES if Duty.RECORDS_CLERK in DUTIES[act]} == {
        Act.RETENTION_LOOK,
        Act.RELEASE_LOOK,
        Act.RELEASE_FULFIL,
        Act.COMPLAINTS_LOOK,
        Act.EVIDENCE_PACKAGE,
    }


def test_who_left_is_refused_whatever_they_were(office):
    member = office.member(SUPERVISOR)
    member.is_active = False
    assert {may_do(member, act, now()).clause for act in Act} == {Clause.ASSIGNED_MEMBERS}


def test_a_duty_counts_from_its_first_moment_to_its_last(office):
    member = office.member(OPERATOR)
    with office.as_role("owner"):
        Assignment.objects.filter(member=member).update(until_at=now() + timedelta(hours=1))
    at = now()
    assert may_do(member, Act.READS_SEARCH, at) is None
    assert may_do(member, Act.READS_SEARCH, at + timedelta(hours=2)).clause is Clause.ACCESS_DOCUMENTED
    assert may_do(member, Act.READS_SEARCH, at - timedelta(days=1)).clause is Clause.ACCESS_DOCUMENTED


def test_the_cars_door_is_told_duties_and_training_by_its_own_login(office):
    """It may see a few columns only: what a car sends is judged by them."""
    with office.as_role("ingest"):
        assert (
            may_do(Member.objects.only("id", "number", "name", "is_active").get(number=OPERATOR), Act.ALERTS_DISPOSE, now()) is None
        )
