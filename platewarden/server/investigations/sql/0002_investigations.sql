-- Around an incident: how many vehicles, then which. A wide search is shown only when a colleague co-signed it.

insert into office.reserved_act (act, is_look, is_search) values
    ('investigations.count', true, true), ('investigations.canvass', true, true), ('investigations.weigh', true, false),
    ('investigations.cosign_ask', false, false), ('investigations.cosign', false, false);

-- A drawn area, from [[lon, lat], ...]; null where the circle counts.
create function plates.area_of(corners jsonb) returns polygon
language sql immutable set search_path = pg_catalog, pg_temp as $$
    select string_agg(format('(%s,%s)', (c ->> 0)::float8, (c ->> 1)::float8), ',')::polygon
    from jsonb_array_elements(nullif(corners, 'null')) c
$$;

-- Whether a read lies in one scene of a search: its time, and the circle or drawn area.
create function plates.in_scene(scene jsonb, taken timestamptz, the_lat float8, the_lon float8) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
    select taken >= (scene ->> 'from')::timestamptz and taken < (scene ->> 'to')::timestamptz and coalesce(
        plates.area_of(scene -> 'corners') @> point(the_lon, the_lat),
        plates.metres((scene ->> 'lat')::float8, (scene ->> 'lon')::float8, the_lat, the_lon) <= (scene ->> 'radius_m')::float8, false)
$$;

-- The reads within the scenes of some terms, kept or held. Terms: scenes ([{lat, lon, radius_m, corners, from, to}], at most ten), like
-- (texts for LIKE, or absent), state. The times are constants of the statement, so that only their days are opened.
create function plates.around(terms jsonb) returns table (scene int, metres float8, one plates.reads)
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
            select %1$s, plates.metres($1, $2, r.lat, r.lon), r from plates.reads r
                where r.captured_at >= %2$L and r.captured_at < %3$L
                  and (($4 is null and r.lat between $1 - $3 / 111000 and $1 + $3 / 111000 and plates.metres($1, $2, r.lat, r.lon) <= $3)
                       or $4 @> point(r.lon, r.lat))
                  and ($5 is null or r.plate like any ($5)) and ($6 is null or r.state is null or r.state = $6)
            union all
            select %1$s, plates.metres($1, $2, h.lat, h.lon), row(h.*)::plates.reads from plates.reads_held h
                where h.captured_at >= %2$L and h.captured_at < %3$L
                  and (($4 is null and plates.metres($1, $2, h.lat, h.lon) <= $3) or $4 @> point(h.lon, h.lat))
                  and ($5 is null or h.plate like any ($5)) and ($6 is null or h.state is null or h.state = $6)',
            each.n, each.since, each.until)
        using each.lat, each.lon, each.radius, each.area, likes, terms ->> 'state';
    end loop;
end $$;

-- Door: how many vehicles and reads a search would show, how many of them are on a list, and how many reads of that time have no place.
create function plates.count_around(the_access uuid) returns table (vehicles int, reads int, listed int, placeless int)
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
    select count(distinct (a.one).plate)::int, count(distinct (a.one).read_id)::int into vehicles, reads from plates.around(terms) a;
    select count(*)::int into listed from (select distinct (a.one).plate as plate from plates.around(terms) a) p
        where exists (select from plates.entries_in_force e where not e.is_pattern and e.fold = plates.fold(p.plate) and e.text = p.plate);
    perform office.note_shown(the_access, 0);
    return next;
end $$;

-- Door: the vehicles of a search, those seen near most scenes first, each with its reads nearest in time. Terms as above, and limit. A
-- wide one needs a colleague's co-sign of this member's count of the very same terms, not too old.
create function plates.vehicles_around(the_access uuid) returns table (
    plate text, reads int, scenes int[], is_listed boolean, sightings jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    asked jsonb := office.pass_gate(the_access, 'investigations.canvass');
    shown int;
begin
    select count(distinct (a.one).plate)::int into shown from plates.around(asked) a;
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
                    'state_confidence', s.state_confidence, 'confidence', s.confidence, 'travel_deg', s.travel_deg)
                    order by s.captured_at) filter (where s.near <= 12) as sightings
            from (
                select a.scene, a.metres, (a.one).plate::text as plate, (a.one).read_id, (a.one).captured_at, (a.one).lat, (a.one).lon,
                    (a.one).crossing, (a.one).unit_id, (a.one).camera, (a.one).state, (a.one).state_confidence, (a.one).confidence,
                    (a.one).travel_deg, row_number() over (partition by (a.one).plate order by a.metres, (a.one).captured_at) as near
                from plates.around(asked) a) s
            group by s.plate) p
        order by cardinality(p.scenes) desc, p.reads desc, p.plate limit least((asked ->> 'limit')::int, 2000);
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

