-- Complaints: each decided by its day, by nobody whom it is about or who took it in, and by an auditor when it is about a manager.
create function office.proof_complaints_decided(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('complaint C-%s', lpad(c.id::text, 5, '0')), c.received_at, case
        when c.decided_at is null then c.due_on < office.proof_day(clock_timestamp())
        else c.decided_by_number = c.received_by_number or c.members ? c.decided_by_number
            or not office.proof_held(c.decided_by_number, case when c.to_auditor then array['auditor']
                else array['supervisor', 'designee', 'auditor'] end, c.decided_at)
            or not exists (select from office.proof_said('complaints.decide') s where (s.about ->> 'complaint')::bigint = c.id
                and s.number = c.decided_by_number) end,
        c.decided_at is null and c.due_on < office.proof_day(clock_timestamp()) + 2
    from office.complaints_complaint c
$$;

create function office.proof_complaints_on_file(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('complaint C-%s', lpad(s.about ->> 'complaint', 5, '0')), s.at, not exists (select from office.complaints_complaint c
        join plates.complaint_paper p on p.complaint_id = c.id where c.id = (s.about ->> 'complaint')::bigint
          and coalesce(encode(sha256(p.letter), 'hex'), '') = c.letter_sha256), false
    from office.proof_said('complaints.receive') s
$$;

-- What of a span is counted for the public, in one statement: labels of closed lists, agencies that were given a file, and numbers. Small
-- ones are left out by whoever asks, before anything is told. No plate, search, case, letter or member is in it.
create or replace function office.public_counts(since timestamptz, until timestamptz) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select jsonb_build_object(
        'units', (select count(*) from office.equipment_unit u where u.enrolled_at < until and (u.revoked_at is null or u.revoked_at >= since)),
        'reads', (select count(*) from office.received r where r.stream = 'read' and r.outcome = 'kept' and r.received_at >= since
            and r.received_at < until),
        'alerts', (select coalesce(jsonb_object_agg(a.what, a.n), '{}') from (
            select coalesce(d.outcome, case when a.state in ('withdrawn', 'ended') then a.state else 'open' end) as what, count(*) as n
            from office.alerts_alert a left join office.alerts_disposition d on d.alert_id = a.id
            where a.raised_at >= since and a.raised_at < until group by 1) a),
        'verified', (select count(*) from office.alerts_alert a where a.raised_at >= since and a.raised_at < until
            and exists (select from office.alerts_verification v where v.alert_id = a.id)),
        'searches', (select coalesce(jsonb_object_agg(s.purpose, s.n), '{}') from (
            select r.purpose, count(*) as n from office.access_record r join office.reserved_act a on a.act = r.act and a.is_search
            where r.opened_at >= since and r.opened_at < until group by 1) s),
        'requests', (select coalesce(jsonb_object_agg(q.what, q.n), '{}') from (
            select case when e.id is not null then 'handed over' else r.state end as what, count(*) as n
            from office.release_releaserequest r left join office.release_releasereceipt e on e.request_id = r.id
            where r.received_at >= since and r.received_at < until group by 1) q),
        'agencies', (select coalesce(jsonb_object_agg(g.agency, g.n), '{}') from (
            select r.agency, count(*) as n from office.release_releaserequest r join office.release_releasereceipt e on e.request_id = r.id
            where r.received_at >= since and r.received_at < until group by 1) g),
        'holds', (select coalesce(jsonb_object_agg(h.ground, h.n), '{}') from (
            select h.ground, count(*) as n from office.retention_hold h where h.placed_at >= since and h.placed_at < until group by 1) h),
        'purged', (select coalesce(jsonb_object_agg(c.kind, c.n), '{}') from (
            select c.kind, sum(c.purged) as n from office.retention_chunk c where c.at >= since and c.at < until and c.purged > 0 group by 1) c),
        'complaints', (select coalesce(jsonb_object_agg(c.about, c.n), '{}') from (
            select c.about, count(*) as n from office.complaints_complaint c where c.received_at >= since and c.received_at < until group by 1) c),
        'audits', (select jsonb_build_object('due', count(*), 'signed', count(*) filter (where a.signed_at is not null),
                'in_time', count(*) filter (where a.signed_at <= a.sign_by))
            from office.audits_audit a where a.due_at >= since and a.due_at < until),
        'judged', (select coalesce(jsonb_object_agg(j.judgement, j.n), '{}') from (
            select s.judgement, count(*) as n from office.audits_sheet s join office.audits_audit a on a.id = s.audit_id
            where a.due_at >= since and a.due_at < until and s.judged_at is not null group by 1) j))
$$;
