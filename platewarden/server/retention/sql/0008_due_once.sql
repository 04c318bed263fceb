-- As before; which kind a table is of is asked once for the table and not for every day of it.
create or replace function plates.days_kept() returns table (kind text, day date, rows bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    with parents as materialized (
        select p.oid, s.parent, k.kind from plates.spanned() s
            join pg_class p on p.relname = s.parent and p.relnamespace = 'plates'::regnamespace cross join lateral plates.kind_of(s.parent) k),
    parts as materialized (
        select p.kind, to_date(right(c.relname, 8), 'YYYYMMDD') as day, p.parent, greatest(c.reltuples, 0)::bigint as rows
        from parents p join pg_inherits i on i.inhparent = p.oid join pg_class c on c.oid = i.inhrelid)
    select t.kind, t.day, max(t.rows) from parts t group by 1, 2
    union all
    select v.kind, t.day, max(t.rows) from parts t cross join (values ('overview_pictures'), ('pictures')) v (kind)
    where t.parent = 'reads' and not exists (select from office.gone g where g.kind = v.kind and g.day = t.day)
    group by 1, 2
$$;

-- As before, asking for each kind's days once and not for every day of it: every page asks this for the number in its menu.
-- Days of UTC are 24 hours each, so a day is due as long after the first of 1970 as it lies after it.
create or replace function plates.days_due() returns table (kind text, day date, due_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    with kept as materialized (select k.kind, k.day from plates.days_kept() k),
         first_due as materialized (select f.kind, office.due_at(f.kind, date '1970-01-01') as at from (select distinct t.kind from kept t) f),
         due as materialized (
             select t.kind, t.day, f.at + (t.day - date '1970-01-01') * interval '24 hours' as due_at from kept t join first_due f using (kind)
             where f.at + (t.day - date '1970-01-01') * interval '24 hours' <= clock_timestamp())
    select d.kind, d.day, d.due_at from due d where d.kind <> 'list_entries' or plates.list_has_ended(d.day)
    order by d.day, array_position(array['overview_pictures', 'pictures', 'reads', 'alerts', 'list_entries', 'search_terms'], d.kind)
$$;