-- Door: what a wide search asks for, for the colleague who may co-sign it. Terms: cosign. Nothing when it was erased on schedule.
create function plates.cosign_asked(the_access uuid) returns table (at timestamptz, purpose text, reference text, terms jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    asked jsonb := office.pass_gate(the_access, 'investigations.weigh');
    shown int;
begin
    return query select r.opened_at, r.purpose, t.reference, t.terms from office.investigations_cosign c
        join office.access_record r on r.access_id = c.count_id
        join plates.access_terms t on t.access_id = r.access_id and t.opened_at = r.opened_at
        where c.id = (asked ->> 'cosign')::bigint;
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

-- Asks a colleague for a wide search that this member counted within the last day.
create function office.ask_cosign(cookie bytea, the_count uuid, the_vehicles int, why text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    counted office.access_record;
    the_incident bigint;
    new_id bigint;
begin
    select * into counted from office.access_record r where r.access_id = the_count and r.act = 'investigations.count'
        and r.member_id = who.member_id and r.opened_at > clock_timestamp() - interval '24 hours';
    select (t.terms ->> 'incident')::bigint into the_incident from plates.access_terms t
        where t.access_id = counted.access_id and t.opened_at = counted.opened_at;
    if the_incident is null then
        raise exception 'no count of this member' using errcode = '42501';
    end if;
    insert into office.investigations_cosign (incident_id, count_id, vehicles, because, asked_at, asked_by, asked_by_number, state, decided_by)
        values (the_incident, the_count, the_vehicles, why, clock_timestamp(), who.member_number || ' ' || who.member_name,
            who.member_number, 'waiting', '')
        on conflict (count_id) do nothing returning id into new_id;
    if new_id is null then
        raise exception 'asked already' using errcode = '40001';
    end if;
    perform office.ledger_write('investigations.cosign_ask', who.member_number, who.member_name, counted.purpose,
        jsonb_build_object('cosign', new_id, 'count', the_count, 'incident', the_incident, 'vehicles', the_vehicles),
        jsonb_build_object('because', why));
    return new_id;
end $$;

-- Co-signed or refused by a colleague with the duty, never by who asked.
create function office.cosign(cookie bytea, the_cosign bigint, signs boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    asked office.investigations_cosign;
begin
    select * into asked from office.investigations_cosign c where c.id = the_cosign for update;
    if not found or asked.state <> 'waiting' then
        raise exception 'decided already' using errcode = '40001';
    end if;
    if asked.asked_by_number = who.member_number or not office.has_duty(who, array['supervisor', 'designee', 'investigator']) then
        raise exception 'somebody else co-signs' using errcode = '42501';
    end if;
    update office.investigations_cosign set state = case when signs then 'signed' else 'refused' end, decided_at = clock_timestamp(),
        decided_by = who.member_number || ' ' || who.member_name where id = the_cosign;
    perform office.ledger_write('investigations.cosign', who.member_number, who.member_name, '',
        jsonb_build_object('cosign', the_cosign, 'signed', signs), null);
end $$;

grant select on office.investigations_cosign, plates.reads_held to {door};
grant execute on function plates.metres(float8, float8, float8, float8), plates.around(jsonb), plates.area_of(jsonb),
    plates.in_scene(jsonb, timestamptz, float8, float8), plates.fold(text) to {door};
alter function plates.count_around(uuid) owner to {door};
alter function plates.vehicles_around(uuid) owner to {door};
alter function plates.cosign_asked(uuid) owner to {door};
