-- Holds, the clock that a purge believes, and the purge. Lock 4270010 is the hold lock: whoever places a hold, lets one end, or
-- ends a day has it, so a hold is either there before a day ends, or is told that the day has ended.

-- ------------------------------------------------------------------------------------------------ what holds name

create table plates.hold_scope (
    hold_id  bigint not null,
    since    timestamptz not null,
    until    timestamptz not null check (until > since),
    read_id  uuid,
    plate    text collate "C",
    pattern  text collate "C",                   -- for `like`
    unit_id  uuid,
    lat      float8,
    lon      float8,
    radius_m float8,
    check (num_nonnulls(read_id, plate, pattern, unit_id, radius_m) = 1),
    check (num_nonnulls(lat, lon, radius_m) in (0, 3))
);
create index hold_scope_hold on plates.hold_scope (hold_id);
select plates.keep_no_samples('hold_scope');

-- Metres between two places on a sphere of 6,371 km.
create function plates.metres(lat1 float8, lon1 float8, lat2 float8, lon2 float8) returns float8 language sql immutable as $$
    select 12742000 * asin(sqrt(least(1, sind((lat2 - lat1) / 2) ^ 2 + cosd(lat1) * cosd(lat2) * sind((lon2 - lon1) / 2) ^ 2)))
$$;

create function plates.standing_scopes() returns setof plates.hold_scope
language sql stable set search_path = pg_catalog, pg_temp as $$
    select s.* from plates.hold_scope s join office.retention_hold h on h.id = s.hold_id where h.released_at is null
$$;

create function plates.in_scope(
    s plates.hold_scope, at timestamptz, id uuid, text_read text, of_unit uuid, la float8, lo float8
) returns boolean language sql immutable as $$
    select at >= s.since and at < s.until and case
        when s.read_id is not null then id = s.read_id
        when s.plate is not null then text_read = s.plate
        when s.pattern is not null then text_read like s.pattern
        when s.unit_id is not null then of_unit = s.unit_id
        else plates.metres(s.lat, s.lon, la, lo) <= s.radius_m end is true
$$;

-- Whether a held read is still under a hold.
create function plates.is_held(h plates.reads_held) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
    select exists (select from plates.standing_scopes() s
        where plates.in_scope(s, h.captured_at, h.read_id, h.plate, h.unit_id, h.lat, h.lon))
$$;

-- The reads of open days that a scope names, between two moments: each kind with the index it has.
create function plates.scoped(s plates.hold_scope, since timestamptz, until timestamptz) returns setof plates.reads
language plpgsql stable set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    a timestamptz := greatest(s.since, since);
    b timestamptz := least(s.until, until);
begin
    if s.read_id is not null then
        return query select r.* from plates.reads r where r.captured_at >= a and r.captured_at < b and r.read_id = s.read_id;
    elsif s.plate is not null then
        return query select r.* from plates.reads r where r.captured_at >= a and r.captured_at < b and r.plate = s.plate;
    else
        return query select r.* from plates.reads r where r.captured_at >= a and r.captured_at < b
            and plates.in_scope(s, r.captured_at, r.read_id, r.plate, r.unit_id, r.lat, r.lon);
    end if;
end $$;

-- The reads between two moments that holds name, each beside every hold that names it. One statement for all scopes, the moments as
-- constants in it: a day's partition is then the only one that is looked at, however many reads are held.
create function plates.named_by_holds(since timestamptz, until timestamptz) returns table (hold_id bigint, named plates.reads)
language plpgsql stable set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    within text := format('r.captured_at >= %L and r.captured_at < %L and r.captured_at >= s.since and r.captured_at < s.until',
        since, until);
begin
    return query execute
        'select s.hold_id, r from plates.standing_scopes() s join plates.reads r on r.read_id = s.read_id and ' || within
        || ' union all select s.hold_id, r from plates.standing_scopes() s join plates.reads r on r.plate = s.plate and ' || within
        || ' union all select s.hold_id, r from plates.standing_scopes() s join plates.reads r on ' || within
        || ' and plates.in_scope(s, r.captured_at, r.read_id, r.plate, r.unit_id, r.lat, r.lon)'
        || ' where s.read_id is null and s.plate is null';
