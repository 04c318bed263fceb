-- A day of the book cannot be emptied either. The refusal of TRUNCATE stands on the whole table and is not inherited by its days.

do $$
declare
    each record;
begin
    for each in select p.relname as parent, c.relname as child from pg_inherits i
                join pg_class p on p.oid = i.inhparent join pg_class c on c.oid = i.inhrelid
                join plates.spanned() s on s.parent = p.relname
                where p.relnamespace = 'plates'::regnamespace loop
        if exists (select from pg_trigger where tgrelid = format('plates.%I', each.parent)::regclass and tgname = 'append_only_all') then
            execute format('create trigger append_only_all before truncate on plates.%I for each statement execute function office.refuse_change()', each.child);
        end if;
    end loop;
end $$;

-- Makes the day's partition of every parent. Only between the horizon and two days ahead: one bad clock opens nothing.
create or replace function plates.ensure_span(the_day date) returns boolean
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
            if exists (select from pg_trigger where tgrelid = format('plates.%I', span.parent)::regclass and tgname = 'append_only_all') then
                execute format('create trigger append_only_all before truncate on plates.%I for each statement execute function office.refuse_change()', child);
            end if;
        end if;
    end loop;
    return true;
end $$;
