"""Who may do what in the database: the whole list. Whatever is not here is nobody's.

Applied after every migration (everything is taken away first), and compared with the live database by a test. The
application has no right on any table of `plates`; it reaches plate data only through doors, which take an access record.
"""

from __future__ import annotations

from typing import Any

from psycopg import sql

ALL = "select, insert, update, delete"
LOOK = "select"

# office tables of the ORM and the libraries: table -> role -> rights.
OFFICE: dict[str, dict[str, str]] = {
    # the sign-in library and Django
    "account_emailaddress": {"app": ALL},
    "account_emailconfirmation": {"app": ALL},
    "auth_group": {"app": LOOK},
    "auth_group_permissions": {"app": LOOK},
    "auth_permission": {"app": LOOK},
    "django_content_type": {"app": LOOK},
    "django_migrations": {"app": LOOK, "ingest": LOOK, "purge": LOOK},
    "django_session": {"app": ALL},
    "mfa_authenticator": {"login": ALL},
    # people
    "people_member": {
        "app": "select, insert, update (name, is_active, dormant_at, shift_verifier, last_login)",
        "login": "select, update (password)",
        "ingest": "select (id, number, name, is_active)",
        "purge": LOOK,
    },
    "people_assignment": {
        "app": "select, insert, update",
        "ingest": "select (member_id, duty, since_at, until_at)",
        "purge": LOOK,
    },
    "people_completion": {"app": "select, insert", "ingest": "select (member_id, expires_on)", "purge": LOOK},
    "people_authorization": {"app": "select, insert, update (withdrawn_at, withdrawn_by)", "purge": LOOK},
    "people_policyedition": {"app": LOOK, "ingest": LOOK, "purge": LOOK},
    "people_policytext": {"app": "select, insert"},
    "people_acknowledgement": {"app": "select, insert"},
    "people_rosterissue": {"app": LOOK, "ingest": LOOK, "purge": "select, insert"},
    # access: the sign-in role's own
    "access_failure": {"login": "select, insert"},
    "access_lock": {"login": "select, insert, update (released_at, released_by)"},
    "access_usedcode": {"login": "select, insert"},
    "signed_in": {"login": "insert, select (cookie_sha256, ended_at, until_at, member_id), update (ended_at, last_input_at)"},
    "access_tripped": {"app": LOOK},
    "access_factorreset": {"app": LOOK},
    "access_protected": {},  # nobody's, as is looked_at: which plates are protected, and who looked at which, only functions know
    # access_record, access_shown: nobody's. Who could list them could redeem a look that somebody else just opened.
    # ledger: written by functions only
    "ledger_leaf": {"app": LOOK, "purge": LOOK},
    "ledger_unsealed": {"purge": LOOK},
    "ledger_sealed": {"app": LOOK, "purge": LOOK},
    "ledger_checkpoint": {"app": LOOK, "purge": LOOK},
    "ledger_edge": {"purge": "select, insert, update"},
    # equipment
    "equipment_unit": {
        "app": "select, insert, update (state, revoked_at, revoked_by)",
        "purge": "select (id, key_id, state, place_at), update (lat, lon, place_at)",
        "ingest": "select, update (last_contact_at, last_nonce_at, drift_s, clock, hotlist_edition, roster_edition, spooled, last_sequence, lowest_unsent, unsent_since, tampered_at, task_sheet, lat, lon, place_at)",
    },
    "equipment_deployment": {"app": "select, insert, update (withdrawn_at, withdrawn_by)", "purge": LOOK},
    "equipment_enrolmentask": {"app": "select, update", "ingest": "select, insert"},
    "equipment_signedon": {"app": LOOK, "ingest": "select, insert, update (until_at)"},
    "equipment_latereport": {"app": LOOK, "ingest": "insert, select"},
    "equipment_tombstone": {"app": LOOK, "ingest": "insert, select"},
    # hot lists: ids, times, states
    "hotlists_source": {"app": "select, insert, update", "purge": LOOK},
    "hotlists_sourceask": {"app": "select, insert, update (state, decided_by, decided_by_number, decided_at)"},
    "hotlists_exclusion": {"app": "select, insert, update (ended_at, ended_by)", "purge": LOOK},
    "hotlists_load": {"app": LOOK, "purge": LOOK},
    "hotlists_loadreport": {"app": "select, insert", "purge": "select, insert"},
    "hotlists_backask": {"app": LOOK},
    "hotlists_bolo": {"app": LOOK},
    "hotlists_bolostep": {"app": LOOK},
    "hotlists_hotlistedition": {"app": LOOK, "ingest": LOOK, "purge": "select, insert"},
    "hotlists_editionask": {"app": "select, insert", "purge": "select, update (edition)"},
    # alerts: ids, times, states
    "alerts_alert": {
        "app": "select, insert, update (state, acknowledged_at, acknowledged_by, rematched_at, rematched_by, rematched_because)",
        "ingest": "select, insert, update (state)",
    },
    "alerts_verification": {"app": "select, insert", "ingest": "select, insert"},
    "alerts_disposition": {"app": "select, insert", "ingest": "select, insert"},
    "alerts_dispositionreview": {"app": LOOK},
    "alerts_stateask": {"app": "select (id, alert_id, source_id, at, by, due_at)"},  # with which access it was asked, nobody learns
    "alerts_statereturn": {"app": LOOK},
    "alerts_dispatchstop": {"app": LOOK},
    "alerts_stopmatch": {"app": LOOK},
    "alerts_foundreview": {"app": LOOK},
    "alerts_correctionnote": {
        "app": "select, insert, update (state, sent_at, sent_by, way, acknowledged_at, acknowledged_by, reference)"
    },
    "alerts_caroutcome": {"app": LOOK, "ingest": "select, insert, update (alert_id, state, because, for_review)"},
    # investigations: ids, places, times, words
    "investigations_incident": {
        "app": "select, insert, update (canvass_ordered, canvass_because, canvass_decided_at, canvass_decided_by, closed_at, closed_by, closed_because)",
        "ingest": "select (id, number, kind, address, lat, lon, radius_m, corners)",
    },
    "investigations_canvasstask": {
        "app": "select, insert, update (state, withdrawn_at, withdrawn_by, withdrawn_because, withdrawn_sheet)",
        "ingest": "select, update (state, answered_at, answered_by, answered_because)",
    },
    "investigations_watch": {"app": "select, insert"},
    "investigations_cosign": {"app": LOOK},
    # retention: ids, times, counts, states; written by functions that ask who it is, except what follows
    "retention_schedulechange": {"app": LOOK},
    "retention_hold": {"app": "select, update (review_on, reviewed_at, reviewed_by)", "purge": LOOK},
    "retention_purge": {"app": LOOK, "purge": "select, insert, update (ended_at)"},
    "retention_chunk": {"app": LOOK, "purge": LOOK},
    "retention_certificate": {"app": LOOK, "purge": "select, insert"},
    "retention_clockwatch": {"app": LOOK, "purge": LOOK},
    "gone": {"app": LOOK, "ingest": LOOK, "purge": LOOK},
    # evidence: counts, states, hands
    "evidence_package": {"app": "select, update (state)"},
    "evidence_booking": {"app": "select, update (ended_at, ended_by, ended_because)"},
    "evidence_transfer": {"app": "select, insert"},
    # release requests: written by functions that ask who it is
    "release_releaserequest": {"app": LOOK},
    "release_releasegrant": {"app": LOOK},
    "release_releasepackage": {"app": LOOK},
    "release_releasereceipt": {"app": LOOK},
    "complaints_complaint": {"app": LOOK},
    # audits: written by functions that ask who it is, opened and drawn by functions of the round
    "audits_audit": {"app": LOOK, "purge": LOOK},
    "audits_sheet": {"app": LOOK},
    "audits_planchange": {"app": LOOK},
    # proof: when the worker's jobs were done, and how the clauses stood on each day
    "proof_dayscheck": {"app": LOOK, "purge": "select, insert"},
    "proof_yeartold": {"app": "select, insert", "purge": LOOK},
    "proof_sharing": {"app": LOOK, "purge": "select, insert"},
    "proof_jobrun": {"app": LOOK, "purge": "select, insert, update (done_at)"},
    # what was received, without a plate
    "received": {"app": "select (unit_key_id, stream, sequence, outcome, received_at)", "ingest": "select, insert"},
}

