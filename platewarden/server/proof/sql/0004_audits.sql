-- Measurements of audits, and of the supervisor's reviews of outcomes.

-- Signed off by the day of each, and the one that is due opened within the hour.
create function office.proof_audits_in_time(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('audit A-%s', lpad(a.id::text, 4, '0')), a.due_at, a.signed_at is null and a.sign_by < clock_timestamp(),
        a.signed_at is null and a.sign_by < clock_timestamp() + interval '3 days'
    from office.audits_audit a
    union all
    select 'the audit due on ' || office.proof_day(n.due_at), n.due_at, true, false
    from office.next_audit() n where n.due_at < clock_timestamp() - interval '1 hour'
$$;

-- Every audit that the ledger opened is there, with the period, the rules and the sample that stand in the ledger.
create function office.proof_audits_as_drawn(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with opened as materialized (select s.leaf_id, s.at, s.about, (s.about ->> 'audit')::bigint as id from office.proof_said('audits.open') s),
    drawn as materialized (select s.about, (s.about ->> 'audit')::bigint as id from office.proof_said('audits.draw') s),
    sheets as materialized (select s.audit_id, jsonb_agg(s.leaf_id order by s.position) as lines from office.audits_sheet s group by s.audit_id)
    select format('audit A-%s', lpad(coalesce(a.id, o.id)::text, 4, '0')), coalesce(a.opened_at, o.at), a.id is null or o.id is null
        or a.leaf_id <> o.leaf_id or a.since <> (o.about ->> 'since')::timestamptz or a.due_at <> (o.about ->> 'due_at')::timestamptz
        or a.rules <> o.about -> 'rules' or (a.drawn_at is null) <> (d.id is null)
        or (d.id is not null and ((d.about ->> 'seed', d.about ->> 'looks', d.about ->> 'looks_sha256')
                is distinct from (a.seed::text, a.looks::text, a.looks_sha256::text)
            or d.about -> 'drawn' is distinct from coalesce(s.lines, '[]'))), false
    from office.audits_audit a full join opened o on o.id = a.id left join drawn d on d.id = coalesce(a.id, o.id)
        left join sheets s on s.audit_id = a.id
$$;

create function office.proof_audits_signed_by_another(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with said as materialized (select s.number, (s.about ->> 'audit')::bigint as id from office.proof_said('audits.sign') s)
    select format('audit A-%s', lpad(a.id::text, 4, '0')), a.signed_at, not office.proof_held(a.signed_by_number, array['auditor'], a.signed_at)
        or exists (select from office.audits_sheet s where s.audit_id = a.id
            and (s.judged_at is null or s.member_number = a.signed_by_number))
        or not exists (select from said where said.id = a.id and said.number = a.signed_by_number), false
    from office.audits_audit a where a.signed_at is not null
$$;

-- As the newest line of the ledger on each says, by an auditor who did not make that look.
create function office.proof_sheets_judged_by_another(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with said as materialized (select distinct on (1, 2) (s.about ->> 'audit')::bigint as audit_id, (s.about ->> 'sheet')::bigint as position,
            s.number, s.about from office.proof_said('audits.judge') s order by 1, 2, s.leaf_id desc)
    select format('audit A-%s, look %s', lpad(s.audit_id::text, 4, '0'), s.position), s.judged_at, s.judged_by_number = s.member_number
        or not office.proof_held(s.judged_by_number, array['auditor'], s.judged_at)
        or (j.number, j.about ->> 'judgement', j.about ->> 'case', (j.about ->> 'fits')::boolean, (j.about ->> 'right_person')::boolean)
            is distinct from (s.judged_by_number::text, s.judgement::text, s.case_exists::text, s.purpose_fits, s.right_person), false
    from office.audits_sheet s left join said j on j.audit_id = s.audit_id and j.position = s.position where s.judged_at is not null
$$;

create function office.proof_findings_answered(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with answered as materialized (select (s.about ->> 'audit')::bigint as audit_id, (s.about ->> 'sheet')::bigint as position, s.number
        from office.proof_said('audits.answer') s),
    closed as materialized (select (s.about ->> 'audit')::bigint as audit_id, (s.about ->> 'sheet')::bigint as position, s.number
        from office.proof_said('audits.close') s)
    select format('audit A-%s, look %s', lpad(s.audit_id::text, 4, '0'), s.position), s.judged_at,
        (s.answered_at is null and s.closed_at is null and s.follow_up_by < office.proof_day(clock_timestamp()))
        or (s.answered_at is not null and not exists (select from answered a where a.audit_id = s.audit_id and a.position = s.position
            and a.number = s.member_number))
        or (s.closed_at is not null and not exists (select from closed c where c.audit_id = s.audit_id and c.position = s.position
            and c.number <> s.member_number)),
        s.answered_at is null and s.closed_at is null and s.follow_up_by < office.proof_day(clock_timestamp()) + 3
    from office.audits_sheet s where s.follow_up_by is not null
$$;

-- An outcome waits since it was said; one from a car, since it came in.
create function office.proof_outcomes_reviewed(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with said as materialized (select (s.about ->> 'alert')::bigint as alert_id, s.number, s.about from office.proof_said('alerts.review') s)
    select 'disposition ' || d.id, d.at, case
        when r.id is null then coalesce((select max(c.received_at) from office.alerts_caroutcome c where c.alert_id = d.alert_id
            and c.unit_id = d.unit_id and c.outcome <> ''), d.at) < clock_timestamp() - interval '7 days'
        else split_part(r.by, ' ', 1) = split_part(d.by, ' ', 1)
            or exists (select from office.alerts_verification v where v.alert_id = d.alert_id
                and split_part(v.by, ' ', 1) = split_part(r.by, ' ', 1))
            or not office.proof_held(split_part(r.by, ' ', 1), array['supervisor', 'designee'], r.at)
            or not exists (select from said s where s.alert_id = d.alert_id and s.number = split_part(r.by, ' ', 1)
                and (s.about ->> 'in_order')::boolean = r.is_in_order) end, r.id is null
    from office.alerts_disposition d left join office.alerts_dispositionreview r on r.disposition_id = d.id where d.for_review
$$;
