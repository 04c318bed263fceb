-- Fulfilment: an approval names its reads, those and no others are given out once, sealed to the key of who asked, and a receipt says so.

insert into office.reserved_act (act, is_look, is_search) values
    ('release.name', true, false), ('release.grant', false, false), ('release.fulfil', true, false), ('release.sealed', false, false),
    ('release.hand_over', false, false);

-- Which reads an approval covers, as the supervisor or designee named them: vehicles, or a place, within a time.
create table plates.release_paper_scope (
    like plates.hold_scope including constraints,
    grant_id bigint not null
);
alter table plates.release_paper_scope drop column hold_id;
create index release_paper_scope_grant on plates.release_paper_scope (grant_id);
-- And which those were when it was named. They go with the receipt: a file that was handed over is not listed read by read.
create table plates.release_paper_read (
    grant_id bigint not null,
    read_id  uuid not null,
    primary key (grant_id, read_id)
);
select plates.keep_no_samples('release_paper_scope');

create trigger on_file before update or delete on plates.release_paper_scope for each row execute function office.refuse_change();
create trigger on_file_all before truncate on plates.release_paper_scope for each statement execute function office.refuse_change();
create trigger on_file before update or delete on office.release_releasegrant for each row execute function office.refuse_change();
create trigger on_file_all before truncate on office.release_releasegrant for each statement execute function office.refuse_change();
create trigger on_file before update or delete on office.release_releasereceipt for each row execute function office.refuse_change();
create trigger on_file_all before truncate on office.release_releasereceipt for each statement execute function office.refuse_change();
create trigger on_file before delete on office.release_releasepackage for each row execute function office.refuse_change();
create trigger on_file_all before truncate on office.release_releasepackage for each statement execute function office.refuse_change();

-- Whether the member of a number holds one of some duties now.
create function office.release_has_duty(the_number text, duties text[]) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select from office.people_assignment a join office.people_member m on m.id = a.member_id
        where m.number = the_number and m.is_active and a.duty = any (duties)
          and a.since_at <= clock_timestamp() and (a.until_at is null or a.until_at > clock_timestamp()))
$$;

-- Door: names the reads that an approval covers, and fixes them. Terms: request, scopes [{since, until, and one of plate or a place}].
-- None, or more than go out at once: one row without a grant that says how many.
create function plates.name_release(the_access uuid) returns table (grant_id bigint, reads int)
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
            select r.read_id from unnest(given) s cross join lateral plates.scoped(s, '-infinity', 'infinity') r
            union all
            select r.read_id from unnest(given) s join plates.reads_held r
                on plates.in_scope(s, r.captured_at, r.read_id, r.plate, r.unit_id, r.lat, r.lon)) e
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
create function plates.release_reads(the_access uuid) returns table (package_id bigint, granted int, seen jsonb)
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
            'travel_deg', g.travel_deg, 'engine', g.engine, 'pictures', g.pictures)
        from unnest(named) g order by g.captured_at, g.read_id;
end $$;

-- The package is on disk, sealed: said by who was given the reads. One that was begun later takes its place.
create function office.release_sealed(cookie bytea, the_package bigint, digest text, bytes bigint, with_pictures int) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    package office.release_releasepackage;
begin
    select * into package from office.release_releasepackage p where p.id = the_package;
    perform pg_advisory_xact_lock(4270015, package.request_id::int);
    select * into package from office.release_releasepackage p where p.id = the_package for update;
    if not found or package.sealed_at is not null
            or exists (select from office.release_releasepackage p where p.request_id = package.request_id and p.id > package.id)
            or exists (select from office.release_releasereceipt e where e.request_id = package.request_id) then
        raise exception 'sealed already, or another was begun' using errcode = '40001';
    end if;
    if package.made_by_number <> who.member_number then
        raise exception 'whoever was given the reads says that they are sealed' using errcode = '42501';
    end if;
    update office.release_releasepackage set sealed_at = clock_timestamp(), sha256 = digest, size_bytes = bytes, photos = with_pictures
        where id = the_package;
    perform office.ledger_write('release.sealed', who.member_number, who.member_name, '', jsonb_build_object('request', package.request_id,
        'package', package.id, 'reads', package.reads, 'gone', package.gone, 'pictures', with_pictures, 'sha256', digest,
        'bytes', bytes, 'recipient', package.recipient), null);
end $$;

-- Handed over, once and for ever. The newest sealed package only, while whoever named its reads still answers for them.
create function office.hand_over_release(cookie bytea, the_package bigint, whom text, the_way text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    package office.release_releasepackage;
    fixed office.release_releasegrant;
    new_receipt bigint;
begin
    if not office.has_duty(who, array['supervisor', 'designee', 'records clerk']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    select * into package from office.release_releasepackage p where p.id = the_package;
    perform pg_advisory_xact_lock(4270015, package.request_id::int);
    select * into package from office.release_releasepackage p where p.id = the_package;
    select * into fixed from office.release_releasegrant g where g.request_id = package.request_id order by g.id desc limit 1;
    if package.sealed_at is null or fixed.id <> package.grant_id
            or exists (select from office.release_releasepackage p where p.request_id = package.request_id and p.id > package.id)
            or exists (select from office.release_releasereceipt e where e.request_id = package.request_id) then
        raise exception 'not sealed, made anew, or handed over already' using errcode = '40001';
    end if;
    if not office.release_has_duty(fixed.named_by_number, array['supervisor', 'designee']) then
        raise exception 'whoever named the reads lost the duty' using errcode = '42501';
    end if;
    insert into office.release_releasereceipt (request_id, package_id, to_whom, way, handed_at, handed_by, handed_by_number, sha256)
        values (package.request_id, package.id, whom, the_way, clock_timestamp(), who.member_number || ' ' || who.member_name,
            who.member_number, package.sha256)
        returning id into new_receipt;
    delete from plates.release_paper_read l using office.release_releasegrant g
        where g.id = l.grant_id and g.request_id = package.request_id;
    perform office.ledger_write('release.hand_over', who.member_number, who.member_name, '', jsonb_build_object(
        'request', package.request_id, 'package', package.id, 'receipt', new_receipt, 'sha256', package.sha256),
        jsonb_build_object('to', whom, 'way', the_way));
    return new_receipt;
end $$;

grant select on office.release_releaserequest, office.release_releasereceipt to {door};
grant select, insert on office.release_releasegrant, office.release_releasepackage, plates.release_paper_scope,
    plates.release_paper_read to {door};
grant execute on function office.release_has_duty(text, text[]) to {door};
alter function plates.name_release(uuid) owner to {door};
alter function plates.release_reads(uuid) owner to {door};