# plates: the only table right of a login is the car's door, which writes and cannot read.
PLATES: dict[str, dict[str, str]] = {
    "reads": {"ingest": "insert"},
    "plate_seen": {"ingest": "insert"},
}

FUNCTIONS: dict[str, tuple[str, ...]] = {
    "office.ledger_append(text, text, text, text, jsonb, jsonb)": ("app", "login", "ingest", "purge"),
    "office.ledger_to_seal(int)": ("purge",),
    "office.ledger_seal(bigint, bigint[], bytea, text)": ("purge",),
    "office.ledger_altered()": ("purge",),
    "office.ledger_is_behind()": ("app", "purge"),
    "office.open_access(bytea, text, text, text, jsonb)": ("app",),
    "plates.looks_to_judge(uuid)": ("app",),
    "office.sign_ins(bytea, text)": ("app",),
    "office.end_sign_ins(bytea, text, bigint)": ("app",),
    "office.disable_dormant()": ("purge",),
    "office.forget_sign_ins()": ("purge",),
    "office.enable_member(bytea, text)": ("app",),
    "office.ask_factor_reset(bytea, text, text)": ("app",),
    "office.decide_factor_reset(bytea, bigint, boolean)": ("app",),
    "office.judge_tripped(bytea, bigint, text, text)": ("app",),
    "office.protect_plate(bytea, text, boolean)": ("app",),
    "plates.ensure_span(date)": ("ingest", "purge"),
    "plates.note_late(date)": ("ingest",),
    "plates.gather_is_due()": ("purge",),
    "plates.begin_gathering()": ("purge",),
    "plates.gather()": ("purge",),
    "plates.fold(text)": ("app", "ingest", "purge"),
    "plates.reads_by_plate(uuid)": ("app",),
    "plates.plates_by_pattern(uuid)": ("app",),
    "plates.read_by_id(uuid)": ("app",),
    "plates.correct_read(uuid, text, text, text, text, int[])": ("app",),
    "plates.write_corrected_hit(uuid, uuid, timestamptz, text, text[], jsonb, uuid, timestamptz)": ("app",),
    "plates.add_entries(bigint, timestamptz, jsonb)": ("app", "purge"),
    "plates.load_changes(bigint)": ("app",),
    "office.review_disposition(bytea, bigint, boolean, text)": ("app",),
    "office.review_found(bytea, text, bigint, boolean, text)": ("app",),
    "office.open_load(bigint, bytea, text, timestamptz, timestamptz)": ("app", "purge"),
    "office.put_in_force(bigint, text, text)": ("app", "purge"),
    "office.ask_back(bytea, bigint, text)": ("app",),
    "office.decide_back(bytea, bigint, boolean)": ("app",),
    "office.enter_bolo(bytea, jsonb, timestamptz)": ("app",),
    "office.count_alike(bytea, text)": ("app",),
    "office.decide_bolo(bytea, bigint, boolean)": ("app",),
    "office.extend_bolo(bytea, bigint, timestamptz)": ("app",),
    "office.withdraw_bolo(text, text, bigint, text, text)": ("app",),
    "plates.bolos(uuid)": ("app",),
    "plates.edition_entries()": ("purge",),
    "plates.ran_out_since(timestamptz)": ("purge",),
    "plates.propose(text[])": ("ingest",),
    "plates.entries_by_id(uuid[])": ("ingest",),
    "plates.write_hit(uuid, uuid, timestamptz, text, text, text, text[], jsonb, uuid, timestamptz)": ("ingest",),
    "plates.write_alert_note(uuid, timestamptz, uuid, text, text, text)": ("app", "ingest"),
    "plates.alert_cards(uuid)": ("app",),
    "plates.ask_state(uuid)": ("app",),
    "plates.reconcile_stops(uuid, text)": ("app",),
    "plates.keep_return(uuid, text, text, text, timestamptz, text)": ("app",),
    "plates.count_around(uuid)": ("app",),
    "plates.vehicles_around(uuid)": ("app",),
    "plates.cosign_asked(uuid)": ("app",),
    "plates.canvass_tracks(uuid)": ("app",),
    "plates.keep_track(bigint, uuid, jsonb)": ("ingest",),
    "plates.end_tracks()": ("purge",),
    "office.ask_cosign(bytea, uuid, int, text)": ("app",),
    "office.cosign(bytea, bigint, boolean)": ("app",),
    "plates.place_hold(uuid)": ("app",),
    "plates.hold_notice(uuid)": ("ingest",),
    "plates.keep_held(jsonb)": ("ingest",),
    "plates.hold_scopes(uuid)": ("app",),
    "plates.held_evidence(uuid)": ("app",),
    "office.evidence_written(bytea, bigint, text, bigint, int)": ("app",),
    "office.book_evidence(bytea, bigint, text, text, text, text)": ("app",),
    "office.receive_release(bytea, jsonb, text, bytea, bytea)": ("app",),
    "office.receive_compelled(bytea, jsonb, text, bytea, bytea, uuid)": ("app",),
    "office.decide_release(bytea, bigint, boolean, text, text)": ("app",),
    "plates.release_papers(uuid)": ("app",),
    "office.receive_complaint(bytea, jsonb, jsonb, bytea, uuid)": ("app",),
    "office.link_complaint(bytea, bigint, jsonb)": ("app",),
    "office.decide_complaint(bytea, bigint, text, text, text)": ("app",),
    "plates.complaint_papers(uuid)": ("app",),
    "plates.name_release(uuid)": ("app",),
    "plates.release_reads(uuid)": ("app",),
    "office.release_sealed(bytea, bigint, text, bigint, int)": ("app",),
    "office.hand_over_release(bytea, bigint, text, text)": ("app",),
    "office.next_audit()": ("app", "purge"),
    "office.open_audit(text[], text)": ("purge",),
    "office.draw_audit(bigint)": ("purge",),
    "plates.audited_look(uuid)": ("app",),
    "office.judge_sheet(bytea, bigint, text, boolean, boolean, text, text, date)": ("app",),
    "office.answer_sheet(bytea, bigint, text)": ("app",),
    "office.close_sheet(bytea, bigint, text)": ("app",),
    "office.sign_audit(bytea, bigint, text)": ("app",),
    "office.ask_audit_plan(bytea, jsonb, int, text)": ("app",),
    "office.decide_audit_plan(bytea, bigint, boolean)": ("app",),
    "office.release_hold(bytea, bigint, text)": ("app",),
    "office.ask_schedule(bytea, jsonb, text, int, text, timestamptz)": ("app",),
    "office.decide_schedule(bytea, bigint, boolean, timestamptz)": ("app",),
    "office.confirm_clock(bytea)": ("app",),
    "office.clock_is_trusted()": ("app", "purge"),
    "office.clock_tick(text, float8)": ("purge",),
    "office.due_at(text, date)": ("app", "purge"),
    "plates.days_kept()": ("app", "purge"),
    "plates.days_due()": ("app", "purge"),
    "plates.purge_preview(text, int)": ("app", "purge"),
    "plates.held_of_day(date)": ("purge",),
    "plates.end_day(bigint, text, date, uuid[], bigint, jsonb)": ("purge",),
    "plates.end_released(bigint)": ("purge",),
    "office.let_the_log_go()": ("purge",),
    "office.measure(text, jsonb)": ("app", "purge"),
    "office.public_counts(timestamptz, timestamptz)": ("app", "purge"),
    "office.strange_logins()": ("purge",),
    "office.measure_rows(text, jsonb, bytea)": ("purge",),
}