end $$;

-- The hits of open days that a scope names by themselves, whether or not their read is still kept.
create function plates.scoped_hits(s plates.hold_scope, since timestamptz, until timestamptz) returns setof plates.hit
language sql stable set search_path = pg_catalog, pg_temp as $$
    select h.* from plates.hit h
    where h.captured_at >= greatest(s.since, since) and h.captured_at < least(s.until, until)
      and (h.read_id = s.read_id or h.plate = s.plate or h.plate like s.pattern)
$$;

-- Door: a hold is placed as the terms of its access say, by the member who opened it, and what it names is counted. Terms: ground,
-- authority, reference, scope, since, until, review_on, book_by, scopes [{since, until, and one of what a scope can name}].
-- A hold on nothing is refused, unless its time is still to come.
create function plates.place_hold(the_access uuid) returns table (hold_id bigint, reads bigint, alerts bigint)
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
    if n_reads + n_alerts = 0 and (terms ->> 'until')::timestamptz <= clock_timestamp() then
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

-- Door: what a hold names, in words for its page. Terms: hold.
create function plates.hold_scopes(the_access uuid) returns setof plates.hold_scope
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    terms jsonb := office.pass_gate(the_access, 'retention.look');
    shown int;
begin
    return query select s.* from plates.hold_scope s where s.hold_id = (terms ->> 'hold')::bigint order by s.since limit 1000;
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

-- ------------------------------------------------------------------------------------------------ the clock

-- How the clock went since the last tick, beside the machine's own uptime. What nobody can explain is added up: a jump, or the
-- whole of a time in which the machine was off or another one.
create function office.clock_tick(the_boot text, up float8) returns float8
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    at timestamptz := clock_timestamp();
    known office.retention_clockwatch;
    went float8;
    strange float8;
begin
    select * into known from office.retention_clockwatch where id = 1 for update;
    if not found then
        insert into office.retention_clockwatch (id, last_at, boot, up_s, unexplained_s, confirmed_by)
            values (1, at, the_boot, up, 0, '') on conflict do nothing;
        return 0;
    end if;
    went := extract(epoch from at - known.last_at);
    strange := abs(went - case when known.boot = the_boot then greatest(up - known.up_s, 0) else 0 end);
    update office.retention_clockwatch set last_at = at, boot = the_boot, up_s = up,
        unexplained_s = known.unexplained_s + case when strange > 1 then strange else 0 end where id = 1;
    return known.unexplained_s + strange;
end $$;

-- Two hours unexplained are within the margin that a purge waits anyway.
create function office.clock_is_trusted() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select from office.retention_clockwatch w where w.unexplained_s <= 7200
        and w.last_at between clock_timestamp() - interval '10 min' and clock_timestamp() + interval '1 min')
$$;

-- Who is signed in with this key: number and name, or a refusal.
create function office.person_of(cookie bytea) returns office.signed_in
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in;
begin
    select * into who from office.signed_in s
        where s.cookie_sha256 = sha256(cookie) and s.ended_at is null and s.until_at > clock_timestamp();
    if not found then
        raise exception 'nobody is signed in with this key' using errcode = '28000';
    end if;
    return who;
end $$;

-- Whether a person holds one of some duties today.
create function office.has_duty(who office.signed_in, duties text[]) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
    select exists (select from office.people_assignment a join office.people_member m on m.id = a.member_id
        where m.id = (who).member_id and m.is_active and a.duty = any (duties)
          and a.since_at <= clock_timestamp() and (a.until_at is null or a.until_at > clock_timestamp()))
$$;

create function office.confirm_clock(cookie bytea) returns timestamptz
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    at timestamptz := clock_timestamp();
    strange float8;
