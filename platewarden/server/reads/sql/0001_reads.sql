-- The designated storage. Every table here is partitioned by day and dies only by DROP.

create function plates.fold(plate text) returns text language sql immutable parallel safe as $$
    select translate(plate, 'OQDILBSZGVYUWNKEFPT', '000118526VVVVMXCCR7')
$$;

create table plates.reads (
    plate            text collate "C" not null,  -- as read, never updated
    captured_at      timestamptz not null,
    read_id          uuid not null,              -- uuid5(unit key, sequence)
    received_at      timestamptz not null default clock_timestamp(),
    unit_id          uuid not null,
    camera           text not null,
    state            text collate "C",           -- null: not read
    state_confidence real,
    confidence       real not null,
    characters       real[] not null,
    candidates       jsonb not null,             -- [[text, confidence], ...]
    lat              float8,
    lon              float8,
    accuracy_m       real,
    heading_deg      real,
    fix_age_s        real,
    engine           text not null,
    member_number    text,                       -- signed on to the unit
    shift_id         uuid,
    hotlist_edition  int not null,               -- the edition the unit held
    pictures         jsonb not null,             -- [{view, pack, offset, length, key}, ...]
    primary key (plate, captured_at, read_id)    -- idempotency, exact lookup and distribution in one index
) partition by range (captured_at);
create index reads_time on plates.reads using brin (captured_at) with (pages_per_range = 32);
create index reads_id on plates.reads (read_id);

-- The dictionary: each plate once a day, with what a pattern can look up.
create table plates.plate_seen (
    day   date not null,
    plate text collate "C" not null,
    fold  text collate "C" not null,
    grams int[] not null,
    primary key (day, plate)
) partition by range (day);
create index plate_seen_fold on plates.plate_seen (fold);
create index plate_seen_grams on plates.plate_seen using gin (grams);

-- What was received, without a plate: a resend is answered, the same sequence with other bytes is found out.
create table office.received (
    unit_key_id bytea not null,
    stream      text not null check (stream in ('read', 'journal')),
    sequence    bigint not null,
    digest      bytea not null,
    outcome     text not null,
    received_at timestamptz not null default clock_timestamp(),
    primary key (unit_key_id, stream, sequence)
);

-- Every partitioned parent, with the column and type of its span.
create function plates.spanned() returns table (parent text, is_date boolean) language sql immutable as $$
    values ('reads', false), ('plate_seen', true), ('ledger_content', false), ('access_terms', false)
$$;

-- Makes the day's partition of every parent. Only between the horizon and two days ahead: one bad clock opens nothing.
create function plates.ensure_span(the_day date) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    today date := (clock_timestamp() at time zone 'UTC')::date;
    horizon int := (select retention_days from office.people_policyedition order by number desc limit 1);
    span record;
    child text;
begin
    if horizon is null or the_day > today + 2 or the_day < today - horizon then
        return false;
    end if;
    if not exists (select from plates.spanned() s
                   where to_regclass(format('plates.%I', s.parent || to_char(the_day, '"_"YYYYMMDD'))) is null) then
        return true;
    end if;
    perform pg_advisory_xact_lock(4270005);
    for span in select * from plates.spanned() loop
        child := format('%s_%s', span.parent, to_char(the_day, 'YYYYMMDD'));
        if to_regclass('plates.' || child) is null then
            if span.is_date then
                execute format('create table plates.%I partition of plates.%I for values from (%L) to (%L)',
                    child, span.parent, the_day, the_day + 1);
            else
                execute format('create table plates.%I partition of plates.%I for values from (%L) to (%L)',
                    child, span.parent, the_day::text || ' 00:00+00', (the_day + 1)::text || ' 00:00+00');
            end if;
        end if;
    end loop;
    return true;
end $$;

-- Door: every read of one plate. Terms: plate, from, to, limit.
create function plates.reads_by_plate(the_access uuid) returns setof plates.reads
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
    return query select r.* from plates.reads r
        where r.plate = the_plate and r.captured_at >= since and r.captured_at < until
        order by r.captured_at desc limit at_most;
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

-- Door: which plates answer a partial plate. Terms: like, grams, from, to, limit.
create function plates.plates_by_pattern(the_access uuid) returns table (plate text, last_day date, days int)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'reads.pattern');
    shown int;
begin
    return query execute
        'select s.plate::text, max(s.day), count(*)::int from plates.plate_seen s
         where s.grams @> $1 and s.plate like $2 and s.day >= $3 and s.day <= $4
         group by s.plate order by 2 desc, 1 limit $5'
        using array(select jsonb_array_elements_text(terms -> 'grams')::int), terms ->> 'like',
              (terms ->> 'from')::date, (terms ->> 'to')::date, least((terms ->> 'limit')::int, 1000);
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

-- Door: one read, whole, with where its pictures lie. Terms: read, from, to (the span keeps it to one partition).
create function plates.read_by_id(the_access uuid) returns setof plates.reads
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'reads.look');
    the_read uuid := (terms ->> 'read')::uuid;
    taken timestamptz := (terms ->> 'captured_at')::timestamptz;
    shown int;
begin
    return query select r.* from plates.reads r where r.read_id = the_read and r.captured_at = taken;
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

grant select on plates.reads, plates.plate_seen to {door};
grant insert on plates.reads, plates.plate_seen to {ingest};       -- write-only: bare ON CONFLICT DO NOTHING
alter function plates.reads_by_plate(uuid) owner to {door};
alter function plates.plates_by_pattern(uuid) owner to {door};
alter function plates.read_by_id(uuid) owner to {door};
