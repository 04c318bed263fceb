-- What is released says how its reading was corrected; not by whom, and not in which words.

-- Door: names the reads that an approval covers, and fixes them: by what the camera read, and by the correction in force. Terms: request, scopes [{since, until, and one of plate or a place}].
-- None, or more than go out at once: one row without a grant that says how many.
create or replace function plates.name_release(the_access uuid) returns table (grant_id bigint, reads int)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'release.name');
    who office.access_record;
    asked office.release_releaserequest;
    given plates.hold_scope[];
    ids uuid[];
    n int;
    new_grant bigint;
begin
    perform pg_advisory_xact_lock(4270015, (terms ->> 'request')::int);
    select * into strict who from office.access_record r where r.access_id = the_access;
    select * into asked from office.release_releaserequest r where r.id = (terms ->> 'request')::bigint;
    if asked.state is distinct from 'approved' or exists (select from office.release_releasereceipt e where e.request_id = asked.id) then
        raise exception 'not approved, or handed over already' using errcode = '40001';
    end if;
    if asked.received_by_number = who.member_number or not office.release_has_duty(who.member_number, array['supervisor', 'designee']) then
        raise exception 'the supervisor or designee names them, never who took it in' using errcode = '42501';
    end if;
    select array_agg(g) into given from jsonb_populate_recordset(null::plates.hold_scope, terms -> 'scopes') g;
    select coalesce(array_agg(f.read_id), '{}') into ids from (
        select distinct e.read_id from (
            select r.read_id, r.captured_at, r.plate, s.plate as named
                from unnest(given) s cross join lateral plates.scoped(s, '-infinity', 'infinity') r
            union all
            select r.read_id, r.captured_at, r.plate, s.plate from unnest(given) s join plates.reads_held r on plates.names_held(s, r)) e
        where e.named is null or e.plate = e.named or exists (select from plates.corrected c
            where c.read_id = e.read_id and c.captured_at = e.captured_at and c.plate = e.named)
        limit 501) f;
    n := cardinality(ids);
    perform office.note_shown(the_access, 0);   -- a number only
    if n = 0 or n > 500 then
        return query select null::bigint, n;
        return;
    end if;
    insert into office.release_releasegrant (request_id, reads, named_at, named_by, named_by_number)
        values (asked.id, n, clock_timestamp(), who.member_number || ' ' || who.member_name, who.member_number)
        returning id into new_grant;
    insert into plates.release_paper_scope (grant_id, since, until, read_id, plate, pattern, unit_id, lat, lon, radius_m)
        select new_grant, g.since, g.until, g.read_id, g.plate, g.pattern, g.unit_id, g.lat, g.lon, g.radius_m from unnest(given) g;
    insert into plates.release_paper_read select new_grant, unnest(ids);
    perform office.ledger_write('release.grant', who.member_number, who.member_name, who.purpose,
        jsonb_build_object('request', asked.id, 'grant', new_grant, 'reads', n), null);
    return query select new_grant, n;
end $$;

-- Door: the reads that the newest grant of an approved request fixed, and that are still kept. Terms: request, recipient, expires_on.
-- A package is begun with it. When none is kept any more: one row without a package that says how many there were.
create or replace function plates.release_reads(the_access uuid) returns table (package_id bigint, granted int, seen jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'release.fulfil');
    who office.access_record;
    asked office.release_releaserequest;
    fixed office.release_releasegrant;
    a timestamptz;
    b timestamptz;
    named plates.reads[];
    new_package bigint;
begin
    perform pg_advisory_xact_lock(4270015, (terms ->> 'request')::int);
    select * into strict who from office.access_record r where r.access_id = the_access;
    select * into asked from office.release_releaserequest r where r.id = (terms ->> 'request')::bigint;
    select * into fixed from office.release_releasegrant g where g.request_id = asked.id order by g.id desc limit 1;
    if asked.state is distinct from 'approved' or fixed.id is null
            or exists (select from office.release_releasereceipt e where e.request_id = asked.id) then
        raise exception 'not approved, nothing named, or handed over already' using errcode = '40001';
    end if;
    if not office.release_has_duty(fixed.named_by_number, array['supervisor', 'designee']) then
        raise exception 'whoever named the reads lost the duty' using errcode = '42501';
    end if;
    if not office.release_has_duty(who.member_number, array['supervisor', 'designee', 'records clerk']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    if (terms ->> 'expires_on')::date < (clock_timestamp() at time zone 'UTC')::date - 1 then
        raise exception 'the key ran out' using errcode = '42501';
    end if;
    select min(s.since), max(s.until) into a, b from plates.release_paper_scope s where s.grant_id = fixed.id;
    select array_agg(f.one) into named from (
        select distinct on ((e.one).read_id) e.one from (
            select row(r.*)::plates.reads as one from plates.release_paper_read l join plates.reads r on r.read_id = l.read_id
                and r.captured_at >= a and r.captured_at < b where l.grant_id = fixed.id
            union all
            select row(k.*)::plates.reads from plates.release_paper_read l join plates.reads_held k on k.read_id = l.read_id
                where l.grant_id = fixed.id) e) f;
    perform office.note_shown(the_access, coalesce(cardinality(named), 0));
    if named is null then
        return query select null::bigint, fixed.reads, null::jsonb;
        return;
    end if;
    insert into office.release_releasepackage (request_id, grant_id, access_id, recipient, recipient_expires_on, made_by, made_by_number,
            made_at, reads, gone, photos, sha256)
        values (asked.id, fixed.id, the_access, terms ->> 'recipient', (terms ->> 'expires_on')::date,
            who.member_number || ' ' || who.member_name, who.member_number, clock_timestamp(), cardinality(named),
            fixed.reads - cardinality(named), 0, '')
        returning id into new_package;
    return query select new_package, fixed.reads, jsonb_build_object('read_id', g.read_id, 'plate', g.plate, 'state', g.state,
            'state_confidence', g.state_confidence, 'confidence', g.confidence, 'captured_at', g.captured_at, 'unit_id', g.unit_id,
            'camera', g.camera, 'lat', g.lat, 'lon', g.lon, 'crossing', g.crossing, 'no_place', g.no_place, 'along', g.along,
            'travel_deg', g.travel_deg, 'engine', g.engine, 'pictures', g.pictures, 'corrections', (
                select coalesce(jsonb_agg(c - 'by' - 'words'), '[]')
                from jsonb_array_elements(plates.said_of(g.read_id, g.captured_at)) c))
        from unnest(named) g order by g.captured_at, g.read_id;
end $$;
