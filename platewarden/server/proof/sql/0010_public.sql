-- What of a span is counted for the public, in one statement: labels of closed lists, agencies that were given a file, and numbers. Small
-- ones are left out by whoever asks, before anything is told. No plate, search, case, letter or member is in it.
create function office.public_counts(since timestamptz, until timestamptz) returns jsonb
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
        'audits', (select jsonb_build_object('due', count(*), 'signed', count(*) filter (where a.signed_at is not null),
                'in_time', count(*) filter (where a.signed_at <= a.sign_by))
            from office.audits_audit a where a.due_at >= since and a.due_at < until),
        'judged', (select coalesce(jsonb_object_agg(j.judgement, j.n), '{}') from (
            select s.judgement, count(*) as n from office.audits_sheet s join office.audits_audit a on a.id = s.audit_id
            where a.due_at >= since and a.due_at < until and s.judged_at is not null group by 1) j))
$$;

-- Logins that can reach this database's plate data or its doors without being this program's own, by name.
create function office.strange_logins() returns text[]
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select coalesce(array_agg(r.rolname::text order by r.rolname), '{}') from pg_roles r
    where r.rolcanlogin and not r.rolsuper and r.rolname not in ('{app}', '{login}', '{ingest}', '{purge}', '{owner}')
      and (exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('office', 'plates')
            and c.relkind in ('r', 'p', 'v', 'm', 'f') and has_any_column_privilege(r.oid, c.oid, 'select'))
        or exists (select from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('office', 'plates')
            and has_function_privilege(r.oid, p.oid, 'execute') and p.prosecdef))
$$;

-- What stands for ever.
create trigger kept before update or delete on office.proof_yeartold for each row execute function office.refuse_change();
create trigger kept_all before truncate on office.proof_yeartold for each statement execute function office.refuse_change();
create trigger kept before update or delete on office.proof_sharing for each row execute function office.refuse_change();
create trigger kept_all before truncate on office.proof_sharing for each statement execute function office.refuse_change();

-- Every day whose clauses were checked, from the first statement on, has its statement, and each is the ledger's very one. At risk while the
-- newest one tells of logins that are not this program's own.
create function office.proof_sharing_stated(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with lines as (
        select (l.about ->> 'day')::date as day, l.at, l.about ->> 'sha256' as digest, (l.about ->> 'strange_logins')::int > 0 as has_strangers
        from office.proof_said('proof.sharing') l)
    select 'sharing statement of ' || d.day, min(d.at), not exists (select from office.proof_sharing s
            join lines l on l.day = s.day and l.digest = s.sha256 and s.sha256 = encode(sha256(convert_to(s.note, 'UTF8')), 'hex')
            where s.day = d.day),
        exists (select from lines l where l.day = d.day and l.has_strangers) and d.day = (select max(l.day) from lines l)
    from (select s.day, s.made_at as at from office.proof_sharing s
        union all select l.day, l.at from lines l
        union all select c.day, c.made_at from office.proof_dayscheck c
            where c.day >= (select min(l.day) from lines l) and c.day < office.proof_day(clock_timestamp())) d
    group by d.day
$$;
