-- Where units drove for a canvass. It tells where members were: nobody's table, shown by one door with its access record, and a day of
-- it ends when the reads of that day do, by the same row of the schedule. No hold spares it: it is no read.

insert into office.reserved_act (act, is_look, is_search) values
    ('investigations.coverage', true, false), ('investigations.tracks_ended', false, false);

create table plates.canvass_track (
    task_id  bigint not null,
    unit_id  uuid not null,
    began_at timestamptz not null,
    spots    jsonb not null                      -- [[when, lat, lon, accuracy_m], ...] in the order of time
) partition by range (began_at);
create index canvass_track_task on plates.canvass_track (task_id);

-- Keeps a page of a track: of it what lies between the asking and the end of the task. False when nothing of it does, when the task is
-- not this unit's, or when its day is over. The caller has numbered the page, so that none is kept twice.
create function plates.keep_track(the_task bigint, the_unit uuid, the_spots jsonb) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    kept jsonb;
    began timestamptz;
    the_day date;
    child text;
begin
    select jsonb_agg(s.v order by (s.v ->> 0)::timestamptz), min((s.v ->> 0)::timestamptz) into kept, began
        from office.investigations_canvasstask t, jsonb_array_elements(the_spots) s (v)
        where t.id = the_task and t.unit_id = the_unit and (s.v ->> 0)::timestamptz >= t.asked_at
          and (s.v ->> 0)::timestamptz <= least(t.until, t.withdrawn_at, clock_timestamp() + interval '10 min');
    the_day := (began at time zone 'UTC')::date;
    if kept is null or office.due_at('reads', the_day) <= clock_timestamp() then
        return false;
    end if;
    child := 'canvass_track' || to_char(the_day, '"_"YYYYMMDD');
    if to_regclass('plates.' || child) is null then
        perform pg_advisory_xact_lock(4270005);
        if to_regclass('plates.' || child) is null then
            execute format('create table plates.%I partition of plates.canvass_track for values from (%L) to (%L)',
                child, the_day::text || ' 00:00+00', (the_day + 1)::text || ' 00:00+00');
            perform plates.keep_no_samples(child);
        end if;
    end if;
    insert into plates.canvass_track (task_id, unit_id, began_at, spots) values (the_task, the_unit, began, kept);
    return true;
end $$;

-- Door: where units drove for an incident, the oldest page first. Terms: incident.
create function plates.canvass_tracks(the_access uuid) returns table (task_id bigint, unit_id uuid, began_at timestamptz, spots jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'investigations.coverage');
    shown int;
begin
    return query select t.task_id, t.unit_id, t.began_at, t.spots from plates.canvass_track t
        join office.investigations_canvasstask c on c.id = t.task_id
        where c.incident_id = (terms ->> 'incident')::bigint order by t.began_at limit 20000;
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

-- Ends the days of tracks that are due, each with its line in the ledger. On a clock that nobody believes none ends.
create function plates.end_tracks() returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    each record;
    pages bigint;
    ended int := 0;
begin
    if not office.clock_is_trusted() then
        return 0;
    end if;
    perform set_config('lock_timeout', '200ms', true);
    for each in select c.relname, to_date(right(c.relname, 8), 'YYYYMMDD') as day from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = 'plates.canvass_track'::regclass order by 2 loop
        if office.due_at('reads', each.day) <= clock_timestamp() then
            execute format('select count(*) from plates.%I', each.relname) into pages;
            execute format('drop table plates.%I', each.relname);
            perform office.ledger_write('investigations.tracks_ended', null, 'the night round', '',
                jsonb_build_object('day', each.day, 'pages', pages, 'schedule_days', office.days_of('reads')), null);
            ended := ended + 1;
        end if;
    end loop;
    return ended;
end $$;

grant select on plates.canvass_track, office.investigations_canvasstask to {door};
alter function plates.canvass_tracks(uuid) owner to {door};
