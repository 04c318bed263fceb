-- Holds and units: which hours go down to a unit, and what is kept of a read that comes after its day has ended.

-- The notice of a unit: a number that rises with every change of a hold (its moment, in microseconds), and the hours. Of every standing
-- scope that a unit can know nothing about but its hours; of one unit only to that unit; never more than 48 hours, or everybody would be
-- kept in a car for the sake of one. No plate, no place, no case leaves here. Null number: there never was a hold.
create function plates.hold_notice(the_unit uuid) returns table (number bigint, spans jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select (select (extract(epoch from max(greatest(h.placed_at, h.reviewed_at, h.released_at))) * 1000000)::bigint from office.retention_hold h),
        (select coalesce(jsonb_agg(jsonb_build_array(f.since, f.until, f.stands_until) order by f.since, f.until, f.stands_until), '[]')
            from (select s.since, s.until, max((h.review_on + 1)::timestamp at time zone 'UTC') as stands_until
                from plates.standing_scopes() s join office.retention_hold h on h.id = s.hold_id
                where s.read_id is null and (s.unit_id is null or s.unit_id = the_unit) and s.until - s.since <= interval '48 hours'
                group by s.since, s.until order by s.until desc limit 500) f)
$$;

-- Keeps a read whose day has ended, if a standing hold names it: beside the held ones, where it stays as long as they do. False, and
-- nothing is written, for every other read, and for a day that has not ended.
create function plates.keep_held(given jsonb) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    come plates.reads := jsonb_populate_record(null::plates.reads, given || jsonb_build_object('received_at', clock_timestamp()));
    the_day date := (come.captured_at at time zone 'UTC')::date;
begin
    perform pg_advisory_xact_lock(4270010);
    if come.captured_at > clock_timestamp() or not (office.due_at('reads', the_day) <= clock_timestamp()
            or exists (select from office.gone g where g.kind = 'reads' and g.day = the_day)) then
        return false;
    end if;
    if not exists (select from plates.standing_scopes() s
            where plates.in_scope(s, come.captured_at, come.read_id, come.plate, come.unit_id, come.lat, come.lon)) then
        return false;
    end if;
    insert into plates.reads_held select come.* on conflict do nothing;
    return true;
end $$;
