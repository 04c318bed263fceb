"""A member's day: what is red, what is late, what waits for them, by their duties; each line leads to where it is done.

Asked of the database in one statement, and only what this member's duties need: counts and times, no plate. What a member may not do by rule
does not wait for them: nobody decides on what they asked for themselves, and of silent alerts only those hear who see them.

Known gap: a member locked out after false sign-ins is counted by the login that keeps locks, in a second statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from django.db import connection
from django.urls import reverse

from platewarden.policy.verification import ENFORCEMENT
from platewarden.server.access.lockout import locks
from platewarden.server.alerts.rules import sees_silent
from platewarden.server.ledger.acts import Act
from platewarden.server.people.editions import department
from platewarden.server.people.models import Duty, Member
from platewarden.server.people.rules import DUTIES, INVESTIGATORS, MANAGERS, OFFICERS
from platewarden.server.people.training import WARN_DAYS

SOON = timedelta(days=7)


class Level(IntEnum):
    """How pressing a line is, the worst first."""

    RED = 0
    LATE = 1
    WAITS = 2

    @property
    def label(self) -> str:
        return {Level.RED: "Red", Level.LATE: "Late", Level.WAITS: "Waits"}[self]


@dataclass(frozen=True)
class Wait:
    """Something that can wait: for whom, how it is said of one and of several, and the page on which it is done."""

    level: Level
    who: frozenset[Duty]
    one: str
    many: str
    page: str


@dataclass(frozen=True)
class Line:
    """One line of a member's day."""

    name: str
    level: Level
    count: int
    said: str
    url: str


