-- Of which plate a read is, while it is kept: what a tripwire asks of a look at one read. No door: nobody's login calls it.
create function plates.plate_of_read(the_read uuid, taken timestamptz) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
    select r.plate from plates.reads r where r.read_id = the_read and r.captured_at = taken
    union all select h.plate from plates.reads_held h where h.read_id = the_read and h.captured_at = taken limit 1
$$;
grant execute on function plates.plate_of_read(uuid, timestamptz) to {door};