LOGINS = ("app", "login", "ingest", "purge")


def apply_grants(cursor: Any, prefix: str) -> None:
    """Takes every right of the logins away, then gives what is listed. Run by the owner, in one transaction."""
    logins = sql.SQL(", ").join(sql.Identifier(f"{prefix}_{name}") for name in LOGINS)
    for statement in (
        "revoke all on all tables in schema office, plates from {logins}, public",
        "revoke all on all sequences in schema office, plates from {logins}, public",
        "revoke all on all functions in schema office, plates from {logins}, public",
        "grant usage on schema office, plates to {logins}",
    ):
        cursor.execute(sql.SQL(statement).format(logins=logins))
    _revoke_columns(cursor, prefix)
    for schema, tables in (("office", OFFICE), ("plates", PLATES)):
        for table, rights in tables.items():
            for name, what in rights.items():
                cursor.execute(
                    sql.SQL("grant {what} on {table} to {login}").format(
                        what=sql.SQL(what),  # a text of this file
                        table=sql.Identifier(schema, table),
                        login=sql.Identifier(f"{prefix}_{name}"),
                    )
                )
    for function, names in FUNCTIONS.items():
        for name in names:
            cursor.execute(
                sql.SQL("grant execute on function {function} to {login}").format(
                    function=sql.SQL(function), login=sql.Identifier(f"{prefix}_{name}")
                )
            )


def _revoke_columns(cursor: Any, prefix: str) -> None:
    """`revoke ... on all tables` leaves rights on single columns standing."""
    cursor.execute(
        """
        select n.nspname, c.relname, a.attname, r.rolname, x.privilege_type
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace,
             aclexplode(a.attacl) x join pg_roles r on r.oid = x.grantee
        where n.nspname in ('office', 'plates') and r.rolname = any (%s)
        """,
        [[f"{prefix}_{name}" for name in LOGINS]],
    )
    for schema, table, column, login, right in cursor.fetchall():
        cursor.execute(
            sql.SQL("revoke {right} ({column}) on {table} from {login}").format(
                right=sql.SQL(right),
                column=sql.Identifier(column),
                table=sql.Identifier(schema, table),
                login=sql.Identifier(login),
            )
        )