CLERKS = MANAGERS | {Duty.RECORDS_CLERK}
CUSTODIANS = MANAGERS | {Duty.CUSTODIAN}
AUDITORS = frozenset({Duty.AUDITOR})
EVERYBODY = frozenset(Duty)
W, RED, LATE, WAITS = Wait, Level.RED, Level.LATE, Level.WAITS
WAITING: dict[str, Wait] = {
    "clauses_broken": W(RED, MANAGERS | AUDITORS, "clause of the policy was broken at the last day’s check", "clauses of the policy were broken at the last day’s check", "proof:clauses"),
    "days_overdue": W(RED, CUSTODIANS | CLERKS | AUDITORS, "day of data is past its schedule and not purged", "days of data are past their schedule and not purged", "retention:overview"),
    "clock": W(RED, CUSTODIANS, "clock is not believed: nothing is purged until the date is confirmed", "", "retention:overview"),
    "strangers": W(RED, CUSTODIANS | AUDITORS, "statement tells of database logins that are not this program’s own", "", "proof:public"),
    "holds_unbooked": W(RED, CLERKS | AUDITORS, "hold is past its day and not booked into evidence", "holds are past their day and not booked into evidence", "retention:holds"),
    "answers_late": W(LATE, EVERYBODY, "finding about a look of yours is past its day, and you have not answered", "findings about looks of yours are past their day, and you have not answered", "audits:mine"),
    "audits_late": W(LATE, MANAGERS | AUDITORS, "audit is not signed off by its day, or did not open", "audits are not signed off by their day, or did not open", "audits:audits"),
    "requests_late": W(LATE, CLERKS, "request of another agency is past the day of its answer", "requests of other agencies are past the day of their answer", "release:on_file"),
    "complaints_late": W(LATE, DUTIES[Act.COMPLAINTS_DECIDE], "complaint is past the day of its answer", "complaints are past the day of their answer", "complaints:on_file"),
    "reviews_late": W(LATE, MANAGERS, "outcome without a confirming return is unreviewed for a week", "outcomes without a confirming return are unreviewed for a week", "alerts:review_queue"),
    "tripped_late": W(LATE, DUTIES[Act.ACCESS_JUDGE], "look that stood out is unjudged for a week", "looks that stood out are unjudged for a week", "access:tripped"),
    "partials_late": W(LATE, INVESTIGATORS, "reported partial plate is not entered in time", "reported partial plates are not entered in time", "investigations:incidents"),
    "units_late": W(LATE, CUSTODIANS, "unit has reads that did not come within the deadline", "units have reads that did not come within the deadline", "equipment:units"),
    "edition_stale": W(LATE, DUTIES[Act.HOTLISTS_PUBLISH] | MANAGERS, "hot list edition in force is stale", "", "hotlists:lists"),
    "alerts_new": W(WAITS, OFFICERS | {Duty.DISPATCHER}, "new alert", "new alerts", "alerts:console"),
    "answers": W(WAITS, EVERYBODY, "finding about a look of yours waits for your answer", "findings about looks of yours wait for your answer", "audits:mine"),
    "canvasses": W(WAITS, INVESTIGATORS, "major incident waits for a decision on a canvass", "major incidents wait for a decision on a canvass", "investigations:incidents"),
    "cosigns": W(WAITS, DUTIES[Act.INVESTIGATIONS_COSIGN], "wide search waits for a second signature", "wide searches wait for a second signature", "investigations:cosigns"),
    "bolos": W(WAITS, DUTIES[Act.HOTLISTS_BOLO_DECIDED], "BOLO waits for a second member", "BOLOs wait for a second member", "hotlists:bolos"),
    "bolos_ending": W(WAITS, EVERYBODY, "BOLO of yours ends within a week", "BOLOs of yours end within a week", "hotlists:bolos"),
    "backs": W(WAITS, DUTIES[Act.HOTLISTS_BACK_DECIDED], "earlier list is to be put back, and waits for a second member", "earlier lists are to be put back, and wait for a second member", "hotlists:lists"),
    "source_asks": W(WAITS, DUTIES[Act.HOTLISTS_SOURCE_DECIDED], "description of a source waits for a second member", "descriptions of sources wait for a second member", "hotlists:lists"),
    "units": W(WAITS, DUTIES[Act.EQUIPMENT_APPROVED], "unit asks to be enrolled", "units ask to be enrolled", "equipment:units"),
    "reviews": W(WAITS, DUTIES[Act.ALERTS_REVIEW], "outcome without a confirming return is to be reviewed", "outcomes without a confirming return are to be reviewed", "alerts:review_queue"),
    "stops": W(WAITS, DUTIES[Act.ALERTS_REVIEW_FOUND], "stop of dispatch that its alert does not tell of is to be reviewed", "stops of dispatch that their alerts do not tell of are to be reviewed", "alerts:review_queue"),
    "corrections": W(WAITS, DUTIES[Act.ALERTS_REVIEW_FOUND], "correction that withdrew an urgent alert is to be reviewed", "corrections that withdrew urgent alerts are to be reviewed", "alerts:review_queue"),
    "notes": W(WAITS, DUTIES[Act.ALERTS_NOTE_SENT], "correction note to an agency is to be written, sent, or asked for again", "correction notes to agencies are to be written, sent, or asked for again", "alerts:notes"),
    "tripped": W(WAITS, DUTIES[Act.ACCESS_JUDGE], "look that stood out is to be judged", "looks that stood out are to be judged", "access:tripped"),
    "locked_out": W(WAITS, DUTIES[Act.PEOPLE_UNLOCK], "member cannot sign in", "members cannot sign in", "access:locked_out"),
    "schedule": W(WAITS, DUTIES[Act.RETENTION_SCHEDULE_DECIDED], "retention schedule waits for a second member", "", "retention:overview"),
    "plan": W(WAITS, DUTIES[Act.AUDITS_PLAN_DECIDED], "plan of the audits waits for a second member", "", "audits:plan"),
    "requests": W(WAITS, DUTIES[Act.RELEASE_DECIDE], "request of another agency is to be decided", "requests of other agencies are to be decided", "release:on_file"),
    "requests_unnamed": W(WAITS, DUTIES[Act.RELEASE_NAME], "approved request has no reads named yet", "approved requests have no reads named yet", "release:on_file"),
    "requests_named": W(WAITS, DUTIES[Act.RELEASE_HAND_OVER], "approved request is to be sealed or handed over", "approved requests are to be sealed or handed over", "release:on_file"),
    "complaints": W(WAITS, DUTIES[Act.COMPLAINTS_DECIDE], "complaint is to be decided", "complaints are to be decided", "complaints:on_file"),
    "packages": W(WAITS, DUTIES[Act.EVIDENCE_BOOK], "package is written and not booked", "packages are written and not booked", "evidence:packages"),
    "holds_to_book": W(WAITS, CLERKS, "hold is to be booked within a week", "holds are to be booked within a week", "retention:holds"),
    "holds_to_review": W(WAITS, DUTIES[Act.RETENTION_REVIEW], "hold is to be looked at again", "holds are to be looked at again", "retention:holds"),
    "sheets": W(WAITS, AUDITORS, "drawn look is to be judged", "drawn looks are to be judged", "audits:audits"),
    "audits_to_sign": W(WAITS, AUDITORS, "audit is judged whole, and to be signed off", "audits are judged whole, and to be signed off", "audits:audits"),
    "findings_answered": W(WAITS, AUDITORS, "answered finding is to be closed", "answered findings are to be closed", "audits:audits"),
    "trainings": W(WAITS, MANAGERS, "member’s training ends within 30 days, or is missing", "members’ training ends within 30 days, or is missing", "people:members"),
    "unacknowledged": W(WAITS, MANAGERS, "member has not acknowledged the policy in force", "members have not acknowledged the policy in force", "people:members"),
    "year": W(WAITS, MANAGERS, "year is over, and its figures for the public are not fixed", "", "proof:public"),
}  # fmt: skip


