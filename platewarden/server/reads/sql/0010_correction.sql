-- What a person says that a plate reads, beside what the camera read: who, when, why. The reading itself is never changed. A correction is
-- numbered within its read, is written once, and lives and dies with its read's day; one that takes the others back has no plate.

create table plates.correction (
    read_id     uuid not null,
    captured_at timestamptz not null,            -- its read's
    number      int not null check (number > 0),
    made_at     timestamptz not null default clock_timestamp(),
    member      text not null,
    because     text not null check (because in ('characters', 'state', 'hidden', 'no plate', 'correction')),
    words       text not null,
    plate       text collate "C" check (plate ~ '^[A-Z0-9]{1,12}$'),  -- null: the reading stands as the camera read it
    state       text collate "C" check (state ~ '^[A-Z]{2}$'),
    check (plate is not null or state is null),
    primary key (read_id, captured_at, number)
) partition by range (captured_at);
create index correction_plate on plates.correction (plate);
-- Corrections of reads that a hold spares: rewritten whole with them, when a hold ends.
create table plates.correction_held (like plates.correction including defaults including constraints,
    primary key (read_id, captured_at, number));
select plates.keep_no_samples('correction'), plates.keep_no_samples('correction_held');
create trigger append_only before update or delete on plates.correction for each row execute function office.refuse_change();
create trigger append_only_all before truncate on plates.correction for each statement execute function office.refuse_change();
create trigger append_only before update or delete on plates.correction_held for each row execute function office.refuse_change();

create view plates.corrections as select * from plates.correction union all select * from plates.correction_held;

-- Those in force: of each read the newest, unless it took the others back.
create view plates.corrected as
    select c.* from plates.corrections c where c.plate is not null and not exists (
        select from plates.corrections n where n.read_id = c.read_id and n.captured_at = c.captured_at and n.number > c.number);

-- What was said of one read, oldest first; null where nobody corrected it.
create function plates.said_of(the_read uuid, taken timestamptz) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
    select jsonb_agg(jsonb_build_object('number', c.number, 'at', c.made_at, 'by', c.member, 'because', c.because, 'words', c.words,
        'plate', c.plate, 'state', c.state) order by c.number)
    from plates.corrections c where c.read_id = the_read and c.captured_at = taken
$$;

insert into office.reserved_act (act, is_look, is_search) values ('reads.corrected', false, false);

-- Writes a correction, or takes those there are back (no plate), for the member of an access, whose door calls this; nobody's login does.
-- `saw`: the number of the newest correction that the member saw. What came of it: kept; gone: the read was purged meanwhile; meanwhile:
-- somebody corrected it first; same: it stands like that already. The day's end waits for this, or this for it.
create function plates.note_correction(
    the_access uuid, the_read uuid, taken timestamptz, saw int, the_plate text, the_state text, why text, said text, the_grams int[],
    out outcome text, out correction int
) language plpgsql volatile set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    the_day date := (taken at time zone 'UTC')::date;
    who office.access_record;
    one plates.reads;
    newest plates.correction;
    is_held boolean := false;
    new_plate text := the_plate;
    new_state text := the_state;
begin
    perform pg_advisory_xact_lock_shared(4270010);
    perform pg_advisory_xact_lock(4270020, hashtext(the_read::text));
    select * into strict who from office.access_record r where r.access_id = the_access;
    select r.* into one from plates.reads r where r.read_id = the_read and r.captured_at = taken;
    if not found then
        select h.* into one from plates.reads_held h where h.read_id = the_read and h.captured_at = taken;
        is_held := found;
    end if;
    select c.* into newest from plates.corrections c where c.read_id = the_read and c.captured_at = taken order by c.number desc limit 1;
    if (new_plate, new_state) is not distinct from (one.plate, one.state) then
        new_plate := null;                       -- what the camera read: that is to take the corrections back
        new_state := null;
    end if;
    if not is_held then
        perform plates.ensure_span(the_day);     -- a day that was opened before there were corrections; not one that is due
    end if;
    outcome := case when one.read_id is null then 'gone'
                    when not is_held and to_regclass('plates.correction' || to_char(the_day, '"_"YYYYMMDD')) is null then 'gone'
                    when coalesce(newest.number, 0) <> saw then 'meanwhile'
                    when (new_plate, new_state) is not distinct from (newest.plate, newest.state) then 'same'
                    else 'kept' end;
    if outcome <> 'kept' then
        return;
    end if;
    correction := coalesce(newest.number, 0) + 1;
    if is_held then
        insert into plates.correction_held (read_id, captured_at, number, member, because, words, plate, state) values
            (the_read, taken, correction, who.member_number || ' ' || who.member_name, why, said, new_plate, new_state);
    else
        insert into plates.correction (read_id, captured_at, number, member, because, words, plate, state) values
            (the_read, taken, correction, who.member_number || ' ' || who.member_name, why, said, new_plate, new_state);
        if new_plate is not null then            -- the dictionary of its day: every pattern finds it by this text too
            insert into plates.plate_seen (day, plate, fold, grams) values (the_day, new_plate, plates.fold(new_plate), the_grams)
                on conflict do nothing;
            if the_day < (clock_timestamp() at time zone 'UTC')::date then
                perform plates.note_late(the_day);
            end if;
        end if;
    end if;
    perform office.ledger_write('reads.corrected', who.member_number, who.member_name, who.purpose, jsonb_build_object(
        'access', the_access, 'read', the_read, 'correction', correction, 'because', why, 'taken_back', new_plate is null), null);
