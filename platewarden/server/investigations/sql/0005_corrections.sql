-- Around an incident a corrected reading counts as what it stands for.

-- The reads within the scenes of some terms, kept or held. Terms: scenes ([{lat, lon, radius_m, corners, from, to}], at most ten), like
-- (texts for LIKE, or absent), state. The times are constants of the statement, so that only their days are opened. A read whose reading was
-- corrected answers by both texts, and counts as the vehicle of the one that stands.
drop function plates.around(jsonb);
create function plates.around(terms jsonb) returns table (
    scene int, metres float8, one plates.reads, stands text, stands_state text, is_corrected boolean)
language plpgsql stable set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    each record;
    likes text[] := case when terms ? 'like' then array(select jsonb_array_elements_text(terms -> 'like')) end;
begin
    for each in select s.n::int as n, (s.v ->> 'lat')::float8 as lat, (s.v ->> 'lon')::float8 as lon,
                (s.v ->> 'radius_m')::float8 as radius, (s.v ->> 'from')::timestamptz as since, (s.v ->> 'to')::timestamptz as until,
                plates.area_of(s.v -> 'corners') as area
            from jsonb_array_elements(terms -> 'scenes') with ordinality s (v, n) where s.n <= 10 loop
        return query execute format('
            with said as materialized (select c.read_id, c.plate, c.state from plates.corrected c
                where c.captured_at >= %2$L and c.captured_at < %3$L)
            select %1$s, plates.metres($1, $2, r.lat, r.lon), r, coalesce(s.plate, r.plate)::text,
                    case when s.read_id is null then r.state else s.state end::text, s.read_id is not null
                from plates.reads r left join said s on s.read_id = r.read_id
                where r.captured_at >= %2$L and r.captured_at < %3$L
                  and (($4 is null and r.lat between $1 - $3 / 111000 and $1 + $3 / 111000 and plates.metres($1, $2, r.lat, r.lon) <= $3)
                       or $4 @> point(r.lon, r.lat))
                  and ($5 is null or r.plate like any ($5) or s.plate like any ($5))
                  and ($6 is null or coalesce(case when s.read_id is null then r.state else s.state end, $6) = $6)
            union all
            select %1$s, plates.metres($1, $2, h.lat, h.lon), row(h.*)::plates.reads, coalesce(s.plate, h.plate)::text,
                    case when s.read_id is null then h.state else s.state end::text, s.read_id is not null
                from plates.reads_held h left join said s on s.read_id = h.read_id
                where h.captured_at >= %2$L and h.captured_at < %3$L
                  and (($4 is null and plates.metres($1, $2, h.lat, h.lon) <= $3) or $4 @> point(h.lon, h.lat))
                  and ($5 is null or h.plate like any ($5) or s.plate like any ($5))
                  and ($6 is null or coalesce(case when s.read_id is null then h.state else s.state end, $6) = $6)',
            each.n, each.since, each.until)
        using each.lat, each.lon, each.radius, each.area, likes, terms ->> 'state';
    end loop;
end $$;

-- Door: how many vehicles and reads a search would show, how many of them are on a list, and how many reads of that time have no place.
create or replace function plates.count_around(the_access uuid) returns table (vehicles int, reads int, listed int, placeless int)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'investigations.count');
    each record;
    without int;
begin
    placeless := 0;
    for each in select (s.v ->> 'from')::timestamptz as since, (s.v ->> 'to')::timestamptz as until
            from jsonb_array_elements(terms -> 'scenes') with ordinality s (v, n) where s.n <= 10 loop
        execute format('select count(*)::int from plates.reads r where r.captured_at >= %L and r.captured_at < %L and r.lat is null',
            each.since, each.until) into without;
        placeless := placeless + without;
    end loop;
    select count(distinct a.stands)::int, count(distinct (a.one).read_id)::int into vehicles, reads from plates.around(terms) a;
    select count(*)::int into listed from (select distinct a.stands as plate from plates.around(terms) a) p
        where exists (select from plates.entries_in_force e where not e.is_pattern and e.fold = plates.fold(p.plate) and e.text = p.plate);
    perform office.note_shown(the_access, 0);
    return next;
end $$;

-- Door: the vehicles of a search, those seen near most scenes first, each with its reads nearest in time. Terms as above, and limit. A
-- wide one needs a colleague's co-sign of this member's count of the very same terms, not too old.
create or replace function plates.vehicles_around(the_access uuid) returns table (
    plate text, reads int, scenes int[], is_listed boolean, sightings jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    asked jsonb := office.pass_gate(the_access, 'investigations.canvass');
    shown int;
begin
    select count(distinct a.stands)::int into shown from plates.around(asked) a;
    if shown > office.policy_figure('cosign_above_vehicles') and not exists (
            select from office.investigations_cosign c join office.access_record mine on mine.access_id = the_access
                join office.access_record counted on counted.access_id = c.count_id
                join plates.access_terms t on t.access_id = counted.access_id and t.opened_at = counted.opened_at
            where c.incident_id = (asked ->> 'incident')::bigint and c.state = 'signed' and counted.member_id = mine.member_id
              and c.decided_at > clock_timestamp() - make_interval(hours => office.policy_figure('cosign_hours'))
              and t.terms = asked) then
        raise exception 'this search waits for a co-sign' using errcode = 'PW002';
    end if;
    return query
        select p.plate, p.reads, p.scenes, exists (select from plates.entries_in_force e
                where not e.is_pattern and e.fold = plates.fold(p.plate) and e.text = p.plate), p.sightings
        from (
            select s.plate, count(distinct s.read_id)::int as reads, array_agg(distinct s.scene order by s.scene) as scenes,
                jsonb_agg(jsonb_build_object('read_id', s.read_id, 'captured_at', s.captured_at, 'scene', s.scene, 'metres', s.metres,
                    'lat', s.lat, 'lon', s.lon, 'crossing', s.crossing, 'unit_id', s.unit_id, 'camera', s.camera, 'state', s.state,
                    'state_confidence', s.state_confidence, 'confidence', s.confidence, 'travel_deg', s.travel_deg,
                    'as_read', s.as_read)
                    order by s.captured_at) filter (where s.near <= 12) as sightings
            from (
                select a.scene, a.metres, a.stands as plate, case when a.is_corrected then (a.one).plate::text end as as_read, (a.one).read_id, (a.one).captured_at, (a.one).lat, (a.one).lon,
                    (a.one).crossing, (a.one).unit_id, (a.one).camera, a.stands_state as state, (a.one).state_confidence, (a.one).confidence,
                    (a.one).travel_deg, row_number() over (partition by a.stands order by a.metres, (a.one).captured_at) as near
                from plates.around(asked) a) s
            group by s.plate) p
        order by cardinality(p.scenes) desc, p.reads desc, p.plate limit least((asked ->> 'limit')::int, 2000);
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

grant execute on function plates.around(jsonb) to {door};