def lines_of(member: Member, duties: frozenset[str], at: datetime) -> list[Line]:
    """What is red, late, or waits for a member, the worst first; empty when nothing does."""
    here = department()
    day = at.astimezone(here.time_zone).date()
    wanted = [name for name, each in WAITING.items() if {duty.value for duty in each.who} & duties]
    given: dict[str, Any] = {
        "wanted": wanted,
        "number": member.number,
        "who": str(member),
        "at": at,
        "today": day,
        "soon": day + SOON,
        "lapsing": day + timedelta(days=WARN_DAYS),
        "silent": sees_silent(duties),
        "auditor": Duty.AUDITOR.value in duties,
        "enforcement": [each.value for each in ENFORCEMENT],
        "partial_hours": here.investigations["partial_hours"],
        "deadline_hours": here.transfer_deadline_hours,
        "stale_hours": here.stale_after_hours,
        "zone": here.time_zone.key,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, given)
        counts = {name: int(count) for name, count in cursor.fetchall() if count}
    if "locked_out" in wanted and (locked := len(locks())):
        counts["locked_out"] = counts.get("locked_out", 0) + locked
    made = [
        Line(name, each.level, counts[name], each.one if counts[name] == 1 or not each.many else each.many, reverse(each.page))
        for name, each in WAITING.items()
        if name in counts
    ]
    return sorted(made, key=lambda line: line.level)


