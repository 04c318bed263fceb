-- Corrections of a reading end with their reads, in the same lock; and a hold names a read by every text it was given.

create or replace function plates.spanned() returns table (parent text, is_date boolean) language sql immutable as $$
    values ('reads', false), ('plate_seen', true), ('ledger_content', false), ('access_terms', false), ('hotlist_entry', false),
           ('hit', false), ('alert_note', false), ('correction', false)
$$;

-- Which kind of the schedule a partitioned table follows; only_now: it is written at the moment of writing, never of days past.
create or replace function plates.kind_of(the_parent text, out kind text, out only_now boolean) language sql immutable as $$
    select case when the_parent in ('reads', 'plate_seen', 'correction') then 'reads'
                when the_parent in ('hit', 'alert_note') then 'alerts'
                when the_parent = 'hotlist_entry' then 'list_entries'
                else 'search_terms' end,
           the_parent in ('ledger_content', 'access_terms', 'hotlist_entry')
$$;

-- Whether a hold's scope names a held read, by what the camera read or by a text it was corrected to.
create function plates.names_held(s plates.hold_scope, h plates.reads_held) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
    select plates.in_scope(s, h.captured_at, h.read_id, h.plate, h.unit_id, h.lat, h.lon)
        or h.captured_at >= s.since and h.captured_at < s.until and exists (select from plates.correction_held c
            where c.read_id = h.read_id and c.captured_at = h.captured_at and (c.plate = s.plate or c.plate like s.pattern))
$$;

-- Whether a held read is still under a hold.
create or replace function plates.is_held(h plates.reads_held) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
    select exists (select from plates.standing_scopes() s
        where plates.names_held(s, h))
$$;

-- The reads of open days that a scope names, between two moments: each kind with the index it has.
create or replace function plates.scoped(s plates.hold_scope, since timestamptz, until timestamptz) returns setof plates.reads
language plpgsql stable set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    a timestamptz := greatest(s.since, since);
    b timestamptz := least(s.until, until);
begin
    if s.read_id is not null then
        return query select r.* from plates.reads r where r.captured_at >= a and r.captured_at < b and r.read_id = s.read_id;
    elsif s.plate is not null then
        return query select r.* from plates.reads r where r.captured_at >= a and r.captured_at < b and r.plate = s.plate
            union all select r.* from plates.reads r where r.captured_at >= a and r.captured_at < b and r.plate <> s.plate
                and r.read_id = any (array(select c.read_id from plates.correction c
                    where c.plate = s.plate and c.captured_at >= a and c.captured_at < b));
    else
        return query select r.* from plates.reads r where r.captured_at >= a and r.captured_at < b
            and plates.in_scope(s, r.captured_at, r.read_id, r.plate, r.unit_id, r.lat, r.lon)
            union all select r.* from plates.reads r where r.captured_at >= a and r.captured_at < b and r.plate not like s.pattern
                and r.read_id = any (array(select c.read_id from plates.correction c
                    where c.plate like s.pattern and c.captured_at >= a and c.captured_at < b));
    end if;
end $$;

-- The reads between two moments that holds name, each beside every hold that names it. One statement for all scopes, the moments as
-- constants in it: a day's partition is then the only one that is looked at, however many reads are held.
create or replace function plates.named_by_holds(since timestamptz, until timestamptz) returns table (hold_id bigint, named plates.reads)
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
        || ' where s.read_id is null and s.plate is null'
        || ' union all select s.hold_id, r from plates.standing_scopes() s join plates.correction c'
        || format(' on (c.plate = s.plate or c.plate like s.pattern) and c.captured_at >= %L and c.captured_at < %L', since, until)
        || ' join plates.reads r on r.read_id = c.read_id and r.captured_at = c.captured_at and ' || within;
end $$;

