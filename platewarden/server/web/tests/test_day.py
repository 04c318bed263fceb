"""A member's day: each thing that can wait comes up for the duties that see to it, for nobody else, and in one statement."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from platewarden.server.clock import now
from platewarden.server.people.models import Duty
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.proof.testing import worker_was_round
from platewarden.server.web.day import WAITING, Level, lines_of

# What a superuser does to the busy office so that something waits: each name of the list, each in its own office.
DONE = {
    "clauses_broken": """insert into office.proof_dayscheck (day, made_at, text, sha256) values (current_date + 1, now(), '{"counts": {"broken": 3}}', '')""",
    "days_overdue": "select plates.make_span(current_date - 60, array['reads'])",
    "clock": "update office.retention_clockwatch set unexplained_s = 90000",
    "strangers": "update office.proof_sharing set note = replace(note, '\"strange_logins\": 0', '\"strange_logins\": 2')",
    "holds_unbooked": "update office.retention_hold set book_by = current_date - 3",
    "answers_late": "update office.audits_sheet set member_number = '{me}', answered_at = null, closed_at = null, follow_up_by = current_date - 3, judgement = 'finding', finding = 'x'",
    "audits_late": "update office.audits_audit set signed_at = null, sign_by = now() - interval '1 day'",
    "requests_late": "update office.release_releaserequest set state = 'waiting', due_on = current_date - 3",
    "complaints_late": "update office.complaints_complaint set decided_at = null, members = '[]', due_on = current_date - 3",
    "reviews_late": "delete from office.alerts_dispositionreview; update office.alerts_disposition set for_review = true, at = now() - interval '9 days'",
    "tripped_late": "insert into office.access_tripped (at, rule, access_id, member_number, member_name, count, to_auditor, judged_by, judgement, note) values (now() - interval '9 days', 'same plate', gen_random_uuid(), '9', 'x', 4, false, '', '', '')",
    "partials_late": "update office.investigations_incident set partial_at = now() - interval '40 days'",
    "units_late": "update office.equipment_unit set unsent_since = now() - interval '40 days'",
    "edition_stale": "insert into office.hotlists_hotlistedition (number, made_at, asked_by, entries, digest) values (99, now() - interval '9 days', '', 0, '')",
    "alerts_new": "update office.alerts_alert set state = 'raised'",
    "answers": "update office.audits_sheet set member_number = '{me}', answered_at = null, closed_at = null, follow_up_by = current_date + 3, judgement = 'finding', finding = 'x'",
    "canvasses": "update office.investigations_incident set is_major = true, canvass_ordered = null",
    "cosigns": "insert into office.investigations_cosign (incident_id, count_id, vehicles, because, asked_at, asked_by, asked_by_number, state, decided_by) select id, gen_random_uuid(), 9, 'x', now(), '', '9', 'waiting', '' from office.investigations_incident limit 1",
    "bolos": "insert into office.hotlists_bolo (entry_id, state, author, author_number, entered_at, expires_at, decided_by) values (gen_random_uuid(), 'waiting', '', '9', now(), now() + interval '9 days', '')",
    "bolos_ending": "insert into office.hotlists_bolo (entry_id, state, author, author_number, entered_at, expires_at, decided_by) values (gen_random_uuid(), 'approved', '', '{me}', now(), now() + interval '2 days', '9')",
    "source_asks": "insert into office.hotlists_sourceask (name, owner, is_confidential, layout, inbox, saw, asked_by, asked_by_number, asked_at, state, decided_by, decided_by_number) values ('x', 'x', true, '', '', 'nothing', '', '9', now(), 'waiting', '', '')",
    "backs": "insert into office.hotlists_backask (load_id, asked_by, asked_by_number, asked_at, state, decided_by) select id, '', '9', now(), 'waiting', '' from office.hotlists_load limit 1",
    "units": "update office.equipment_enrolmentask set state = 'waiting'",
    "reviews": "delete from office.alerts_dispositionreview; update office.alerts_disposition set for_review = true, by = '9 x', at = now() - interval '1 day'; delete from office.alerts_verification",
    "stops": "insert into office.alerts_dispatchstop (number, stopped_at, unit_name, taken_at, by) values ('S1', now(), 'x', now(), ''); update office.alerts_disposition set outcome = 'no action', by = ''; delete from office.alerts_verification; insert into office.alerts_stopmatch (stop_id, alert_id, at) select s.id, (select min(a.id) from office.alerts_alert a), now() from office.alerts_dispatchstop s",
    "corrections": "update office.alerts_alert set state = 'withdrawn', urgent = true, rematched_at = now(), rematched_by = '9 x', rematched_because = 'characters'",
    "notes": "insert into office.alerts_correctionnote (alert_id, wrong, agency, state, written_at, written_by, sent_by, way, acknowledged_by, reference) select min(id), 'old', '', 'written', now(), '', '', '', '', '' from office.alerts_alert",
    "tripped": "insert into office.access_tripped (at, rule, access_id, member_number, member_name, count, to_auditor, judged_by, judgement, note) values (now(), 'same plate', gen_random_uuid(), '9', 'x', 4, false, '', '', '')",
    "locked_out": "update office.people_member set is_active = false, dormant_at = now() where number = '1099'",
    "schedule": "insert into office.retention_schedulechange (days, text, on_edition, because, asked_by, asked_by_number, asked_at, effective_at, state, decided_by) values ('{}', '', 1, 'x', '', '9', now(), now(), 'waiting', '')",
    "plan": "insert into office.audits_planchange (figures, on_edition, because, asked_by, asked_by_number, asked_by_auditor, asked_at, state, decided_by) values ('{}', 1, 'x', '', '9', true, now(), 'waiting', '')",
    "requests": "update office.release_releaserequest set state = 'waiting', received_by_number = '9', due_on = current_date + 3",
    "requests_unnamed": "update office.release_releaserequest set state = 'approved', received_by_number = '9' where decided_at is not null; delete from office.release_releasegrant",
    "requests_named": "update office.release_releaserequest set state = 'approved' where decided_at is not null; delete from office.release_releasereceipt",
    "complaints": "update office.complaints_complaint set decided_at = null, members = '[]', due_on = current_date + 3",
    "packages": "alter table office.evidence_package drop constraint package_written_was_read_back; insert into office.evidence_package (hold_id, access_id, since, until, made_by, made_by_number, made_at, reads, state, sha512) select id, gen_random_uuid(), now(), now(), '', '9', now(), 1, 'written', '' from office.retention_hold limit 1",
    "holds_to_book": "update office.retention_hold set book_by = current_date + 3",
    "holds_to_review": "update office.retention_hold set review_on = current_date - 1",
    "sheets": "update office.audits_audit set signed_at = null; update office.audits_sheet set judged_at = null, member_number = '9'",
    "audits_to_sign": "update office.audits_audit set signed_at = null; update office.audits_sheet set member_number = '9'",
    "findings_answered": "update office.audits_sheet set answered_at = now(), closed_at = null, member_number = '9'",
    "trainings": "update office.people_completion set expires_on = current_date + 5",
    "unacknowledged": "insert into office.people_policytext (number, text, digest, in_force_on, entered_by, entered_at) values (7, 'x', '', current_date - 1, '', now())",
    "year": "update office.people_policyedition set in_force_at = in_force_at - interval '366 days'",
}  # fmt: skip


def names(office, number: str) -> list[str]:
    member = office.member(number)
    return [line.name for line in lines_of(member, member.duties_on(now()), now())]


def test_everything_that_can_wait_is_tried_here():
    assert set(DONE) == set(WAITING)


@pytest.mark.parametrize("name", WAITING)
def test_it_comes_up_for_the_duties_that_see_to_it_and_for_nobody_else(busy_office, name):
    with busy_office.database.connect("postgres") as root:
        root.execute("set session_replication_role = replica")
        for statement in DONE[name].replace("{me}", OPERATOR).split(";"):
            root.execute(statement)
    told = {duty for duty in Duty if name in _of(busy_office, duty)}
    assert told == set(WAITING[name].who)


def _of(office, duty: Duty) -> set[str]:
    return {line.name for line in lines_of(office.member(OPERATOR), frozenset({duty.value}), now())}


def test_what_nobody_does_for_themselves_does_not_wait_for_them(busy_office):
    with busy_office.database.connect("postgres") as root:
        root.execute("set session_replication_role = replica")
        root.execute(
            "update office.release_releaserequest set state = 'waiting', received_by_number = %s, due_on = current_date + 3",
            [DESIGNEE],
        )
        root.execute(
            "insert into office.hotlists_bolo (entry_id, state, author, author_number, entered_at, expires_at, decided_by) values (gen_random_uuid(), 'waiting', '', %s, now(), now() + interval '9 days', '')",
            [DESIGNEE],
        )
        root.execute("update office.complaints_complaint set decided_at = null, members = '[\"1042\"]', to_auditor = true")
    assert {"requests", "bolos"} <= set(names(busy_office, SUPERVISOR))
    assert not {"requests", "bolos", "complaints"} & set(names(busy_office, DESIGNEE))
    assert "complaints" not in names(busy_office, SUPERVISOR), "one about a manager is the auditor's"
    assert "complaints" in names(busy_office, AUDITOR)


def test_a_silent_alert_is_not_counted_for_patrol(busy_office):
    with busy_office.database.connect("postgres") as root:
        root.execute("set session_replication_role = replica")
        root.execute("update office.alerts_alert set state = 'raised', silent = true")
    assert "alerts_new" not in _of(busy_office, Duty.OPERATOR)
    assert "alerts_new" in _of(busy_office, Duty.SUPERVISOR)


def test_it_is_one_statement(busy_office):
    for number, most in ((OPERATOR, 1), (AUDITOR, 1), (SUPERVISOR, 1)):
        member = busy_office.member(number)
        duties = member.duties_on(now())
        with CaptureQueriesContext(connection) as asked:
            lines_of(member, duties, now())
        assert len([each for each in asked.captured_queries if "wanted" in each["sql"]]) == most
        assert len(asked.captured_queries) <= 2, "and the policy in force"


def test_the_first_page_asks_few_statements(busy_office):
    """It asked 85 of this office when each count was asked by itself, and 34 since; what is left is asked by every page."""
    browser = busy_office.browser(SUPERVISOR)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get("/").status_code == 200
    assert len(asked.captured_queries) <= 40


def test_the_page_says_the_worst_first_and_leads_there(busy_office):
    with busy_office.database.connect("postgres") as root:
        root.execute("set session_replication_role = replica")
        root.execute("update office.retention_hold set book_by = current_date - 3")
        root.execute("update office.release_releaserequest set state = 'waiting', due_on = current_date - 3")
        root.execute("update office.alerts_alert set state = 'raised'")
    member = busy_office.member(SUPERVISOR)
    lines = lines_of(member, member.duties_on(now()), now())
    assert [line.level for line in lines] == sorted(line.level for line in lines)
    assert {Level.RED, Level.LATE, Level.WAITS} == {line.level for line in lines}
    page = busy_office.browser(SUPERVISOR).get("/").content.decode()
    order = [page.index(each) for each in ("booked into evidence", "past the day of their answer", "new alert")]
    assert order == sorted(order)
    for line in lines:
        assert f'href="{line.url}"' in page
        assert busy_office.browser(SUPERVISOR).get(line.url).status_code == 200


def test_where_nothing_waits_the_page_says_so(office):
    worker_was_round(office)
    assert "Nothing waits for you" in office.browser(OPERATOR).get("/").content.decode()


def test_every_page_that_a_line_leads_to_is_there():
    for each in WAITING.values():
        assert reverse(each.page).startswith("/")
