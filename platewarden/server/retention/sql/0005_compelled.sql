-- A hold that a court or a discovery request compels stands whether or not anything is kept: a car may still bring a read of that time.

-- Door: a hold is placed as the terms of its access say, by the member who opened it, and what it names is counted. Terms: ground,
-- authority, reference, scope, since, until, review_on, book_by, scopes [{since, until, and one of what a scope can name}], compelled.
-- A hold on nothing is refused, unless its time is still to come or it is compelled.
create or replace function plates.place_hold(the_access uuid) returns table (hold_id bigint, reads bigint, alerts bigint)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'retention.scope');
    who office.access_record;
    given plates.hold_scope[];
    found uuid[];
    n_reads bigint;
    n_alerts bigint;
    new_hold bigint;
begin
    perform pg_advisory_xact_lock(4270010);
    select * into strict who from office.access_record r where r.access_id = the_access;
    select array_agg(g) into given from jsonb_populate_recordset(null::plates.hold_scope, terms -> 'scopes') g;
    select coalesce(array_agg(distinct f.read_id), '{}') into found from (
        select r.read_id from unnest(given) s cross join lateral plates.scoped(s, '-infinity', 'infinity') r
        union all
        select r.read_id from unnest(given) s join plates.reads_held r
            on plates.in_scope(s, r.captured_at, r.read_id, r.plate, r.unit_id, r.lat, r.lon)) f;
    n_reads := cardinality(found);
    select count(distinct f.hit_id) into n_alerts from (
        select h.hit_id from plates.hit h where h.read_id = any (found)
        union all
        select h.hit_id from plates.hit_held h where h.read_id = any (found)
        union all
        select h.hit_id from unnest(given) s cross join lateral plates.scoped_hits(s, '-infinity', 'infinity') h
        union all
        select h.hit_id from unnest(given) s join plates.hit_held h on h.captured_at >= s.since and h.captured_at < s.until
            and (h.read_id = s.read_id or h.plate = s.plate or h.plate like s.pattern)) f;
    perform office.note_shown(the_access, 0);   -- numbers only: nothing is shown
    if n_reads + n_alerts = 0 and (terms ->> 'until')::timestamptz <= clock_timestamp() and not (terms ->> 'compelled')::boolean is true then
        return query select null::bigint, 0::bigint, 0::bigint;
        return;
    end if;
    insert into office.retention_hold (ground, authority, reference, scope, since, until, placed_by, placed_by_number, placed_at,
            reads, alerts, review_on, book_by, reviewed_by, released_by, released_because)
        values (terms ->> 'ground', terms ->> 'authority', terms ->> 'reference', terms ->> 'scope', (terms ->> 'since')::timestamptz,
            (terms ->> 'until')::timestamptz, who.member_number || ' ' || who.member_name, who.member_number, clock_timestamp(),
            n_reads, n_alerts, (terms ->> 'review_on')::date, (terms ->> 'book_by')::date, '', '', '')
        returning id into new_hold;
    insert into plates.hold_scope select new_hold, g.since, g.until, g.read_id, g.plate, g.pattern, g.unit_id, g.lat, g.lon, g.radius_m
        from unnest(given) g;
    perform office.ledger_write('retention.hold', who.member_number, who.member_name, who.purpose, jsonb_build_object('hold', new_hold,
        'ground', terms ->> 'ground', 'scope', terms ->> 'scope', 'reads', n_reads, 'alerts', n_alerts),
        jsonb_build_object('authority', terms ->> 'authority', 'reference', terms ->> 'reference'));
    return query select new_hold, n_reads, n_alerts;
end $$;
