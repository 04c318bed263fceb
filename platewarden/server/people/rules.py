"""Who may do what: an act asks for a duty, and every act for training. Questions only; nothing is written here."""

from __future__ import annotations

from datetime import datetime

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refusal
from platewarden.server.ledger.acts import Act
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.policy_text import must_have_acknowledged
from platewarden.server.people.training import must_be_trained

OFFICERS = frozenset({Duty.OPERATOR, Duty.INVESTIGATOR, Duty.SUPERVISOR, Duty.DESIGNEE})
MANAGERS = frozenset({Duty.SUPERVISOR, Duty.DESIGNEE})
INVESTIGATORS = MANAGERS | {Duty.INVESTIGATOR}

# An act that is not listed here is nobody's.
DUTIES: dict[Act, frozenset[Duty]] = {
    Act.READS_SEARCH: OFFICERS,
    Act.READS_PATTERN: OFFICERS,
    Act.READS_LOOK: OFFICERS,
    Act.READS_EXPORT: INVESTIGATORS,
    Act.ALERTS_LOOK: OFFICERS | {Duty.DISPATCHER},
    Act.ALERTS_ACKNOWLEDGE: OFFICERS | {Duty.DISPATCHER},
    Act.ALERTS_VERIFY: OFFICERS | {Duty.DISPATCHER},
    Act.ALERTS_ASK: OFFICERS | {Duty.DISPATCHER},
    Act.ALERTS_DISPOSE: OFFICERS,
    Act.ALERTS_CORRECT: OFFICERS,
    Act.ALERTS_REVIEW: MANAGERS,
    Act.ALERTS_RECONCILE: MANAGERS,
    Act.ALERTS_REVIEW_FOUND: MANAGERS,
    Act.ALERTS_NOTE: OFFICERS,
    Act.ALERTS_NOTE_SENT: MANAGERS,
    Act.ALERTS_NOTE_ACKNOWLEDGED: MANAGERS,
    Act.ALERTS_QUALITY: MANAGERS | {Duty.AUDITOR},
    Act.HOTLISTS_BOLOS: OFFICERS | {Duty.LIST_MANAGER},
    Act.HOTLISTS_BOLO: OFFICERS | {Duty.LIST_MANAGER},
    Act.HOTLISTS_BOLO_DECIDED: MANAGERS | {Duty.LIST_MANAGER},
    Act.HOTLISTS_EXTEND: MANAGERS | {Duty.LIST_MANAGER},
    Act.HOTLISTS_BACK: MANAGERS | {Duty.LIST_MANAGER},
    Act.HOTLISTS_BACK_DECIDED: MANAGERS,
    Act.HOTLISTS_WITHDRAW: OFFICERS | {Duty.LIST_MANAGER},
    Act.HOTLISTS_LOAD: frozenset({Duty.LIST_MANAGER, Duty.SUPERVISOR}),
    Act.HOTLISTS_SOURCE: MANAGERS,
    Act.HOTLISTS_SOURCE_DECIDED: MANAGERS,
    Act.HOTLISTS_EXCLUDE: MANAGERS,
    Act.HOTLISTS_PUBLISH: frozenset({Duty.LIST_MANAGER, Duty.SUPERVISOR}),
    Act.ACCESS_REVIEW: MANAGERS | {Duty.AUDITOR},
    Act.ACCESS_ENDED: MANAGERS,
    Act.ACCESS_ENABLED: MANAGERS,
    Act.ACCESS_RESET_ASKED: MANAGERS | {Duty.CUSTODIAN},
    Act.ACCESS_RESET_DECIDED: MANAGERS,
    Act.ACCESS_JUDGE: MANAGERS | {Duty.AUDITOR},
    Act.ACCESS_PROTECT: MANAGERS | {Duty.AUDITOR},
    Act.EQUIPMENT_APPROVED: MANAGERS | {Duty.CUSTODIAN},
    Act.EQUIPMENT_REFUSED: MANAGERS | {Duty.CUSTODIAN},
    Act.EQUIPMENT_REVOKED: MANAGERS | {Duty.CUSTODIAN},
    Act.EQUIPMENT_DEPLOYED: MANAGERS,
    Act.EQUIPMENT_DEPLOYMENT_ENDED: MANAGERS,
    Act.INVESTIGATIONS_OPEN: OFFICERS,
    Act.INVESTIGATIONS_DECIDE: INVESTIGATORS,
    Act.INVESTIGATIONS_COUNT: OFFICERS,
    Act.INVESTIGATIONS_CANVASS: OFFICERS,
    Act.INVESTIGATIONS_COSIGN_ASK: OFFICERS,
    Act.INVESTIGATIONS_WEIGH: INVESTIGATORS,
    Act.INVESTIGATIONS_COSIGN: INVESTIGATORS,
    Act.INVESTIGATIONS_WATCH: OFFICERS,
    Act.INVESTIGATIONS_CLOSE: OFFICERS,
    Act.INVESTIGATIONS_TASK: INVESTIGATORS,
    Act.INVESTIGATIONS_TASK_WITHDRAWN: INVESTIGATORS,
    Act.INVESTIGATIONS_COVERAGE: INVESTIGATORS,
    Act.RETENTION_SCOPE: OFFICERS | {Duty.RECORDS_CLERK},
    Act.RETENTION_LOOK: OFFICERS | {Duty.RECORDS_CLERK},
    Act.RETENTION_REVIEW: MANAGERS,
    Act.RETENTION_RELEASE: MANAGERS,
    Act.RETENTION_SCHEDULE: MANAGERS | {Duty.CUSTODIAN, Duty.RECORDS_CLERK},
    Act.RETENTION_SCHEDULE_DECIDED: MANAGERS,
    Act.RETENTION_CLOCK: MANAGERS | {Duty.CUSTODIAN},
    Act.EVIDENCE_PACKAGE: MANAGERS | {Duty.RECORDS_CLERK},
    Act.EVIDENCE_PASSPHRASE: MANAGERS | {Duty.RECORDS_CLERK},
    Act.EVIDENCE_BOOK: MANAGERS | {Duty.RECORDS_CLERK},
    Act.EVIDENCE_TRANSFER: MANAGERS | {Duty.RECORDS_CLERK},
    Act.EVIDENCE_RETURN: MANAGERS | {Duty.RECORDS_CLERK},
    Act.EVIDENCE_DESTROY: MANAGERS,
    Act.RELEASE_RECEIVE: MANAGERS | {Duty.RECORDS_CLERK},
    Act.RELEASE_DECIDE: MANAGERS,
    Act.RELEASE_LOOK: MANAGERS | {Duty.RECORDS_CLERK, Duty.AUDITOR},
    Act.RELEASE_NAME: MANAGERS,
    Act.RELEASE_FULFIL: MANAGERS | {Duty.RECORDS_CLERK},
    Act.RELEASE_HAND_OVER: MANAGERS | {Duty.RECORDS_CLERK},
    Act.COMPLAINTS_RECEIVE: MANAGERS | {Duty.RECORDS_CLERK},
    Act.COMPLAINTS_LINK: MANAGERS | {Duty.RECORDS_CLERK, Duty.AUDITOR},
    Act.COMPLAINTS_DECIDE: MANAGERS | {Duty.AUDITOR},
    Act.COMPLAINTS_LOOK: MANAGERS | {Duty.RECORDS_CLERK, Duty.AUDITOR},
    Act.AUDITS_LOOK: frozenset({Duty.AUDITOR}),
    Act.AUDITS_JUDGE: frozenset({Duty.AUDITOR}),
    Act.AUDITS_CLOSE: frozenset({Duty.AUDITOR}),
    Act.AUDITS_SIGN: frozenset({Duty.AUDITOR}),
    Act.AUDITS_PLAN: MANAGERS | {Duty.AUDITOR},
    Act.AUDITS_PLAN_DECIDED: MANAGERS | {Duty.AUDITOR},
    Act.PROOF_YEAR: MANAGERS,
    Act.UNIT_MEDIUM: OFFICERS | {Duty.CUSTODIAN},
    Act.PEOPLE_TRAINING: MANAGERS,
    Act.PEOPLE_TRAINING_FILE: MANAGERS,
    Act.PEOPLE_ENROL: frozenset({Duty.SUPERVISOR}),
    Act.PEOPLE_ASSIGN: frozenset({Duty.SUPERVISOR}),
    Act.PEOPLE_RELIEVE: frozenset({Duty.SUPERVISOR}),
    Act.PEOPLE_LEAVE: MANAGERS,
    Act.PEOPLE_AUTHORIZE: MANAGERS,
    Act.PEOPLE_WITHDRAW: MANAGERS,
    Act.PEOPLE_SHIFT_SECRET: MANAGERS,
    Act.PEOPLE_UNLOCK: MANAGERS | {Duty.CUSTODIAN},
    Act.PEOPLE_POLICY: frozenset({Duty.SUPERVISOR}),
}

PLATE_DATA = frozenset(
    {
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
)


def may_do(member: Member, act: Act, at: datetime) -> Refusal | None:
    """Refuses a member who is untrained that day, who owes the policy an acknowledgement where the department's file asks for one first,
    or who holds none of the duties that the act asks for.
    """
    if not member.is_active:
        return Refusal(Clause.ASSIGNED_MEMBERS, "You are no longer a member with access. Ask the supervisor.")
    if refusal := must_be_trained(member, at):
        return refusal
    if act in PLATE_DATA and (refusal := must_have_acknowledged(member, at)):
        return refusal
    duties = DUTIES.get(act, frozenset())
    if member.duties_on(at) & {duty.value for duty in duties}:
        return None
    asked = " or ".join(sorted(duty.label for duty in duties)) or "nobody"
    clause = Clause.ACCESS_DOCUMENTED if act in PLATE_DATA else Clause.ASSIGNED_MEMBERS
    return Refusal(clause, f"This needs the duty of {asked}, which you do not hold today. Ask the supervisor to assign it.")
