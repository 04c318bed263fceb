-- What goes out says what was said of a reading, and who looked for it by a corrected text.

-- Looks of members at reads, by every text that a read was given. Terms from before say `like` once.
create or replace function plates.looks_at(given plates.reads[]) returns setof plates.look_at_read
language sql stable set search_path = pg_catalog, pg_temp as $$
    with named as materialized (select * from unnest(given) g),
    texts as materialized (
        select n.read_id, n.plate::text as plate from named n
        union select c.read_id, c.plate from plates.corrections c join named n on n.read_id = c.read_id and n.captured_at = c.captured_at
            where c.plate is not null),
    looks as materialized (
        select a.access_id, a.leaf_id, a.act, a.opened_at, a.member_number || ' ' || a.member_name as member, a.purpose, t.terms
        from office.access_record a
        join plates.access_terms t on t.access_id = a.access_id and t.opened_at = a.opened_at
        join office.access_shown s on s.access_id = a.access_id
        where s.shown > 0 and a.opened_at >= (select min(captured_at) from named)),
    pairs as (
        select n.read_id, l.* from named n join looks l on l.act = 'reads.look' and l.terms ->> 'read' = n.read_id::text
        union all
        select n.read_id, l.* from named n join looks l on l.act = 'reads.search'
            and exists (select from texts x where x.read_id = n.read_id and x.plate = l.terms ->> 'plate')
            and n.captured_at >= (l.terms ->> 'from')::timestamptz and n.captured_at < (l.terms ->> 'to')::timestamptz
            and l.opened_at >= n.received_at
        union all
        select n.read_id, l.* from named n join looks l on l.act = 'reads.pattern'
            and exists (select from texts x where x.read_id = n.read_id and (
                x.plate like l.terms ->> 'like' or exists (select from jsonb_array_elements(l.terms -> 'searches') q
                    where x.plate like all (array(select jsonb_array_elements_text(q -> 'likes'))))))
            and (n.captured_at at time zone 'UTC')::date between (l.terms ->> 'from')::date and (l.terms ->> 'to')::date
            and l.opened_at >= n.received_at
        union all
        select n.read_id, l.* from named n join looks l on l.act = 'investigations.canvass' and l.opened_at >= n.received_at
            and (not l.terms ? 'like' or exists (select from texts x where x.read_id = n.read_id
                and x.plate like any (array(select jsonb_array_elements_text(l.terms -> 'like')))))
            and (not l.terms ? 'state' or n.state is null or n.state = l.terms ->> 'state' or exists (
                select from plates.corrections c where c.read_id = n.read_id and c.captured_at = n.captured_at))
            and exists (select from jsonb_array_elements(l.terms -> 'scenes') v where plates.in_scene(v, n.captured_at, n.lat, n.lon))
        union all
        select n.read_id, l.* from looks l cross join lateral jsonb_array_elements_text(l.terms -> 'alerts') v
            join office.alerts_alert e on e.id = v::bigint join named n on n.read_id = e.read_id
            where l.act = 'alerts.look'
        union all
        select n.read_id, l.* from named n join looks l on l.act = 'alerts.correct'
            and l.terms ->> 'read' = n.read_id::text
        union all
        select n.read_id, l.* from named n join looks l on l.act = 'evidence.package'
            join plates.hold_scope s on s.hold_id = (l.terms ->> 'hold')::bigint
            where n.captured_at >= (l.terms ->> 'since')::timestamptz and n.captured_at < (l.terms ->> 'until')::timestamptz
              and n.captured_at >= s.since and n.captured_at < s.until and l.opened_at >= n.received_at
              and (plates.in_scope(s, n.captured_at, n.read_id, n.plate, n.unit_id, n.lat, n.lon)
                or exists (select from texts x where x.read_id = n.read_id and (x.plate = s.plate or x.plate like s.pattern))))
    select distinct p.read_id, p.leaf_id, p.act, p.opened_at, p.member, p.purpose, c.salt, c.body
    from pairs p left join plates.ledger_content c on c.leaf_id = p.leaf_id
$$;

-- Door: the reads that a standing hold names, whole, with their corrections and the car's signed words, who looked at them, and which list entries they
-- answered. Terms: hold, since, until. The package is begun with it. None, or more than a package takes: one row that says how many.
create or replace function plates.held_evidence(the_access uuid) returns table (
    package_id bigint, total int, seen jsonb, signed bytea, looks jsonb, entries jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'evidence.package');
    the_hold bigint := (terms ->> 'hold')::bigint;
    a timestamptz := (terms ->> 'since')::timestamptz;
    b timestamptz := (terms ->> 'until')::timestamptz;
    who office.access_record;
    named plates.reads[];
    n int;
    new_package bigint;
begin
    select * into strict who from office.access_record r where r.access_id = the_access;
    select array_agg(f.one) into named from (
        select distinct on ((e.one).read_id) e.one from (
            select r as one from plates.standing_scopes() s cross join lateral plates.scoped(s, a, b) r where s.hold_id = the_hold
            union all
            select row(k.*)::plates.reads from plates.standing_scopes() s join plates.reads_held k
                on k.captured_at >= greatest(a, s.since) and k.captured_at < least(b, s.until)
                and plates.names_held(s, k)
                where s.hold_id = the_hold) e
        limit 5001) f;
    n := coalesce(cardinality(named), 0);
    if n = 0 or n > 5000 then
        perform office.note_shown(the_access, 0);
        return query select null::bigint, n, null::jsonb, null::bytea, null::jsonb, null::jsonb;
        return;
    end if;
    insert into office.evidence_package (hold_id, access_id, since, until, made_by, made_by_number, made_at, reads, state, sha512)
        values (the_hold, the_access, a, b, who.member_number || ' ' || who.member_name, who.member_number, clock_timestamp(), n,
            'making', '')
        returning id into new_package;
    perform office.note_shown(the_access, n);
    return query
        with looked as materialized (select * from plates.looks_at(named))
        select new_package, n, to_jsonb(g) - 'signed' || jsonb_build_object('corrections',
                coalesce(plates.said_of(g.read_id, g.captured_at), '[]')), g.signed,
            (select coalesce(jsonb_agg(jsonb_build_object('leaf', l.leaf_id, 'act', l.act, 'at', l.at, 'member', l.member,
                'purpose', l.purpose, 'salt', encode(l.salt, 'hex'), 'content', l.content) order by l.at), '[]')
                from looked l where l.read_id = g.read_id),
            (select coalesce(jsonb_agg(distinct h.entry_id), '[]') from (
                select i.entry_id from plates.hit i where i.read_id = g.read_id and i.captured_at = g.captured_at
                union all select i.entry_id from plates.hit_held i where i.read_id = g.read_id) h)
        from unnest(named) g order by g.captured_at, g.read_id;
end $$;
