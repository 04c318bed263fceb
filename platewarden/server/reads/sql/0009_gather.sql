-- The dictionary of the days that are over, gathered: each plate once, with the days on which it was seen. Made anew by the worker every
-- night, emptied with the purge of any day in it (docs/decisions/0010): so it holds no plate that a day's own dictionary does not.

create table plates.gathered (
    plate text collate "C" not null primary key,
    days  date[] not null,                       -- ascending
    grams int[] not null
);
create index on plates.gathered using gin (grams);
select plates.keep_no_samples('gathered');
create table plates.gathered_day (day date primary key);

-- Days into which a read came after they were over: their own dictionary is asked as well, until they are gathered again.
-- A round is one gathering: it takes up what was noted before it began.
create sequence plates.gather_round;
select nextval('plates.gather_round');
create table plates.late_day (day date not null, round bigint not null, primary key (day, round));

-- Notes that a read of this day came late. The lock is shared by all who note: a gathering begins when none of them is under way.
create function plates.note_late(the_day date) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_advisory_xact_lock_shared(4270013);
    insert into plates.late_day select the_day, last_value from plates.gather_round on conflict do nothing;
end $$;

-- The days of the dictionary that are over, and that nobody writes into but late.
create function plates.days_over() returns setof date
language sql stable set search_path = pg_catalog, pg_temp as $$
    select d.day from pg_inherits i join pg_class c on c.oid = i.inhrelid, to_date(right(c.relname, 8), 'YYYYMMDD') d (day)
    where i.inhparent = 'plates.plate_seen'::regclass
      and (d.day + 1)::timestamp at time zone 'UTC' + interval '2 hours' <= clock_timestamp()
$$;

-- Whether a day is over and not gathered.
create function plates.gather_is_due() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select from plates.days_over() o (day) where not exists (select from plates.gathered_day g where g.day = o.day))
$$;

-- Begins a gathering: what a killed one left goes, and an empty table is there before anything is written into it, so that no file of
-- plates can be left behind that no table owns. Every late read noted in an earlier round is committed when this returns.
create function plates.begin_gathering() returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform set_config('lock_timeout', '2s', true);
    drop table if exists plates.gathered_new;
    create table plates.gathered_new (like plates.gathered including defaults, primary key (plate));
    perform plates.keep_no_samples('gathered_new');
    grant select on plates.gathered_new to {door};
    perform pg_advisory_xact_lock(4270013);
    perform nextval('plates.gather_round');
end $$;

-- Gathers the days that are over, and takes the place of what was gathered before. How many plates there are; no plate.
-- Whoever holds 4270012 is gathering: a purge that meets it sends it home.
create function plates.gather() returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set jit = off set work_mem = '256MB' set maintenance_work_mem = '256MB' as $$
declare
    over date[] := array(select plates.days_over());
    this_round bigint := (select last_value from plates.gather_round);
    many bigint;
begin
    if not pg_try_advisory_xact_lock(4270012) or to_regclass('plates.gathered_new') is null then
        return null;
    end if;
    execute format('insert into plates.gathered_new select s.plate, array_agg(s.day order by s.day), min(s.grams)
        from plates.plate_seen s where s.day = any (%L::date[]) group by s.plate order by s.plate', over);
    get diagnostics many = row_count;
    create index on plates.gathered_new using gin (grams);
    perform set_config('lock_timeout', '2s', true);
    drop table plates.gathered;
    alter table plates.gathered_new rename to gathered;
    delete from plates.gathered_day;
    insert into plates.gathered_day select unnest(over);
    delete from plates.late_day where round < this_round;
    return many;
end $$;

-- Called where a day's dictionary is dropped, in the same transaction: nothing gathered outlives it.
create function plates.forget_gathered(the_day date) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
    drop table if exists plates.gathered_new;
    if exists (select from plates.gathered_day g where g.day = the_day) then
        truncate plates.gathered, plates.gathered_day;
    end if;
    delete from plates.late_day l where l.day = the_day;
end $$;

-- Which plates answer a partial plate. Terms: searches ([{grams, likes, one_of}], one for each way it can be written, at most 64), from, to,
-- limit. A plate answers one when it has all tokens of `grams`, at least one of each list in `one_of`, and every LIKE lets it through.
-- Asked are what was gathered, the dictionaries of the other days, and held reads, which have none and are few.
create function plates.answering(terms jsonb) returns table (plate text, last_day date, days int)
language plpgsql volatile set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    since date := (terms ->> 'from')::date;
    until date := (terms ->> 'to')::date;
    answers text;
    answers_held text;
    single_days date[];
begin
    lock table plates.gathered in access share mode;     -- nobody empties or changes it between the two questions below
    select string_agg(concat_ws(' and ',
               case when jsonb_array_length(s.v -> 'grams') > 0
                    then format('p.grams @> %L::int[]', array(select jsonb_array_elements_text(s.v -> 'grams')::int)) end,
               (select string_agg(format('p.grams && %L::int[]', array(select jsonb_array_elements_text(o)::int)), ' and ')
                    from jsonb_array_elements(s.v -> 'one_of') o),
               l.likes), ') or ('),
           string_agg(l.likes, ') or (')
        into strict answers, answers_held
        from jsonb_array_elements(terms -> 'searches') with ordinality s (v, n) cross join lateral (
            select string_agg(format('p.plate like %L', e), ' and ') as likes from jsonb_array_elements_text(s.v -> 'likes') e) l
        where s.n <= 64;
    select array_agg(d.day) into single_days
        from pg_inherits i join pg_class c on c.oid = i.inhrelid, to_date(right(c.relname, 8), 'YYYYMMDD') d (day)
        where i.inhparent = 'plates.plate_seen'::regclass and d.day between since and until
          and (d.day not in (select g.day from plates.gathered_day g) or d.day in (select l.day from plates.late_day l));
    return query execute format('
        with once as (
            select p.plate, case when p.days[1] >= $1 and p.days[cardinality(p.days)] <= $2 then p.days
                                 else array(select d from unnest(p.days) d where d between $1 and $2) end as days
            from plates.gathered p where ((%1$s)) and p.days[1] <= $2 and p.days[cardinality(p.days)] >= $1),
        single as (
            select s.plate, array_agg(distinct s.day) as days from (
                select p.plate, p.day from plates.plate_seen p where ((%1$s)) and p.day = any (%3$L::date[])
                union all select p.plate, (p.captured_at at time zone ''UTC'')::date from plates.reads_held p
                where ((%2$s)) and (p.captured_at at time zone ''UTC'')::date between $1 and $2) s
            group by s.plate)
        select coalesce(o.plate, s.plate)::text, greatest(o.days[cardinality(o.days)], s.days[cardinality(s.days)]),
            coalesce(cardinality(o.days), 0) + case when s.days is null then 0 else
                (select count(*)::int from unnest(s.days) d where o.days is null or d <> all (o.days)) end
        from (select * from once where days <> ''{}'') o full join single s on s.plate = o.plate
        order by 2 desc, 1 limit $3', answers, answers_held, coalesce(single_days, '{}'))
        using since, until, (terms ->> 'limit')::int;
end $$;

-- Door: which plates answer a partial plate. Terms as above.
create or replace function plates.plates_by_pattern(the_access uuid) returns table (plate text, last_day date, days int)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'reads.pattern');
    shown int;
begin
    return query select a.* from plates.answering(terms || jsonb_build_object('limit', least((terms ->> 'limit')::int, 1000))) a;
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

grant select on plates.gathered, plates.gathered_day, plates.late_day to {door};
grant execute on function plates.answering(jsonb) to {door};