# A name that is not wanted is not counted: `case` asks for nothing behind an answer that it does not need.
_COUNTS = """
with wanted as (select unnest(%(wanted)s::text[]) as name)
select w.name, case w.name
    when 'clauses_broken' then (select (c.text::jsonb -> 'counts' ->> 'broken')::bigint from office.proof_dayscheck c order by c.day desc limit 1)
    when 'days_overdue' then (select count(*) from plates.days_due() d where %(at)s - interval '24 hours' > case when d.kind <> 'list_entries' then d.due_at
        else greatest(d.due_at, (select max(p.ended_at) from office.retention_purge p), (select min(e.in_force_at) from office.people_policyedition e)) end)
    when 'clock' then (case when office.clock_is_trusted() then 0 else 1 end)
    when 'strangers' then (select (regexp_match(s.note, '"strange_logins": ([0-9]+)'))[1]::bigint from office.proof_sharing s order by s.day desc limit 1)
    when 'holds_unbooked' then (select count(*) from office.retention_hold h where h.released_at is null and h.booked_at is null and h.book_by < %(today)s)
    when 'answers_late' then (select count(*) from office.audits_sheet s where s.member_number = %(number)s and s.follow_up_by < %(today)s
        and s.answered_at is null and s.closed_at is null)
    when 'audits_late' then (select count(*) from office.audits_audit a where a.signed_at is null and a.sign_by < %(at)s)
        + (select count(*) from office.next_audit() n where n.due_at < %(at)s - interval '1 hour')
    when 'requests_late' then (select count(*) from office.release_releaserequest r where r.state = 'waiting' and r.due_on < %(today)s)
    when 'complaints_late' then (select count(*) from office.complaints_complaint c where c.decided_at is null and c.due_on < %(today)s
        and c.received_by_number <> %(number)s and not c.members ? %(number)s and (%(auditor)s or not c.to_auditor))
    when 'reviews_late' then (select count(*) from office.alerts_disposition d where d.for_review and d.at < %(at)s - interval '7 days'
        and not exists (select from office.alerts_dispositionreview r where r.disposition_id = d.id))
    when 'tripped_late' then (select count(*) from office.access_tripped t where t.judged_at is null and t.member_number <> %(number)s
        and (%(auditor)s or not t.to_auditor) and t.at < %(at)s - interval '7 days')
    when 'partials_late' then (select count(*) from office.investigations_incident i where i.closed_at is null
        and i.partial_at < %(at)s - make_interval(hours => %(partial_hours)s)
        and not exists (select from office.investigations_watch v where v.incident_id = i.id))
    when 'units_late' then (select count(*) from office.equipment_unit u where u.state = 'enrolled'
        and u.unsent_since < %(at)s - make_interval(hours => %(deadline_hours)s))
    when 'edition_stale' then (select count(*) from (select e.made_at from office.hotlists_hotlistedition e order by e.number desc limit 1) e
        where e.made_at < %(at)s - make_interval(hours => %(stale_hours)s))
    when 'alerts_new' then (select count(*) from office.alerts_alert a where a.state = 'raised' and (%(silent)s or not a.silent))
    when 'answers' then (select count(*) from office.audits_sheet s where s.member_number = %(number)s and s.follow_up_by >= %(today)s
        and s.answered_at is null and s.closed_at is null)
    when 'canvasses' then (select count(*) from office.investigations_incident i where i.closed_at is null and i.is_major and i.canvass_ordered is null)
    when 'cosigns' then (select count(*) from office.investigations_cosign c where c.state = 'waiting' and c.asked_by_number <> %(number)s)
    when 'bolos' then (select count(*) from office.hotlists_bolo b where b.state = 'waiting' and b.author_number <> %(number)s)
    when 'bolos_ending' then (select count(*) from office.hotlists_bolo b where b.state = 'approved' and b.author_number = %(number)s
        and b.expires_at > %(at)s and b.expires_at < %(at)s + interval '7 days')
    when 'backs' then (select count(*) from office.hotlists_backask b where b.state = 'waiting' and b.asked_by_number <> %(number)s)
    when 'source_asks' then (select count(*) from office.hotlists_sourceask s where s.state = 'waiting' and s.asked_by_number <> %(number)s)
    when 'units' then (select count(*) from office.equipment_enrolmentask a where a.state = 'waiting')
    when 'notes' then (select count(*) from office.alerts_correctionnote n where n.state = 'written' or (n.state = 'sent' and n.sent_at < %(at)s - interval '7 days'))
        + (select count(*) from office.alerts_alert a join office.alerts_disposition d on d.alert_id = a.id where a.state = 'disposed'
            and a.source_id is not null and d.outcome in ('stale entry', 'different vehicle')
            and not exists (select from office.alerts_correctionnote n where n.alert_id = a.id))
    when 'reviews' then (select count(*) from office.alerts_disposition d where d.for_review and d.by <> %(who)s and d.at >= %(at)s - interval '7 days'
        and not exists (select from office.alerts_dispositionreview r where r.disposition_id = d.id)
        and not exists (select from office.alerts_verification v where v.alert_id = d.alert_id and v.by = %(who)s))
    when 'stops' then (select count(*) from office.alerts_dispatchstop s join office.alerts_stopmatch m on m.stop_id = s.id
            join office.alerts_alert a on a.id = m.alert_id left join office.alerts_disposition d on d.alert_id = a.id
        where (d.id is null or d.outcome <> all (%(enforcement)s)) and not exists (select from office.alerts_foundreview r where r.stop_id = s.id)
            and %(who)s not in (a.rematched_by, coalesce(d.by, ''))
            and not exists (select from office.alerts_verification v where v.alert_id = a.id and v.by = %(who)s))
    when 'corrections' then (select count(*) from office.alerts_alert a where a.state = 'withdrawn' and a.urgent and a.rematched_by <> %(who)s
        and not exists (select from office.alerts_foundreview r where r.alert_id = a.id and r.corrected_at = a.rematched_at))
    when 'tripped' then (select count(*) from office.access_tripped t where t.judged_at is null and t.member_number <> %(number)s
        and (%(auditor)s or not t.to_auditor) and t.at >= %(at)s - interval '7 days')
    when 'locked_out' then (select count(*) from office.people_member m where not m.is_active and m.dormant_at is not null and m.number <> %(number)s)
        + (select count(*) from office.access_factorreset f where f.state = 'waiting' and f.asked_by_number <> %(number)s and f.member_number <> %(number)s
            and f.asked_at > %(at)s - interval '24 hours')
    when 'schedule' then (select count(*) from office.retention_schedulechange c where c.state = 'waiting' and c.asked_by_number <> %(number)s)
    when 'plan' then (select count(*) from office.audits_planchange c where c.state = 'waiting' and c.asked_by_number <> %(number)s
        and (%(auditor)s or c.asked_by_auditor))
    when 'requests' then (select count(*) from office.release_releaserequest r where r.state = 'waiting' and r.received_by_number <> %(number)s
        and r.due_on >= %(today)s)
    when 'requests_unnamed' then (select count(*) from office.release_releaserequest r where r.state = 'approved' and r.received_by_number <> %(number)s
        and not exists (select from office.release_releasegrant g where g.request_id = r.id))
    when 'requests_named' then (select count(*) from office.release_releaserequest r where r.state = 'approved'
        and exists (select from office.release_releasegrant g where g.request_id = r.id)
        and not exists (select from office.release_releasereceipt e where e.request_id = r.id))
    when 'complaints' then (select count(*) from office.complaints_complaint c where c.decided_at is null and c.due_on >= %(today)s
        and c.received_by_number <> %(number)s and not c.members ? %(number)s and (%(auditor)s or not c.to_auditor))
    when 'packages' then (select count(*) from office.evidence_package p where p.state = 'written')
    when 'holds_to_book' then (select count(*) from office.retention_hold h where h.released_at is null and h.booked_at is null
        and h.book_by >= %(today)s and h.book_by < %(soon)s)
    when 'holds_to_review' then (select count(*) from office.retention_hold h where h.released_at is null and h.review_on <= %(today)s)
    when 'sheets' then (select count(*) from office.audits_sheet s join office.audits_audit a on a.id = s.audit_id
        where a.signed_at is null and s.judged_at is null and s.member_number <> %(number)s)
    when 'audits_to_sign' then (select count(*) from office.audits_audit a where a.signed_at is null and a.drawn_at is not null
        and not exists (select from office.audits_sheet s where s.audit_id = a.id and (s.judged_at is null or s.member_number = %(number)s)))
    when 'findings_answered' then (select count(*) from office.audits_sheet s where s.answered_at is not null and s.closed_at is null
        and s.member_number <> %(number)s)
    when 'trainings' then (select count(*) from office.people_member m where m.is_active and coalesce((select max(c.expires_on)
        from office.people_completion c where c.member_id = m.id), '-infinity') <= %(lapsing)s)
    when 'unacknowledged' then (select count(*) from office.people_member m,
            (select t.number from office.people_policytext t where t.in_force_on <= %(today)s order by t.number desc limit 1) t
        where m.is_active and exists (select from office.people_assignment a where a.member_id = m.id and a.since_at <= %(at)s
                and (a.until_at is null or a.until_at > %(at)s))
            and not exists (select from office.people_acknowledgement k where k.member_id = m.id and k.text_id = t.number))
    when 'year' then (select count(*) from (select min(e.in_force_at) as since from office.people_policyedition e) f
        where extract(year from f.since at time zone %(zone)s) < extract(year from %(today)s::date)
          and not exists (select from office.proof_yeartold y where y.year = extract(year from %(today)s::date) - 1))
end
from wanted w
"""
