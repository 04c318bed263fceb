-- The words that the car signed, as it signed them: what stands in the other columns, and the digest of each picture. Whoever gets the
-- read as evidence can check them with the unit's key alone. Null of reads that came before.
alter table plates.reads add column signed bytea;
alter table plates.reads_held add column signed bytea;

-- Its samples would hold a plate too.
create or replace function plates.keep_no_samples(the_table text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    each record;
begin
    for each in select attname from pg_attribute where attrelid = format('plates.%I', the_table)::regclass and attnum > 0
            and not attisdropped and atttypid in ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype, 'int[]'::regtype, 'bytea'::regtype) loop
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