-- Drops the partitions of a day of a kind, with what is held moved before: how many rows there were, how many were spared, and by
-- which holds. The caller has the hold lock and has asked whether it may. The day's own partitions are locked first: whoever still
-- writes there is waited for, 200 ms at most, and every other day goes on.
create or replace function plates.drop_day(the_kind text, the_day date, out n_all bigint, out n_spared bigint, out by_hold jsonb)
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
        perform plates.make_span(the_day, array['correction']);   -- of days that were opened before there were corrections
        execute format('lock table plates.%I, plates.%I, plates.%I in share row exclusive mode', 'reads' || suffix,
            'plate_seen' || suffix, 'correction' || suffix);
        execute format('select count(*) from plates.%I', 'reads' || suffix) into n_all;
        with found as materialized (select n.hold_id, n.named from plates.named_by_holds(a, b) n),
        moved as (insert into plates.reads_held
            select distinct on ((f.named).read_id) (f.named).* from found f on conflict do nothing returning 1)
        select (select count(*) from moved), (select coalesce(jsonb_agg(jsonb_build_array(c.hold_id, c.n) order by c.hold_id), '[]')
                from (select f.hold_id, count(distinct (f.named).read_id) as n from found f group by 1) c)
            into n_spared, by_hold;
        insert into plates.correction_held
            select c.* from plates.correction c join plates.reads_held r on r.read_id = c.read_id and r.captured_at = c.captured_at
            where c.captured_at >= a and c.captured_at < b on conflict do nothing;
        execute format('drop table plates.%I, plates.%I, plates.%I', 'reads' || suffix, 'plate_seen' || suffix, 'correction' || suffix);
        perform plates.forget_gathered(the_day);

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
        update office.alerts_alert l set state = 'ended' where l.captured_at >= a and l.captured_at < b
            and l.state not in ('disposed', 'withdrawn')
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

-- What only released holds had kept: taken out, by writing the rest into a new file. Null when there is nothing.
create or replace function plates.end_released(the_purge bigint) returns bigint
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
    update office.alerts_alert l set state = 'ended' where l.state not in ('disposed', 'withdrawn')
        and exists (select from plates.hit_held h where h.hit_id = l.hit_id and not exists (select from hits_spared s where s.hit_id = h.hit_id));
    create temp table corrections_spared on commit drop as
        select c.* from plates.correction_held c where exists (select from reads_spared r where r.read_id = c.read_id);
    truncate plates.reads_held, plates.correction_held, plates.hit_held, plates.alert_note_held;
    insert into plates.reads_held select * from reads_spared;
    insert into plates.correction_held select * from corrections_spared;
    insert into plates.hit_held select * from hits_spared;
    insert into plates.alert_note_held select * from notes_spared;
    leaf := office.ledger_write('retention.purge', null, 'the night round', '', jsonb_build_object('purge', the_purge, 'kind', 'released',
        'day', null, 'purged', n_reads + n_hits, 'spared', 0, 'spared_by', '[]'::jsonb, 'unreadable', 0, 'keys', '[]'::jsonb, 'schedule_days', null), null);
    insert into office.retention_chunk (purge_id, kind, day, at, purged, spared, spared_by, unreadable, keys, leaf_id)
        values (the_purge, 'released', null, clock_timestamp(), n_reads + n_hits, 0, '[]', 0, '[]', leaf)
        returning id into new_chunk;
    return new_chunk;
end $$;

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
            on plates.names_held(s, r)) f;
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

-- What a hold named was booked into evidence. The hold has kept its deadline when the package took in all that it named until then. It
-- ends by that only where the department's policy says so, when its time is over, and when nothing came since. Called by the function
-- that books, which has the hold lock and has asked who it is; nobody's login calls it.
create or replace function office.note_booked(
    who office.signed_in, the_hold bigint, the_package bigint, a timestamptz, b timestamptz, made_at timestamptz, packed bigint, item text
) returns boolean language plpgsql set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    held office.retention_hold;
    named bigint;
    ends boolean := false;
begin
    select * into strict held from office.retention_hold h where h.id = the_hold for update;
    if held.released_at is not null or a > held.since or b < least(held.until, made_at - interval '1 s') then
        return false;
    end if;
    if held.until <= made_at and (select e.text ~ '(?n)^[ \t]*booking_ends_hold[ \t]*=[ \t]*true'
            from office.people_policyedition e where e.in_force_at <= clock_timestamp() order by e.number desc limit 1) then
        select count(distinct f.read_id) into named from (
            select r.read_id from plates.standing_scopes() s cross join lateral plates.scoped(s, held.since, held.until) r
                where s.hold_id = held.id
            union all
            select k.read_id from plates.standing_scopes() s join plates.reads_held k
                on plates.names_held(s, k)
                and k.captured_at >= s.since and k.captured_at < s.until where s.hold_id = held.id) f;
        ends := named <= packed;
    end if;
    update office.retention_hold h set booked_at = coalesce(h.booked_at, clock_timestamp()),
        released_at = case when ends then clock_timestamp() end,
        released_by = case when ends then who.member_number || ' ' || who.member_name else '' end,
        released_because = case when ends then 'booked into evidence as item ' || item || ', which ends a hold by this department''s policy'
            else '' end
        where h.id = held.id;
    perform office.ledger_write('retention.booked', who.member_number, who.member_name, '',
        jsonb_build_object('hold', held.id, 'package', the_package, 'ended', ends), null);
    return ends;
end $$;

grant execute on function plates.names_held(plates.hold_scope, plates.reads_held) to {door};