end $$;

-- Door: every read of one plate, by what the camera read and by every text it was corrected to. Terms: plate, from, to, limit.
drop function plates.reads_by_plate(uuid);
create function plates.reads_by_plate(the_access uuid) returns table (seen plates.reads, corrections jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'reads.search');
    the_plate text := terms ->> 'plate';
    since timestamptz := (terms ->> 'from')::timestamptz;
    until timestamptz := (terms ->> 'to')::timestamptz;
    at_most int := least((terms ->> 'limit')::int, 1000);
    renamed uuid[] := array(select c.read_id from plates.corrections c
        where c.plate = the_plate and c.captured_at >= since and c.captured_at < until);
    found plates.reads[];
    shown int;
begin
    found := array(select row(r.*)::plates.reads from (
        (select r.* from plates.reads r where r.plate = the_plate and r.captured_at >= since and r.captured_at < until
            order by r.captured_at desc limit at_most)
        union all (select h.* from plates.reads_held h
            where h.plate = the_plate and h.captured_at >= since and h.captured_at < until)) r
        order by r.captured_at desc limit at_most);
    if renamed <> '{}' then
        found := array(select f from (
            select f, (f).captured_at from unnest(found) f
            union all select k, k.captured_at from plates.reads_kept(renamed, since, until) k where k.plate <> the_plate) f
            order by f.captured_at desc limit at_most);
    end if;
    return query with said as materialized (
            select c.read_id, c.captured_at from plates.corrections c where c.captured_at >= since and c.captured_at < until)
        select f, case when exists (select from said s where s.read_id = f.read_id) then plates.said_of(f.read_id, f.captured_at) end
        from unnest(found) f;
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

-- Reads by their ids, kept or held.
create function plates.reads_kept(ids uuid[], since timestamptz, until timestamptz) returns setof plates.reads
language sql stable set search_path = pg_catalog, pg_temp as $$
    select r.* from plates.reads r where r.read_id = any (ids) and r.captured_at >= since and r.captured_at < until
    union all select h.* from plates.reads_held h where h.read_id = any (ids) and h.captured_at >= since and h.captured_at < until
$$;

-- Door: one read, whole, with what was said of it and where its pictures lie. Terms: read, captured_at (it keeps the look to one partition).
drop function plates.read_by_id(uuid);
create function plates.read_by_id(the_access uuid) returns table (seen plates.reads, corrections jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'reads.look');
    the_read uuid := (terms ->> 'read')::uuid;
    taken timestamptz := (terms ->> 'captured_at')::timestamptz;
    shown int;
begin
    return query select r, plates.said_of(the_read, taken) from plates.reads r where r.read_id = the_read and r.captured_at = taken
        union all select row(h.*)::plates.reads, plates.said_of(the_read, taken) from plates.reads_held h
            where h.read_id = the_read and h.captured_at = taken;
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

-- Which plates answer a partial plate. Terms: searches ([{grams, likes, one_of}], one for each way it can be written, at most 64), from, to,
-- limit. A plate answers one when it has all tokens of `grams`, at least one of each list in `one_of`, and every LIKE lets it through.
-- Asked are what was gathered, the dictionaries of the other days, and held reads with their corrections, which have none and are few.
create or replace function plates.answering(terms jsonb) returns table (plate text, last_day date, days int)
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
                where ((%2$s)) and (p.captured_at at time zone ''UTC'')::date between $1 and $2
                union all select p.plate, (p.captured_at at time zone ''UTC'')::date from plates.correction_held p
                where ((%2$s)) and (p.captured_at at time zone ''UTC'')::date between $1 and $2) s
            group by s.plate)
        select coalesce(o.plate, s.plate)::text, greatest(o.days[cardinality(o.days)], s.days[cardinality(s.days)]),
            coalesce(cardinality(o.days), 0) + case when s.days is null then 0 else
                (select count(*)::int from unnest(s.days) d where o.days is null or d <> all (o.days)) end
        from (select * from once where days <> ''{}'') o full join single s on s.plate = o.plate
        order by 2 desc, 1 limit $3', answers, answers_held, coalesce(single_days, '{}'))
        using since, until, (terms ->> 'limit')::int;
end $$;

grant select, insert on plates.correction, plates.correction_held to {door};
grant insert on plates.plate_seen to {door};
grant select on plates.corrections, plates.corrected to {door};
grant execute on function plates.note_correction(uuid, uuid, timestamptz, int, text, text, text, text, int[]),
    plates.said_of(uuid, timestamptz), plates.reads_kept(uuid[], timestamptz, timestamptz), plates.fold(text),
    plates.note_late(date), plates.ensure_span(date) to {door};
alter function plates.reads_by_plate(uuid) owner to {door};
alter function plates.read_by_id(uuid) owner to {door};
