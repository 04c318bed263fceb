-- One measurement row by row, for whoever counts again outside: each record under a digest that only who has the salt can look for, with
-- its verdict, and the names of the first ten that are wrong and the first ten that are late, as office.measure gives them.
create function office.measure_rows(the_name text, given jsonb, salt bytea)
returns table (digest text, is_wrong boolean, is_late boolean, named text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    if the_name !~ '^[a-z_]{1,40}$' or length(salt) is distinct from 32 then
        raise exception 'no such measurement' using errcode = '22023';
    end if;
    return query execute format('with judged as (
            select m.record, m.at, coalesce(m.is_wrong, false) as is_wrong, m.is_late is true and m.is_wrong is not true as is_late
            from office.%I($1) m),
        placed as (select j.*, row_number() over (partition by j.is_wrong, j.is_late order by j.at, j.record) as place from judged j)
        select encode(substr(sha256($2 || convert_to(%L || '' '' || p.record, ''UTF8'')), 1, 16), ''hex''), p.is_wrong, p.is_late,
            case when (p.is_wrong or p.is_late) and p.place <= 10 then p.record end
        from placed p order by p.place, 1', 'proof_' || the_name, the_name) using given, salt;
end $$;