begin
    if not office.has_duty(who, array['supervisor', 'designee', 'system custodian']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    select unexplained_s into strange from office.retention_clockwatch where id = 1 for update;
    update office.retention_clockwatch set unexplained_s = 0, confirmed_at = at,
        confirmed_by = who.member_number || ' ' || who.member_name where id = 1;
    perform office.ledger_write('retention.clock', who.member_number, who.member_name, '',
        jsonb_build_object('at', at, 'unexplained_s', round(strange::numeric, 1)), null);
    return at;
end $$;

-- ------------------------------------------------------------------------------------------------ the schedule

-- A change of the schedule is asked by one person and signed by another, one of them the supervisor or designee. Both are known
-- by the keys of their sign-ins, not by what the application says.
create function office.ask_schedule(cookie bytea, the_days jsonb, the_text text, edition int, why text, from_when timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    new_id bigint;
begin
    if not office.has_duty(who, array['supervisor', 'designee', 'system custodian', 'records clerk']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    insert into office.retention_schedulechange (days, text, on_edition, because, asked_by, asked_by_number, asked_at, effective_at,
            state, decided_by)
        values (the_days, the_text, edition, why, who.member_number || ' ' || who.member_name, who.member_number, clock_timestamp(),
            from_when, 'waiting', '')
        returning id into new_id;
    perform office.ledger_write('retention.schedule', who.member_number, who.member_name, '',
        jsonb_build_object('change', new_id, 'edition', edition, 'days', the_days, 'effective_at', from_when),
        jsonb_build_object('because', why));
    return new_id;
end $$;

create function office.decide_schedule(cookie bytea, the_change bigint, sign boolean, from_when timestamptz) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    change office.retention_schedulechange;
    before office.people_policyedition;
    new_number int;
begin
    select * into change from office.retention_schedulechange where id = the_change for update;
    if not found or change.state <> 'waiting' then
        raise exception 'decided already' using errcode = '40001';
    end if;
    if change.asked_by_number = who.member_number or not (office.has_duty(who, array['supervisor', 'designee'])) then
        raise exception 'a second member signs: the supervisor or designee' using errcode = '42501';
    end if;
    if sign then
        select * into strict before from office.people_policyedition order by number desc limit 1 for update;
        if before.number <> change.on_edition then
            raise exception 'the policy was changed meanwhile' using errcode = '40001';
        end if;
        new_number := before.number + 1;
        insert into office.people_policyedition (number, text, schedule, in_force_at, signed_by)
            values (new_number, change.text, before.schedule || change.days, greatest(change.effective_at, from_when),
                change.asked_by || ' and ' || who.member_number || ' ' || who.member_name);
    end if;
    update office.retention_schedulechange set state = case when sign then 'signed' else 'refused' end, edition = new_number,
        decided_by = who.member_number || ' ' || who.member_name, decided_at = clock_timestamp(),
        effective_at = greatest(change.effective_at, from_when) where id = the_change;
    perform office.ledger_write('retention.schedule_decided', who.member_number, who.member_name, '',
        jsonb_build_object('change', the_change, 'signed', sign, 'edition', new_number), null);
    return new_number;
end $$;

-- A hold ends by a manager who did not place it. Known by the key of the sign-in.
create function office.release_hold(cookie bytea, the_hold bigint, why text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    held office.retention_hold;
begin
    perform pg_advisory_xact_lock(4270010);
    select * into held from office.retention_hold where id = the_hold for update;
    if not found or held.released_at is not null then
        raise exception 'released already' using errcode = '40001';
    end if;
    if held.placed_by_number = who.member_number or not office.has_duty(who, array['supervisor', 'designee']) then
        raise exception 'the supervisor or designee releases, never who placed it' using errcode = '42501';
    end if;
    update office.retention_hold set released_at = clock_timestamp(), released_by = who.member_number || ' ' || who.member_name,
        released_because = why where id = the_hold;
    perform office.ledger_write('retention.release', who.member_number, who.member_name, '',
        jsonb_build_object('hold', the_hold), jsonb_build_object('because', why));
end $$;

-- Every day that is kept, of each kind, with how many rows it has. No plate leaves.
create function plates.days_kept() returns table (kind text, day date, rows bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    with parts as (
        select k.kind, to_date(right(c.relname, 8), 'YYYYMMDD') as day, c.relname, p.relname as parent, greatest(c.reltuples, 0)::bigint as rows
        from pg_inherits i join pg_class p on p.oid = i.inhparent join pg_class c on c.oid = i.inhrelid
            join plates.spanned() s on s.parent = p.relname cross join lateral plates.kind_of(s.parent) k
        where p.relnamespace = 'plates'::regnamespace)
    select t.kind, t.day, max(t.rows) from parts t group by 1, 2
    union all
    select v.kind, t.day, max(t.rows) from parts t cross join (values ('overview_pictures'), ('pictures')) v (kind)
    where t.parent = 'reads' and not exists (select from office.gone g where g.kind = v.kind and g.day = t.day)
    group by 1, 2
$$;

-- Whether an entry is in force, or a BOLO that waits for its second member.
create function plates.is_wanted(e plates.hotlist_entry) returns boolean language sql stable as $$
    select (e.expires_at is null or e.expires_at > clock_timestamp()) and (
        exists (select from office.hotlists_load l where l.id = e.load_id and l.state = 'in force')
        or (e.load_id is null and exists (select from office.hotlists_bolo b
            where b.entry_id = e.entry_id and b.state in ('approved', 'waiting'))))
$$;

-- When a day of a kind is due: its last moment is then as old as the schedule says, and two hours more.
create function office.due_at(the_kind text, the_day date) returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select (the_day + office.days_of(the_kind) + 1)::timestamp at time zone 'UTC' + interval '2 hours'
$$;

create index hotlist_entry_expires on plates.hotlist_entry (expires_at) where expires_at is not null;

-- Whether a day of lists holds entries that are in force no more, or nothing at all. By their loads first: a list has a million.
create function plates.list_has_ended(the_day date) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    with span as (select the_day::timestamp at time zone 'UTC' as a, (the_day + 1)::timestamp at time zone 'UTC' as b)
    select exists (select from span, office.hotlists_load l where l.state <> 'in force' and exists (
            select from plates.hotlist_entry e where e.load_id = l.id and e.loaded_at >= span.a and e.loaded_at < span.b))
        or exists (select from span, plates.hotlist_entry e where e.loaded_at >= span.a and e.loaded_at < span.b
            and e.expires_at <= clock_timestamp())
        or exists (select from span, plates.hotlist_entry e where e.loaded_at >= span.a and e.loaded_at < span.b
            and e.load_id is null and not plates.is_wanted(e))
        or not exists (select from span, plates.hotlist_entry e where e.loaded_at >= span.a and e.loaded_at < span.b)
$$;

-- Days that are due and not purged, in the order in which they end. Of lists: days on which something is in force no more.
create function plates.days_due() returns table (kind text, day date, due_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select k.kind, k.day, office.due_at(k.kind, k.day) from plates.days_kept() k
    where office.due_at(k.kind, k.day) <= clock_timestamp()
      and (k.kind <> 'list_entries' or plates.list_has_ended(k.day))
    order by k.day, array_position(array['overview_pictures', 'pictures', 'reads', 'alerts', 'list_entries', 'search_terms'], k.kind)
$$;

-- What a schedule would purge, had it been in force today: days, rows and how many of them a hold spares. Counts only.
create function plates.purge_preview(the_kind text, the_days int) returns table (day date, rows bigint, held bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    each record;
    a timestamptz;
    b timestamptz;
begin
    for each in select k.day from plates.days_kept() k where k.kind = the_kind
            and (k.day + the_days + 1)::timestamp at time zone 'UTC' + interval '2 hours' <= clock_timestamp() order by 1 loop
        a := each.day::timestamp at time zone 'UTC';
        b := (each.day + 1)::timestamp at time zone 'UTC';
        day := each.day;
        held := 0;
        if the_kind in ('reads', 'pictures', 'overview_pictures') then
            select count(*) into rows from plates.reads r where r.captured_at >= a and r.captured_at < b;
            select count(distinct (n.named).read_id) into held from plates.named_by_holds(a, b) n;
        elsif the_kind = 'alerts' then
            select count(*) into rows from plates.hit h where h.captured_at >= a and h.captured_at < b;
            select count(*) into held from plates.hit h where h.captured_at >= a and h.captured_at < b and (
                h.read_id in (select (n.named).read_id from plates.named_by_holds(a, b) n)
                or exists (select from plates.reads_held k where k.read_id = h.read_id)
                or h.hit_id in (select f.hit_id from plates.standing_scopes() s cross join lateral plates.scoped_hits(s, a, b) f));
        elsif the_kind = 'search_terms' then
            select count(*) into rows from plates.ledger_content c where c.at >= a and c.at < b;
        else
            select count(*) filter (where not plates.is_wanted(e)) into rows
                from plates.hotlist_entry e where e.loaded_at >= a and e.loaded_at < b;
        end if;
        return next;
    end loop;
end $$;

-- ------------------------------------------------------------------------------------------------ the purge

-- The held reads of a day with where their pictures lie, open or spared already. Ids and pointers; no plate.
create function plates.held_of_day(the_day date) returns table (read_id uuid, pictures jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    with span as (select the_day::timestamp at time zone 'UTC' as a, (the_day + 1)::timestamp at time zone 'UTC' as b),
    found as (
        select (n.named).read_id, (n.named).pictures from span cross join lateral plates.named_by_holds(span.a, span.b) n
        union all
        select h.read_id, h.pictures from span, plates.reads_held h
        where h.captured_at >= span.a and h.captured_at < span.b
          and plates.is_held(h))
    select distinct on (f.read_id) f.read_id, f.pictures from found f order by f.read_id
$$;

-- Drops the partitions of a day of a kind, with what is held moved before: how many rows there were, how many were spared, and by
-- which holds. The caller has the hold lock and has asked whether it may. The day's own partitions are locked first: whoever still
-- writes there is waited for, 200 ms at most, and every other day goes on.
create function plates.drop_day(the_kind text, the_day date, out n_all bigint, out n_spared bigint, out by_hold jsonb)
language plpgsql set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    a timestamptz := the_day::timestamp at time zone 'UTC';
    b timestamptz := (the_day + 1)::timestamp at time zone 'UTC';
    suffix text := to_char(the_day, '"_"YYYYMMDD');
    each text;
begin
    n_all := 0;
    n_spared := 0;
    by_hold := '[]';
    perform set_config('lock_timeout', '200ms', true);
    if the_kind = 'reads' then
        execute format('lock table plates.%I, plates.%I in share row exclusive mode', 'reads' || suffix, 'plate_seen' || suffix);
        execute format('select count(*) from plates.%I', 'reads' || suffix) into n_all;
        with found as materialized (select n.hold_id, n.named from plates.named_by_holds(a, b) n),
        moved as (insert into plates.reads_held
            select distinct on ((f.named).read_id) (f.named).* from found f on conflict do nothing returning 1)
        select (select count(*) from moved), (select coalesce(jsonb_agg(jsonb_build_array(c.hold_id, c.n) order by c.hold_id), '[]')
                from (select f.hold_id, count(distinct (f.named).read_id) as n from found f group by 1) c)
            into n_spared, by_hold;
        execute format('drop table plates.%I, plates.%I', 'reads' || suffix, 'plate_seen' || suffix);

    elsif the_kind = 'alerts' then
        execute format('lock table plates.%I, plates.%I in share row exclusive mode', 'hit' || suffix, 'alert_note' || suffix);
        execute format('select count(*) from plates.%I', 'hit' || suffix) into n_all;
        insert into plates.hit_held
            select h.* from plates.hit h where h.captured_at >= a and h.captured_at < b and (
                exists (select from plates.reads_held r where r.read_id = h.read_id and r.captured_at = h.captured_at)
                or h.hit_id in (select f.hit_id from plates.standing_scopes() s cross join lateral plates.scoped_hits(s, a, b) f))
            on conflict do nothing;
        get diagnostics n_spared = row_count;
        insert into plates.alert_note_held
            select n.* from plates.alert_note n join plates.hit_held h on h.hit_id = n.hit_id and h.captured_at = n.captured_at
            where n.captured_at >= a and n.captured_at < b on conflict do nothing;
        update office.alerts_alert l set state = 'ended' where l.captured_at >= a and l.captured_at < b and l.state <> 'disposed'
            and not exists (select from plates.hit_held h where h.hit_id = l.hit_id);
        execute format('drop table plates.%I, plates.%I', 'hit' || suffix, 'alert_note' || suffix);

    elsif the_kind = 'search_terms' then
        foreach each in array array['ledger_content', 'access_terms'] loop
            if to_regclass('plates.' || each || suffix) is not null then
                if each = 'ledger_content' then
                    execute format('select count(*) from plates.%I', each || suffix) into n_all;
                end if;
                execute format('drop table plates.%I', each || suffix);
            end if;
        end loop;

    elsif the_kind = 'list_entries' then
        execute format('lock table plates.%I in share row exclusive mode', 'hotlist_entry' || suffix);
        execute format('select count(*), count(*) filter (where plates.is_wanted(e)) from plates.%I e', 'hotlist_entry' || suffix)
            into n_all, n_spared;
        if n_spared = 0 then
            execute format('drop table plates.%I', 'hotlist_entry' || suffix);
        else                                     -- what is in force is written into a new file, and takes the old one's place
            execute format('create table plates.hotlist_entry_new (like plates.hotlist_entry including all,
                constraint of_the_day check (loaded_at >= %L and loaded_at < %L))', a, b);
            perform plates.keep_no_samples('hotlist_entry_new');
            execute format('insert into plates.hotlist_entry_new select * from plates.%I e where plates.is_wanted(e)', 'hotlist_entry' || suffix);
            execute format('drop table plates.%I', 'hotlist_entry' || suffix);
            execute format('alter table plates.hotlist_entry_new rename to %I', 'hotlist_entry' || suffix);
            execute format('alter table plates.hotlist_entry attach partition plates.%I for values from (%L) to (%L)',
                'hotlist_entry' || suffix, a, b);
            execute format('alter table plates.%I drop constraint of_the_day', 'hotlist_entry' || suffix);
        end if;
    else
        raise exception 'no such kind' using errcode = '22023';
    end if;
end $$;

-- Ends a day of a kind, whole or not at all, with its line in the ledger. `kept`: of pictures, the held reads whose pictures were
-- put under keys of their own and read back; when a hold came meanwhile, nothing ends and null is returned: look again.
create function plates.end_day(the_purge bigint, the_kind text, the_day date, kept uuid[], bad bigint, key_names jsonb) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    a timestamptz := the_day::timestamp at time zone 'UTC';
    b timestamptz := (the_day + 1)::timestamp at time zone 'UTC';
    n_all bigint := 0;
    n_spared bigint := 0;
    by_hold jsonb := '[]';
    new_chunk bigint;
    leaf bigint;
begin
    perform pg_advisory_xact_lock(4270010);
    select c.id into new_chunk from office.retention_chunk c where c.kind = the_kind and c.day = the_day and c.kind <> 'list_entries';
    if found then
        return new_chunk;                        -- ended before: asked twice
    end if;
    if not exists (select from office.retention_purge p where p.id = the_purge and p.ended_at is null) then
        raise exception 'this purge has ended' using errcode = '55000';
    end if;
    if office.due_at(the_kind, the_day) > clock_timestamp()
            or not exists (select from plates.days_kept() k where k.kind = the_kind and k.day = the_day)
            or (the_kind = 'list_entries' and not plates.list_has_ended(the_day)) then
        raise exception '% of % are not due', the_kind, the_day using errcode = '42501';
    end if;
    if not office.clock_is_trusted() then
        raise exception 'the clock is not to be believed' using errcode = '42501';
    end if;
    if the_kind = 'reads' and 2 <> (select count(*) from office.gone g
            where g.day = the_day and g.kind in ('pictures', 'overview_pictures')) then
        raise exception 'pictures end before their reads' using errcode = '55000';
    end if;
    if the_kind = 'alerts' and to_regclass('plates.reads' || to_char(the_day, '"_"YYYYMMDD')) is not null then
        raise exception 'reads end before their alerts' using errcode = '55000';
    end if;
    if the_kind in ('pictures', 'overview_pictures') then
        if exists (select from plates.held_of_day(the_day) h where h.read_id <> all (kept)) then
            return null;
        end if;
        select count(*) into n_all from plates.reads r, jsonb_array_elements(r.pictures) p
            where r.captured_at >= a and r.captured_at < b
              and p ->> 'view' = case when the_kind = 'pictures' then 'plate' else 'overview' end;
        select count(*) into n_spared from plates.held_of_day(the_day) h, jsonb_array_elements(h.pictures) p
            where p ->> 'view' = case when the_kind = 'pictures' then 'plate' else 'overview' end;
        n_spared := n_spared - bad;
        select coalesce(jsonb_agg(jsonb_build_array(f.hold_id, f.n) order by f.hold_id), '[]') into by_hold from (
            select h.hold_id, count(distinct (h.named).read_id) as n from plates.named_by_holds(a, b) h group by 1) f;

    else
        select d.n_all, d.n_spared, d.by_hold into n_all, n_spared, by_hold from plates.drop_day(the_kind, the_day) d;
    end if;

    if the_kind <> 'list_entries' or n_spared = 0 then
        insert into office.gone (kind, day) values (the_kind, the_day) on conflict do nothing;
    end if;
    leaf := office.ledger_write('retention.purge', null, 'the night round', '', jsonb_build_object('purge', the_purge, 'kind', the_kind,
        'day', the_day, 'purged', n_all - n_spared, 'spared', n_spared, 'spared_by', by_hold, 'unreadable', bad, 'keys', key_names, 'schedule_days', office.days_of(the_kind)), null);
    insert into office.retention_chunk (purge_id, kind, day, schedule_days, at, purged, spared, spared_by, unreadable, keys, leaf_id)
        values (the_purge, the_kind, the_day, office.days_of(the_kind), clock_timestamp(), n_all - n_spared, n_spared, by_hold, bad,
            key_names, leaf)
        returning id into new_chunk;
    return new_chunk;
end $$;

-- After a restore: ends a day again that a certificate says has ended, whatever the schedule here says. The owner's alone.
create function plates.end_again(the_kind text, the_day date) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_advisory_xact_lock(4270010);
    if exists (select from office.gone g where g.kind = the_kind and g.day = the_day) then
        return false;
    end if;
    if the_kind not in ('pictures', 'overview_pictures')
            and exists (select from plates.days_kept() k where k.kind = the_kind and k.day = the_day) then
        perform plates.drop_day(the_kind, the_day);
    end if;
    insert into office.gone (kind, day) values (the_kind, the_day);
    return true;
end $$;

-- What only released holds had kept: taken out, by writing the rest into a new file. Null when there is nothing.
create function plates.end_released(the_purge bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    n_reads bigint;
    n_hits bigint;
    new_chunk bigint;
    leaf bigint;
begin
    perform pg_advisory_xact_lock(4270010);
    create temp table reads_spared on commit drop as
        select h.* from plates.reads_held h where plates.is_held(h);
    create temp table hits_spared on commit drop as
        select h.* from plates.hit_held h
        where exists (select from reads_spared r where r.read_id = h.read_id)
           or exists (select from plates.standing_scopes() s where h.captured_at >= s.since and h.captured_at < s.until
                and (h.read_id = s.read_id or h.plate = s.plate or h.plate like s.pattern));
    n_reads := (select count(*) from plates.reads_held) - (select count(*) from reads_spared);
    n_hits := (select count(*) from plates.hit_held) - (select count(*) from hits_spared);
    if exists (select from plates.hold_scope s join office.retention_hold h on h.id = s.hold_id where h.released_at is not null) then
        create temp table scopes_standing on commit drop as select * from plates.standing_scopes();
        truncate plates.hold_scope;
        insert into plates.hold_scope select * from scopes_standing;
    end if;
    if n_reads + n_hits = 0 then
        return null;
    end if;
    if not exists (select from office.retention_purge p where p.id = the_purge and p.ended_at is null) then
        raise exception 'this purge has ended' using errcode = '55000';
    end if;
    perform set_config('lock_timeout', '200ms', true);
    create temp table notes_spared on commit drop as
        select n.* from plates.alert_note_held n where exists (select from hits_spared h where h.hit_id = n.hit_id);
    update office.alerts_alert l set state = 'ended' where l.state <> 'disposed'
        and exists (select from plates.hit_held h where h.hit_id = l.hit_id and not exists (select from hits_spared s where s.hit_id = h.hit_id));
    truncate plates.reads_held, plates.hit_held, plates.alert_note_held;
    insert into plates.reads_held select * from reads_spared;
    insert into plates.hit_held select * from hits_spared;
    insert into plates.alert_note_held select * from notes_spared;
    leaf := office.ledger_write('retention.purge', null, 'the night round', '', jsonb_build_object('purge', the_purge, 'kind', 'released',
        'day', null, 'purged', n_reads + n_hits, 'spared', 0, 'spared_by', '[]'::jsonb, 'unreadable', 0, 'keys', '[]'::jsonb, 'schedule_days', null), null);
    insert into office.retention_chunk (purge_id, kind, day, at, purged, spared, spared_by, unreadable, keys, leaf_id)
        values (the_purge, 'released', null, clock_timestamp(), n_reads + n_hits, 0, '[]', 0, '[]', leaf)
        returning id into new_chunk;
    return new_chunk;
end $$;

-- After a purge: a new segment of the write-ahead log, and a checkpoint that removes the old ones.
create function office.let_the_log_go() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_switch_wal();
    checkpoint;
end $$;

-- Lines that only these functions write; and looks, which only open_access does.
create or replace function office.ledger_append(
    the_act text, the_member_number text, the_member_name text, the_purpose text, the_about jsonb, the_content jsonb
) returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if the_act in ('reads.search', 'reads.pattern', 'reads.look', 'alerts.look', 'hotlists.bolos', 'retention.scope', 'retention.look') then
        raise exception 'the line of a look is written by open_access only' using errcode = '42501';
    end if;
    if the_act in ('retention.hold', 'retention.purge', 'retention.schedule', 'retention.schedule_decided', 'retention.release', 'retention.clock') then
        raise exception 'this line is written with its act only' using errcode = '42501';
    end if;
    return office.ledger_write(the_act, the_member_number, the_member_name, the_purpose, the_about, the_content);
end $$;

-- What only looks, or adds what a hold names, has the door's rights. What ends a day or changes a row of the office has the owner's.
grant select on plates.reads, plates.reads_held, plates.hit, plates.hit_held, plates.ledger_content,
    office.retention_clockwatch, office.people_policyedition, office.gone to {door};
grant select, insert on plates.hold_scope, office.retention_hold to {door};
grant execute on function plates.scoped(plates.hold_scope, timestamptz, timestamptz),
    plates.scoped_hits(plates.hold_scope, timestamptz, timestamptz), plates.named_by_holds(timestamptz, timestamptz),
    plates.metres(float8, float8, float8, float8),
    plates.in_scope(plates.hold_scope, timestamptz, uuid, text, uuid, float8, float8), plates.is_held(plates.reads_held),
    plates.standing_scopes(), plates.is_wanted(plates.hotlist_entry), plates.spanned(), plates.kind_of(text) to {door};
alter function plates.place_hold(uuid) owner to {door};
alter function plates.hold_scopes(uuid) owner to {door};
alter function office.days_of(text) owner to {door};
alter function office.clock_is_trusted() owner to {door};
alter function office.person_of(bytea) owner to {door};
alter function office.due_at(text, date) owner to {door};
alter function plates.days_kept() owner to {door};
alter function plates.list_has_ended(date) owner to {door};
alter function plates.days_due() owner to {door};
alter function plates.purge_preview(text, int) owner to {door};
alter function plates.held_of_day(date) owner to {door};
alter function office.ledger_append(text, text, text, text, jsonb, jsonb) owner to {door};
