-- Looks of members at reads: also those around an incident, and of partial plates that can be written in several ways. Terms from before
-- say `like` once.
create or replace function plates.looks_at(given plates.reads[]) returns setof plates.look_at_read
language sql stable set search_path = pg_catalog, pg_temp as $$
    with named as materialized (select * from unnest(given) g),
    looks as materialized (
        select a.access_id, a.leaf_id, a.act, a.opened_at, a.member_number || ' ' || a.member_name as member, a.purpose, t.terms
        from office.access_record a
        join plates.access_terms t on t.access_id = a.access_id and t.opened_at = a.opened_at
        join office.access_shown s on s.access_id = a.access_id
        where s.shown > 0 and a.opened_at >= (select min(captured_at) from named)),
    pairs as (
        select n.read_id, l.* from named n join looks l on l.act = 'reads.look' and l.terms ->> 'read' = n.read_id::text
        union all
        select n.read_id, l.* from named n join looks l on l.act = 'reads.search' and l.terms ->> 'plate' = n.plate
            and n.captured_at >= (l.terms ->> 'from')::timestamptz and n.captured_at < (l.terms ->> 'to')::timestamptz
            and l.opened_at >= n.received_at
        union all
        select n.read_id, l.* from named n join looks l on l.act = 'reads.pattern'
            and (n.plate like l.terms ->> 'like' or exists (select from jsonb_array_elements(l.terms -> 'searches') q
                where n.plate like all (array(select jsonb_array_elements_text(q -> 'likes')))))
            and (n.captured_at at time zone 'UTC')::date between (l.terms ->> 'from')::date and (l.terms ->> 'to')::date
            and l.opened_at >= n.received_at
        union all
        select n.read_id, l.* from named n join looks l on l.act = 'investigations.canvass' and l.opened_at >= n.received_at
            and (not l.terms ? 'like' or n.plate like any (array(select jsonb_array_elements_text(l.terms -> 'like'))))
            and (not l.terms ? 'state' or n.state is null or n.state = l.terms ->> 'state')
            and exists (select from jsonb_array_elements(l.terms -> 'scenes') v where plates.in_scene(v, n.captured_at, n.lat, n.lon))
        union all
        select n.read_id, l.* from looks l cross join lateral jsonb_array_elements_text(l.terms -> 'alerts') v
            join office.alerts_alert e on e.id = v::bigint join named n on n.read_id = e.read_id
            where l.act = 'alerts.look'
        union all
        select n.read_id, l.* from named n join looks l on l.act = 'evidence.package'
            join plates.hold_scope s on s.hold_id = (l.terms ->> 'hold')::bigint
            where n.captured_at >= (l.terms ->> 'since')::timestamptz and n.captured_at < (l.terms ->> 'until')::timestamptz
              and n.captured_at >= s.since and n.captured_at < s.until and l.opened_at >= n.received_at
              and plates.in_scope(s, n.captured_at, n.read_id, n.plate, n.unit_id, n.lat, n.lon))
    select distinct p.read_id, p.leaf_id, p.act, p.opened_at, p.member, p.purpose, c.salt, c.body
    from pairs p left join plates.ledger_content c on c.leaf_id = p.leaf_id
$$;
