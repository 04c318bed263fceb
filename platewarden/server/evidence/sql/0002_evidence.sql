-- Held reads go out onto a medium through one door, and what is said of the package and its booking is said by a signed-in person.

-- Looks of members at reads: which line of the ledger, who, when, why; with what was asked, while that is kept.
create type plates.look_at_read as (read_id uuid, leaf_id bigint, act text, at timestamptz, member text, purpose text, salt bytea, content text);

create function plates.looks_at(given plates.reads[]) returns setof plates.look_at_read
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
        select n.read_id, l.* from named n join looks l on l.act = 'reads.pattern' and n.plate like l.terms ->> 'like'
            and (n.captured_at at time zone 'UTC')::date between (l.terms ->> 'from')::date and (l.terms ->> 'to')::date
            and l.opened_at >= n.received_at
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

-- Door: the reads that a standing hold names, whole, with the car's signed words, who looked at them, and which list entries they
-- answered. Terms: hold, since, until. The package is begun with it. None, or more than a package takes: one row that says how many.
create function plates.held_evidence(the_access uuid) returns table (
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
                and plates.in_scope(s, k.captured_at, k.read_id, k.plate, k.unit_id, k.lat, k.lon)
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
        select new_package, n, to_jsonb(g) - 'signed', g.signed,
            (select coalesce(jsonb_agg(jsonb_build_object('leaf', l.leaf_id, 'act', l.act, 'at', l.at, 'member', l.member,
                'purpose', l.purpose, 'salt', encode(l.salt, 'hex'), 'content', l.content) order by l.at), '[]')
                from looked l where l.read_id = g.read_id),
            (select coalesce(jsonb_agg(distinct h.entry_id), '[]') from (
                select i.entry_id from plates.hit i where i.read_id = g.read_id and i.captured_at = g.captured_at
                union all select i.entry_id from plates.hit_held i where i.read_id = g.read_id) h)
        from unnest(named) g order by g.captured_at, g.read_id;
end $$;

-- The medium was written and read back: said by who was given the reads.
create function office.evidence_written(cookie bytea, the_package bigint, digest text, bytes bigint, with_pictures int) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    package office.evidence_package;
begin
    select * into package from office.evidence_package p where p.id = the_package for update;
    if not found or package.state <> 'making' then
        raise exception 'written already' using errcode = '40001';
    end if;
    if package.made_by_number <> who.member_number then
        raise exception 'whoever was given the reads says that they are written' using errcode = '42501';
    end if;
    update office.evidence_package set state = 'written', written_at = clock_timestamp(), sha512 = digest, size_bytes = bytes,
        photos = with_pictures where id = the_package;
    perform office.ledger_write('evidence.written', who.member_number, who.member_name, '', jsonb_build_object('package', the_package,
        'hold', package.hold_id, 'reads', package.reads, 'pictures', with_pictures, 'sha512', digest, 'bytes', bytes), null);
end $$;

-- Booked into evidence; and its hold is told.
create function office.book_evidence(cookie bytea, the_package bigint, item text, serial text, marked text, kept_at text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    package office.evidence_package;
    held office.retention_hold;
begin
    perform pg_advisory_xact_lock(4270010);
    if not office.has_duty(who, array['supervisor', 'designee', 'records clerk']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    select * into package from office.evidence_package p where p.id = the_package for update;
    if not found or package.state <> 'written' then
        raise exception 'not written, or booked already' using errcode = '40001';
    end if;
    select * into strict held from office.retention_hold h where h.id = package.hold_id for update;
    insert into office.evidence_booking (package_id, item_number, medium_serial, marking, place, booked_by, booked_by_number, booked_at,
            ended_by, ended_because)
        values (the_package, item, serial, marked, kept_at, who.member_number || ' ' || who.member_name, who.member_number,
            clock_timestamp(), '', '');
    update office.evidence_package set state = 'booked' where id = the_package;
    perform office.ledger_write('evidence.book', who.member_number, who.member_name, '', jsonb_build_object('package', the_package,
        'hold', held.id, 'item', item, 'medium', serial), jsonb_build_object('marking', marked, 'place', kept_at));
    return office.note_booked(who, held.id, package.id, package.since, package.until, package.made_at, package.reads, item);
end $$;

-- Lines that only these functions write; and looks, which only open_access does.
create or replace function office.ledger_append(
    the_act text, the_member_number text, the_member_name text, the_purpose text, the_about jsonb, the_content jsonb
) returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if the_act in ('reads.search', 'reads.pattern', 'reads.look', 'alerts.look', 'hotlists.bolos', 'retention.scope', 'retention.look',
            'evidence.package') then
        raise exception 'the line of a look is written by open_access only' using errcode = '42501';
    end if;
    if the_act in ('retention.hold', 'retention.purge', 'retention.schedule', 'retention.schedule_decided', 'retention.release',
            'retention.clock', 'retention.booked', 'evidence.written', 'evidence.book') then
        raise exception 'this line is written with its act only' using errcode = '42501';
    end if;
    return office.ledger_write(the_act, the_member_number, the_member_name, the_purpose, the_about, the_content);
end $$;

create trigger append_only before update or delete on office.evidence_transfer for each row execute function office.refuse_change();
create trigger append_only_all before truncate on office.evidence_transfer for each statement execute function office.refuse_change();

grant select, insert on office.evidence_package to {door};
grant execute on function plates.looks_at(plates.reads[]) to {door};
alter function plates.held_evidence(uuid) owner to {door};
