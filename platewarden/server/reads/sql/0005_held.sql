-- What outlives its day: reads under a hold. And which days ended: nothing opens them again.

-- Rows of days that were purged, spared by a hold. Not partitioned: few, and rewritten whole when a hold ends.
create table plates.reads_held (like plates.reads including defaults including constraints,
    primary key (plate, captured_at, read_id));
create index reads_held_id on plates.reads_held (read_id);

-- Kinds of data whose day was purged. No plate is in it.
create table office.gone (
    kind text not null,
    day  date not null,
    at   timestamptz not null default clock_timestamp(),
    primary key (kind, day)
);
create trigger append_only before update or delete on office.gone for each row execute function office.refuse_change();
create trigger append_only_all before truncate on office.gone for each statement execute function office.refuse_change();

-- For how many days a kind of data is kept, by the newest edition of the policy whose day has come.
create function office.days_of(the_kind text) returns int
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select (e.schedule ->> the_kind)::int from office.people_policyedition e
    where e.in_force_at <= clock_timestamp() order by e.number desc limit 1
$$;

-- Statistics of a column are samples of its values, and stay in the catalog's file when the table is long gone. So the columns
-- that may hold a plate have none.
create function plates.keep_no_samples(the_table text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    each record;
begin
    for each in select attname from pg_attribute where attrelid = format('plates.%I', the_table)::regclass and attnum > 0
            and not attisdropped and atttypid in ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype, 'int[]'::regtype) loop
        execute format('alter table plates.%I alter column %I set statistics 0', the_table, each.attname);
    end loop;
end $$;

do $$
declare
    each record;
begin
    for each in select c.relname from pg_class c where c.relnamespace = 'plates'::regnamespace and c.relkind in ('r', 'p') loop
        perform plates.keep_no_samples(each.relname);
    end loop;
end $$;

-- Which kind of the schedule a partitioned table follows; only_now: it is written at the moment of writing, never of days past.
create function plates.kind_of(the_parent text, out kind text, out only_now boolean) language sql immutable as $$
    select case when the_parent in ('reads', 'plate_seen') then 'reads'
                when the_parent in ('hit', 'alert_note') then 'alerts'
                when the_parent = 'hotlist_entry' then 'list_entries'
                else 'search_terms' end,
           the_parent in ('ledger_content', 'access_terms', 'hotlist_entry')
$$;

-- Makes the partitions of a day that are not there.
create function plates.make_span(the_day date, the_parents text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    span record;
    child text;
begin
    perform pg_advisory_xact_lock(4270005);
    for span in select * from plates.spanned() s where s.parent = any (the_parents) loop
        child := format('%s_%s', span.parent, to_char(the_day, 'YYYYMMDD'));
        if to_regclass('plates.' || child) is null then
            if span.is_date then
                execute format('create table plates.%I partition of plates.%I for values from (%L) to (%L)',
                    child, span.parent, the_day, the_day + 1);
            else
                execute format('create table plates.%I partition of plates.%I for values from (%L) to (%L)',
                    child, span.parent, the_day::text || ' 00:00+00', (the_day + 1)::text || ' 00:00+00');
            end if;
            perform plates.keep_no_samples(child);
            if exists (select from pg_trigger where tgrelid = format('plates.%I', span.parent)::regclass and tgname = 'append_only_all') then
                execute format('create trigger append_only_all before truncate on plates.%I for each statement execute function office.refuse_change()', child);
            end if;
        end if;
    end loop;
end $$;

-- Opens a day. Only between the horizon and two days ahead, so that one bad clock opens nothing; a day whose reads were purged
-- never again; and of other kinds only what has not ended yet.
create or replace function plates.ensure_span(the_day date) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    today date := (clock_timestamp() at time zone 'UTC')::date;
    horizon int := office.days_of('reads');
    wanted text[];
begin
    if horizon is null or the_day > today + 2 or the_day < today - horizon
            or exists (select from office.gone g where g.kind = 'reads' and g.day = the_day) then
        return false;
    end if;
    select array_agg(s.parent) into wanted from plates.spanned() s, plates.kind_of(s.parent) k
        where to_regclass(format('plates.%I', s.parent || to_char(the_day, '"_"YYYYMMDD'))) is null
          and not (k.only_now and the_day < today - 1)
          and not exists (select from office.gone g where g.kind = k.kind and g.day = the_day);
    if wanted is not null then
        perform plates.make_span(the_day, wanted);
    end if;
    return true;
end $$;

-- Door: every read of one plate. Terms: plate, from, to, limit.
create or replace function plates.reads_by_plate(the_access uuid) returns setof plates.reads
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'reads.search');
    the_plate text := terms ->> 'plate';
    since timestamptz := (terms ->> 'from')::timestamptz;
    until timestamptz := (terms ->> 'to')::timestamptz;
    at_most int := least((terms ->> 'limit')::int, 1000);
    shown int;
begin
    return query (select r.* from plates.reads r
            where r.plate = the_plate and r.captured_at >= since and r.captured_at < until
            order by r.captured_at desc limit at_most)
        union all (select h.* from plates.reads_held h
            where h.plate = the_plate and h.captured_at >= since and h.captured_at < until)
        order by captured_at desc limit at_most;
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

-- Door: which plates answer a partial plate. Terms: like, grams, from, to, limit. Held reads have no dictionary; they are few.
create or replace function plates.plates_by_pattern(the_access uuid) returns table (plate text, last_day date, days int)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'reads.pattern');
    shown int;
begin
    return query execute
        'select s.plate::text, max(s.day), count(distinct s.day)::int from (
             select p.plate, p.day from plates.plate_seen p
             where p.grams @> $1 and p.plate like $2 and p.day >= $3 and p.day <= $4
             union all
             select h.plate, (h.captured_at at time zone ''UTC'')::date from plates.reads_held h
             where h.plate like $2 and (h.captured_at at time zone ''UTC'')::date between $3 and $4) s
         group by s.plate order by 2 desc, 1 limit $5'
        using array(select jsonb_array_elements_text(terms -> 'grams')::int), terms ->> 'like',
              (terms ->> 'from')::date, (terms ->> 'to')::date, least((terms ->> 'limit')::int, 1000);
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

-- Door: one read, whole, with where its pictures lie. Terms: read, captured_at (it keeps the look to one partition).
create or replace function plates.read_by_id(the_access uuid) returns setof plates.reads
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'reads.look');
    the_read uuid := (terms ->> 'read')::uuid;
    taken timestamptz := (terms ->> 'captured_at')::timestamptz;
    shown int;
begin
    return query select r.* from plates.reads r where r.read_id = the_read and r.captured_at = taken
        union all select h.* from plates.reads_held h where h.read_id = the_read and h.captured_at = taken;
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

grant select on plates.reads_held to {door};
